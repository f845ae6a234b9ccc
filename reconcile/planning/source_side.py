"""The source side of sifting: a listing goes in, people who changed or are new come out.

The first pass keeps who differs from what was sealed. The second one, which a changed target or a
newcomer asks for, brings their partners, and whoever else holds a newcomer's address.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from reconcile.model.jobs import Job
from reconcile.model.reads import (
    Agreement,
    Coverage,
    Import,
    Intent,
    Seal,
)
from reconcile.model.tenants import ObjectId
from reconcile.model.users import decode_user
from reconcile.planning.addresses import address_of
from reconcile.planning.findings import Listed
from reconcile.planning.revising import Revision
from reconcile.planning.scoping import Refusal, scope
from reconcile.planning.strays import Key, match_keys, rows


class Refused(NamedTuple):
    name: str
    refusal: Refusal


@dataclass(slots=True, kw_only=True)
class SourceSide:
    """What the passes over the source's listing kept; `gone` were expected and are not there."""

    people: dict[ObjectId, Listed] = field(default_factory=dict)
    refused: dict[ObjectId, Refused] = field(default_factory=dict)
    gone: set[ObjectId] = field(default_factory=set)
    whole: bool

    def forget(self, person: ObjectId) -> None:
        self.people.pop(person, None)
        self.refused.pop(person, None)

    def keep(self, refusal: Refusal | None, listed: Listed, *, paired: bool) -> None:
        """Keep who is in scope, and who may have left it; remember who was turned away."""
        user = listed.user
        if refusal is not None:
            self.refused[user.id] = Refused(user.name, refusal)
        if refusal is None or paired:
            self.people[user.id] = listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """People who may be invited: their addresses, what they are found by, who else holds them.

    `keys` are in the order of precedence.
    """

    addresses: dict[ObjectId, str]
    keys: dict[ObjectId, tuple[Key, ...]]
    holders: dict[str, set[ObjectId]]

    @property
    def sought(self) -> frozenset[Key]:
        """Everything that some newcomer would be found by."""
        addresses = {("mail", address) for address in self.holders}
        return frozenset().union(addresses, *self.keys.values())


def sift_source(
    job: Job,
    read: Import,
    seals: Mapping[ObjectId, Seal],
    released: Collection[ObjectId],
    revised: Revision | None,
) -> SourceSide:
    """The first pass: who differs from what was sealed or was released, and who was not seen."""
    side = SourceSide(whole=read.coverage is Coverage.WHOLE)
    missing, deleted = set(seals), set()
    for raw in rows(read):
        missing.discard(raw.id)
        deleted.discard(raw.id)
        side.forget(raw.id)
        if revised is not None:
            revised.forget(raw.id)
        if raw.deleted:
            deleted.add(raw.id)
            continue
        seal = job.seal(raw.raw)
        paired = seals.get(raw.id)
        if paired == seal and raw.id not in released:
            continue
        user = decode_user(raw.raw, job.source_carrier)
        if revised is not None and revised.holds(raw, paired) and revised.spares(user, seal):
            continue
        side.keep(scope(job, user), Listed(user=user, seal=seal), paired=paired is not None)
    side.gone = deleted & seals.keys()
    if side.whole:
        side.gone |= missing
    return side


def newcomers_of(
    job: Job,
    side: SourceSide,
    seals: Mapping[ObjectId, Seal],
    released: Collection[ObjectId],
    intents: Mapping[ObjectId, Intent],
) -> Newcomers:
    """Whoever has no pair, or is to start anew by a person's word.

    While an invitation may be on its way, its address stays the one to invite.
    """
    addresses: dict[ObjectId, str] = {}
    keys: dict[ObjectId, tuple[Key, ...]] = {}
    for person, listed in side.people.items():
        if person in side.refused or (person in seals and person not in released):
            continue
        address = intents[person].address if person in intents else address_of(job, listed.user)
        keys[person] = match_keys(job, listed.user)
        if address is not None:
            addresses[person] = address
    return Newcomers(
        addresses=addresses,
        keys=keys,
        holders={address.lower(): set() for address in addresses.values()},
    )


def sift_again(
    job: Job,
    read: Import,
    seals: Mapping[ObjectId, Seal],
    side: SourceSide,
    pairs: Mapping[ObjectId, Agreement],
    newcomers: Newcomers,
) -> None:
    """The second pass: partners of changed target users, holders of newcomers' addresses."""
    holders = newcomers.holders
    for person, listed in side.people.items():
        if person not in side.refused:
            _hold(holders, person, newcomers.addresses.get(person) or address_of(job, listed.user))
    needed = pairs.keys() - side.people.keys() - side.gone
    unchanged = seals.keys() - side.people.keys() - side.gone if holders else needed
    if not unchanged:
        return
    for raw in rows(read):
        if raw.id not in unchanged:
            continue
        user = decode_user(raw.raw, job.source_carrier)
        _hold(holders, raw.id, address_of(job, user))
        if raw.id in needed:
            side.people[raw.id] = Listed(user=user, seal=job.seal(raw.raw))


def _hold(holders: dict[str, set[ObjectId]], person: ObjectId, address: str | None) -> None:
    if address is not None and address.lower() in holders:
        holders[address.lower()].add(person)
