"""Explaining: a person, what a round knew of them and its plan go in; why it says so comes out.

The plan is the only judge. What is explained is read off the plan of the same round; the clauses,
values and matches are told by the functions that planning itself asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from reconcile.expressions.failures import EvaluationError
from reconcile.model.actions import REDACTED, Action, Create
from reconcile.model.attributes import read_value
from reconcile.model.cycles import Hold
from reconcile.model.explanations import (
    ClauseSeen,
    Explanation,
    FilterSeen,
    Matched,
    Scoped,
    Standing,
    Way,
)
from reconcile.model.jobs import Job
from reconcile.model.links import MEMBERSHIP, Clause
from reconcile.model.plans import Plan, Reason, Skip
from reconcile.model.reads import Agreement, Found, Leaver
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.findings import Case
from reconcile.planning.scoping import UNCLEAR, Refusal, holds, scope
from reconcile.planning.strays import match_keys, target_keys
from reconcile.planning.tracing import Role, secrets, trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a round knew of one person. `user` is as listed, else as looked up.

    `listed` is None where the scope was not read. `target` is the target user of the pair.
    """

    person: ObjectId
    user: User | None = None
    listed: bool | None = None
    answer: Leaver | None = None
    pair: Agreement | None = None
    case: Case | None = None
    target: User | None = None
    found: Found = field(default_factory=Found)

    @property
    def mute(self) -> bool:
        """Whether neither a listing nor a point read told anything."""
        return self.listed is None and self.answer is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One person's part of a plan; deferred actions come in a later cycle and are not meant."""

    action: Action | None = None
    skips: tuple[Skip, ...] = ()
    settled: Agreement | None = None
    forgotten: bool = False

    @property
    def waits(self) -> bool:
        """Whether nobody acts on the person; one value that is invalid keeps back no other."""
        return any(one.waits and one.reason is not Reason.INVALID_VALUE for one in self.skips)


def parts_of(plan: Plan, people: Collection[ObjectId]) -> Mapping[ObjectId, Part]:
    """The part of each person, whether the plan knows them or not."""
    actions = {one.person.source: one for one in plan.actions}
    settled = {one.source: one for one in plan.settled}
    skips: dict[ObjectId | None, list[Skip]] = defaultdict(list)
    for one in plan.skips:
        skips[one.source].append(one)
    forgotten = frozenset(plan.forgotten)
    return {
        person: Part(
            action=actions.get(person),
            skips=tuple(skips.get(person, ())),
            settled=settled.get(person),
            forgotten=person in forgotten,
        )
        for person in people
    }


def explain(job: Job, evidence: Evidence, planned: Part | None, held: Hold | None) -> Explanation:
    """Why a plan says of a person what it says; `planned` is None where nobody was judged."""
    part, user = planned or Part(), evidence.user
    scoped = _scoped(job, evidence)
    target = _target(evidence, part)
    role = Role(
        seen=_user(evidence, target),
        action=part.action,
        creating=isinstance(part.action, Create) or (part.action is None and target is None),
        acts=planned is not None and not part.waits,
    )
    traceable = user is not None and scoped.standing is Standing.IN
    return Explanation(
        link=job.name,
        person=evidence.person,
        name=_named(evidence, part),
        known=_known(evidence, part),
        scope=scoped,
        match=_matched(job, evidence, target, part.action),
        attributes=trace(job, user, role) if user is not None and traceable else (),
        judged=planned is not None,
        action=part.action,
        skips=part.skips,
        settled=part.settled is not None,
        forgotten=part.forgotten,
        held=held,
    )


def _known(evidence: Evidence, part: Part) -> bool:
    """Whether anybody has this id; where nobody could be asked, somebody may have it."""
    if evidence.user is not None or evidence.pair is not None or evidence.mute:
        return True
    return part.action is not None or bool(part.skips)


def _named(evidence: Evidence, part: Part) -> str:
    if evidence.user is not None:
        return evidence.user.name
    named = part.action.person.name if part.action else part.skips[0].name if part.skips else ""
    return named or (evidence.target.name if evidence.target else evidence.person)


