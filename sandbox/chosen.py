"""Which tenants are served: what the command line names enters, their seeds leave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from sandbox.directory_file import DirectoryFileError, read_directory
from sandbox.estate import PLACES, demo_estate, empty_tenant, imported_tenant
from sandbox.options import Refused
from sandbox.seeds import TenantSeed

_LONGEST_ALIAS = 32
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


def chosen_tenants(
    people: int, *, directories: Sequence[str], tenants: Sequence[str], drawn_from: int = 7
) -> list[TenantSeed]:
    """Make the demonstration's tenants, and in their place or beside them those that are named.

    Raises:
        Refused: when a name, a file or a domain is none, or is given twice.
    """
    seeds = {seed.alias: seed for seed in demo_estate(drawn_from, people)}
    named: dict[str, str] = {}
    given = [
        *((f"--directory {text}", _filled(text)) for text in directories),
        *((f"--tenant {text}", _empty(text)) for text in tenants),
    ]
    for said, seed in given:
        if seed.alias in named:
            raise Refused(
                f"{said}: {named[seed.alias]} names {seed.alias} already. "
                "Expected: each tenant once; leave one of the two out."
            )
        named[seed.alias] = said
        seeds[seed.alias] = seed
    for said, seed in given:
        _refuse_shared_domains(said, seed, seeds.values())
    return list(seeds.values())


def _filled(given: str) -> TenantSeed:
    """Make the tenant of `ALIAS=FILE`."""
    alias, equals, name = given.partition("=")
    if equals and alias:
        _check_alias(f"--directory {given}", alias)
    if not (equals and alias and name):
        raise Refused(
            f"--directory {given}: found no alias and file. Expected: ALIAS=FILE, where ALIAS "
            f"is one of {', '.join(PLACES)}, or the name of a new tenant."
        )
    try:
        return imported_tenant(alias, read_directory(Path(name)))
    except DirectoryFileError as problem:
        raise Refused(str(problem)) from problem


def _empty(given: str) -> TenantSeed:
    """Make the tenant of `ALIAS` or `ALIAS=DOMAIN`."""
    alias, equals, domain = given.partition("=")
    domain = domain.lower()
    if alias:
        _check_alias(f"--tenant {given}", alias)
    if not alias or (equals and not _DOMAIN.fullmatch(domain)):
        raise Refused(
            f"--tenant {given}: found no alias and domain. Expected: ALIAS or ALIAS=DOMAIN, "
            "such as adatum=adatum.example."
        )
    return empty_tenant(alias, domain or None)


def _check_alias(said: str, alias: str) -> None:
    if len(alias) > _LONGEST_ALIAS or not (alias.isascii() and alias.isidentifier()):
        raise Refused(
            f"{said}: {alias} is no alias. Expected: at most {_LONGEST_ALIAS} letters, digits and "
            "underscores, and no digit first, such as adatum."
        )


def _refuse_shared_domains(said: str, seed: TenantSeed, seeds: Iterable[TenantSeed]) -> None:
    """Insist that a domain is verified once, as it is in all of Entra."""
    for other in seeds:
        shared = {*seed.verified_domains} & {*other.verified_domains}
        if shared and other is not seed:
            raise Refused(
                f"{said}: {min(shared)} is verified in {other.alias}. Expected: a domain that no "
                f"other tenant has. Say it with --tenant {seed.alias}=DOMAIN, leave such people "
                f"out of the file, or give {other.alias} another with --tenant."
            )
