"""People as they are named: words and files enter, ids of source tenants leave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconcile.cli.wiring import Estate
from reconcile.directory.people import find_people
from reconcile.errors import InputError, ReconcileError
from reconcile.model.tenants import Alias, ObjectId, TenantId

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What each word means in each source tenant; `errors` are of tenants that did not say."""

    words: tuple[str, ...]
    ids: Mapping[TenantId, Mapping[str, tuple[ObjectId, ...]]]
    errors: tuple[ReconcileError, ...] = ()

    @property
    def by_tenant(self) -> dict[TenantId, tuple[ObjectId, ...]]:
        """Everybody who was named, once, in the order of the words."""
        return {
            tenant: tuple(dict.fromkeys(one for word in self.words for one in found[word]))
            for tenant, found in self.ids.items()
        }

    def of(self, word: str) -> frozenset[ObjectId]:
        """Everybody whom a word means, in any tenant."""
        return frozenset(one for found in self.ids.values() for one in found[word])


def is_id(word: str) -> bool:
    """Whether a word is an object id, rather than a mail or a user principal name."""
    return _ID.fullmatch(word) is not None


def read_words(typed: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """The people that were typed, and those of a file that has one a line.

    Raises:
        InputError: the file cannot be read, or nobody is named.
    """
    lines: list[str] = []
    if file is not None:
        try:
            # Editors and shells of Windows put a mark before the first line.
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{file}: the people cannot be read: {error}.") from error
    words = [word.strip() for word in (*typed, *lines)]
    named = tuple(dict.fromkeys(word for word in words if word and not word.startswith("#")))
    if not named:
        raise InputError(
            "Nobody is named. Name people by mail, user principal name or object id, or one a "
            "line in a file with `--people FILE`."
        )
    return named


async def name_people(estate: Estate, words: Sequence[str]) -> People:
    """Who is meant in the source tenant of each link; links that nobody concerns are let go.

    An object id is not looked for: it may be of somebody who was deleted.
    """
    names = [word for word in words if not is_id(word)]
    ids: dict[TenantId, dict[str, tuple[ObjectId, ...]]] = {}
    errors: list[ReconcileError] = []
    for alias in sorted({link.name.source for link in estate.links}):
        try:
            found = await find_people(estate.clients.of(alias), names) if names else {}
        except ReconcileError as error:
            errors.append(error)
            continue
        ids[estate.clients.tenant(alias).id] = {
            word: found.get(word, ()) if word in names else (ObjectId(word.lower()),)
            for word in words
        }
    people = People(words=tuple(words), ids=ids, errors=tuple(errors))
    _keep_concerned(estate, people)
    return people


def _keep_concerned(estate: Estate, people: People) -> None:
    """Keep every link into a target that somebody named may be pushed to."""
    known = {tenant for tenant, ids in people.by_tenant.items() if ids}

    def concerned(alias: Alias) -> bool:
        return estate.clients.tenant(alias).id in known

    targets = {link.name.target for link in estate.links if concerned(link.name.source)}
    estate.links = tuple(link for link in estate.links if link.name.target in targets)
