"""Sift: two imports and the memory of a link go in, everyone who has to be judged comes out.

Premise: a pair whose two seals still hold is what it was when it last settled, so it costs a hash
and a comparison. What is left is collected from both sides: people who changed, people who are
new, people who are missing from a whole read, and target users that changed, went missing or
carry a stamp that no pair remembers. The imports are local and repeatable, so the source is
passed over a second time for the partners of changed target users, and for the addresses of
unchanged people where a newcomer might claim one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconcile.model.jobs import Job, Side
from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import (
    Agreement,
    Import,
    Intent,
    Memory,
    Sought,
)
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.addresses import refused_address
from reconcile.planning.findings import Case, Findings
from reconcile.planning.revising import revision
from reconcile.planning.settling import settling
from reconcile.planning.skips import skip
from reconcile.planning.source_side import (
    Newcomers,
    SourceSide,
    newcomers_of,
    sift_again,
    sift_source,
)
from reconcile.planning.strays import TargetSide, sift_target


def sift(job: Job, source: Import, target: Import, memory: Memory) -> Findings:
    """Everyone who has to be judged this cycle, and what to look up about them first."""
    seals = memory.seals(Side.SOURCE)
    intents = memory.intents()
    waiting = memory.waiting()
    released = {one.source for one in waiting.values() if one.released}
    # Whoever waits, or may be on the way, is judged anew by all rules.
    revised = revision(job, memory, frozenset(seals.keys() - waiting.keys() - intents.keys()))
    side = sift_source(job, source, seals, released, revised)
    changed = (side.people.keys() | intents.keys()) & seals.keys()
    pairs = dict(memory.agreements(Side.SOURCE, changed | side.gone))
    newcomers = newcomers_of(job, side, seals, released, intents)
    strangers = sift_target(
        job,
        target,
        memory.seals(Side.TARGET),
        {pair.target for pair in pairs.values()},
        newcomers.sought,
        revised,
    )
    agreed = {pair.target for pair in pairs.values()}
    drifted = (strangers.listed.keys() | strangers.missing) - agreed
    for pair in memory.agreements(Side.TARGET, drifted).values():
        pairs[pair.source] = pair
    sift_again(job, source, seals, side, pairs, newcomers)
    doubles = memory.agreements(Side.SOURCE, strangers.claims.keys())
    cases = _cases(side, strangers, pairs, newcomers, intents, doubles)
    judged = {case.source for case in cases}
    return Findings(
        cases=cases,
        carried=tuple(one for one in revised.carried() if one.source not in judged)
        if revised
        else (),
        revised=revised.counts if revised else None,
        skips=tuple(_skips(side, strangers, doubles, judged)),
        sought=_sought(job, cases, target),
        untouched=len(seals) - sum(case.agreement is not None for case in cases),
        unpaired=sum(any(not c.user.deleted for c in case.claims) for case in cases),
    )


def _cases(
    side: SourceSide,
    strangers: TargetSide,
    pairs: Mapping[ObjectId, Agreement],
    newcomers: Newcomers,
    intents: Mapping[ObjectId, Intent],
    doubles: Mapping[ObjectId, Agreement],
) -> tuple[Case, ...]:
    """A case for each person about whom anything is new; stamps are believed without a pair."""
    orphans = strangers.claims.keys() - doubles.keys()
    if not side.whole:
        orphans &= side.people.keys() | side.refused.keys()
    concerned = side.people.keys() | pairs.keys() | orphans | intents.keys()
    return tuple(
        _case(person, side, strangers, pairs.get(person), newcomers, intents.get(person))
        for person in sorted(concerned)
    )


def _case(
    person: ObjectId,
    side: SourceSide,
    strangers: TargetSide,
    pair: Agreement | None,
    newcomers: Newcomers,
    intent: Intent | None,
) -> Case:
    listed = side.people.get(person)
    refused = side.refused.get(person)
    address = intent.address if intent is not None else newcomers.addresses.get(person)
    matches = {user.id: user for user in _matches(person, newcomers, strangers)}
    claims = () if pair is not None else strangers.claims.get(person, ())
    return Case(
        source=person,
        person=listed,
        refusal=refused.refusal if refused else None,
        left=person in side.gone or refused is not None or (side.whole and listed is None),
        agreement=pair,
        target=strangers.listed.get(pair.target) if pair is not None else None,
        claims=tuple(sorted(claims, key=lambda one: one.user.id)),
        matches=tuple(matches[user] for user in sorted(matches)),
        address=address,
        rivals=_rivals(person, address, newcomers) if listed is not None else (),
        intent=intent,
    )


def _matches(person: ObjectId, newcomers: Newcomers, strangers: TargetSide) -> list[User]:
    """Who answers to the address, and to the first matching attribute that anybody answers to."""
    address = newcomers.addresses.get(person, "").lower()
    found = list(strangers.matches.get(("mail", address), ()))
    by_attribute = (strangers.matches.get(key, ()) for key in newcomers.keys.get(person, ()))
    return found + list(next((users for users in by_attribute if users), ()))


def _rivals(person: ObjectId, address: str | None, newcomers: Newcomers) -> tuple[ObjectId, ...]:
    if address is None:
        return ()
    return tuple(sorted(newcomers.holders.get(address.lower(), set()) - {person}))


def _skips(
    side: SourceSide,
    strangers: TargetSide,
    doubles: Mapping[ObjectId, Agreement],
    judged: set[ObjectId],
) -> Iterable[Skip]:
    """People and target users about whom everything is known already."""
    for person, refused in side.refused.items():
        if person not in judged:
            reason, detail = refused.refusal
            yield skip(reason, detail, name=refused.name, source=person)
    yield from strangers.internal
    for person, pair in doubles.items():
        for claim in strangers.claims[person]:
            if not claim.user.deleted:
                yield skip(
                    Reason.DISPUTED_MATCH,
                    f"This user carries the stamp of a person who is paired with {pair.target}. "
                    "Remove the stamp of one of the two.",
                    name=claim.user.name,
                    source=person,
                    target=claim.user.id,
                )


def _sought(job: Job, cases: Iterable[Case], target: Import) -> Sought:
    leavers: set[ObjectId] = set()
    addresses: set[str] = set()
    targets: set[ObjectId] = set()
    for case in cases:
        pair = case.agreement
        if case.left or case.person is None:
            leavers.add(case.source)
            targets.update(claim.user.id for claim in case.claims)
        if pair is not None and case.target is None and not settling(job, pair, target.taken_at):
            targets.add(pair.target)
        unclear = case.intent is not None or not case.claims
        if unclear and case.address is not None and not refused_address(job, case.address):
            addresses.add(case.address.lower())
    return Sought(
        leavers=frozenset(leavers), addresses=frozenset(addresses), targets=frozenset(targets)
    )