def _scoped(job: Job, evidence: Evidence) -> Scoped:
    user, answer = evidence.user, evidence.answer
    by = answer.by if answer is not None else ()
    if evidence.mute:
        return Scoped(standing=Standing.UNCLEAR, detail=f"{job.name.source} could not be asked.")
    if user is None or user.deleted:
        return Scoped(
            standing=Standing.OUT,
            reason=Reason.OUT_OF_SCOPE,
            detail=f"No user of {job.name.source} has this id now.",
        )
    filters = _filters(job, user)
    refusal = _unassigned(job, evidence) or scope(job, user)
    if refusal is None:
        return Scoped(standing=Standing.IN, assigned_by=by, filters=filters)
    unclear = refusal.reason in UNCLEAR or refusal.reason is Reason.NOT_CONFIRMED
    return Scoped(
        standing=Standing.UNCLEAR if unclear else Standing.OUT,
        assigned_by=by,
        filters=filters,
        reason=refusal.reason,
        detail=refusal.detail,
    )


def _unassigned(job: Job, evidence: Evidence) -> Refusal | None:
    """Why somebody is not in what was read of the scope."""
    assigned = evidence.answer.assigned if evidence.answer is not None else None
    if evidence.listed or (evidence.listed is None and assigned is not False):
        return None
    if assigned:
        return Refusal(
            Reason.NOT_CONFIRMED,
            "The listing and a point read disagree about this person. Nothing is done until they "
            "agree.",
        )
    declared = job.link.scope
    named = [f"group {one}" for one in declared.groups] + [f"user {one}" for one in declared.users]
    direct = "" if declared.nested or not declared.groups else " Only direct members count."
    return Refusal(
        Reason.OUT_OF_SCOPE, f"Not assigned. The link assigns {', '.join(named)}.{direct}"
    )


def _filters(job: Job, user: User) -> tuple[FilterSeen, ...]:
    secret = secrets(job.link)
    return tuple(
        FilterSeen(
            name=one.name,
            clauses=tuple(_clause(job, user, clause, secret) for clause in one.clauses),
        )
        for one in job.link.scope.filters
    )


def _clause(job: Job, user: User, clause: Clause, secret: frozenset[str]) -> ClauseSeen:
    try:
        held: bool | None = holds(clause, user, job.at)
    except EvaluationError:
        held = None
    return ClauseSeen(clause=clause, holds=held, seen=_seen(user, clause, secret))


def _seen(user: User, clause: Clause, secret: frozenset[str]) -> str | None:
    if clause.operator in MEMBERSHIP:
        return None if user.groups is None else ", ".join(sorted(user.groups)) or None
    value = read_value(user, clause.attribute)
    if value is None:
        return None
    return REDACTED if clause.attribute in secret else str(value)


def _target(evidence: Evidence, part: Part) -> ObjectId | None:
    """The target user that the plan means: of the action, of what is settled, pair or skip."""
    if part.action is not None:
        return part.action.person.target
    agreed = [one.target for one in (part.settled, evidence.pair) if one is not None]
    agreed += [one.target for one in part.skips if one.target is not None]
    return agreed[0] if agreed else None


def _candidates(evidence: Evidence) -> Iterator[User]:
    """Every target user that the round saw about this person, the freshest first."""
    for users in evidence.found.claimants.values():
        yield from users
    yield from (one for one in evidence.found.targets.values() if one is not None)
    case = evidence.case
    if case is not None:
        yield from (one.user for one in (case.target, *case.claims) if one is not None)
        yield from case.matches
    if evidence.target is not None:
        yield evidence.target


def _user(evidence: Evidence, target: ObjectId | None) -> User | None:
    """What was read of a target user: what the pair's listing shows goes before look-ups."""
    if evidence.target is not None and evidence.target.id == target:
        return evidence.target
    return next((one for one in _candidates(evidence) if one.id == target), None)


def _matched(
    job: Job, evidence: Evidence, target: ObjectId | None, action: Action | None
) -> Matched | None:
    if target is None:
        return None
    user = _user(evidence, target)
    name = user.name if user is not None else target
    if evidence.pair is not None and evidence.pair.target == target:
        return Matched(way=Way.PAIR, target=target, name=name)
    stamp = user.stamp if user is not None else None
    if stamp is not None and (stamp.tenant, stamp.person) == (job.source, evidence.person):
        return Matched(way=Way.STAMP, target=target, name=name)
    if isinstance(action, Create):
        return Matched(way=Way.INVITATION, target=target, name=name)
    by = _alike(job, evidence.user, user)
    way = Way.ATTRIBUTE if by else Way.ADDRESS
    return Matched(way=way, target=target, name=name, by=by)


def _alike(job: Job, user: User | None, target: User | None) -> tuple[str, ...]:
    """The matching attributes in which a person and a target user are alike."""
    if user is None or target is None:
        return ()
    keys = match_keys(job, user)
    return tuple(sorted(name for name, _ in set(keys) & target_keys(job, target)))
