"""Plan: findings and the answers of the look-up go in, the plan of one link's cycle comes out.

First everyone gets a fate: joins, stays, leaves, waits. Only then attributes are compared, since
who becomes whose manager depends on the fates of both. The plan is sorted, so that equal inputs
give equal plans whatever the order of the reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from reconcile.model.actions import (
    Action,
    Change,
    Disable,
    Reference,
    Update,
    completes,
    count,
    verb,
)
from reconcile.model.jobs import Job, Side
from reconcile.model.plans import Plan, Reason, Skip
from reconcile.model.reads import Agreement, Found, Memory
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.acting import Context, Deed, join, leave, stay
from reconcile.planning.fates import Ends, Entry, Fate, Joins, Leaves, Stays, Waits, wait
from reconcile.planning.findings import Case, Findings
from reconcile.planning.judging import Bench, judge_pair, not_confirmed, present_user
from reconcile.planning.leaving import judge_leaver
from reconcile.planning.mapping import silent_flags
from reconcile.planning.matching import judge_newcomer
from reconcile.planning.references import Managers
from reconcile.planning.scoping import UNCLEAR
from reconcile.planning.settling import settling

ORDER = ("delete", "disable", "release", "restore", "update", "adopt", "create")
"""Leavers before newcomers, so that what they held is free."""


def plan_cycle(
    job: Job,
    findings: Findings,
    found: Found,
    memory: Memory,
    *,
    now: datetime,
    limit: int | None = None,
) -> Plan:
    """All that the cycle would do; `limit` is how many people it acts on, the rest is deferred."""
    cases = findings.cases
    bench = _bench(job, cases, found, memory, now)
    present = {case.source: present_user(bench, case) for case in cases}
    fates = {case.source: _judge(bench, case, present[case.source]) for case in cases}
    rebuilt = memory.rebuilt or _state_is_lost(cases, memory)
    context = _context(bench, cases, fates, memory, strict=rebuilt)
    deeds = [_act(bench, context, case, fates[case.source]) for case in cases]
    actions = sorted((deed.action for deed in deeds if deed.action is not None), key=_place)
    remarks = [remark for deed in deeds for remark in deed.remarks]
    concerned = {one.person.source for one in actions} | {one.source for one in remarks}
    in_scope = {source for source, user in present.items() if user is not None}
    window = tuple(actions if limit is None else actions[:limit])
    return Plan(
        link=job.name,
        source=job.source,
        target=job.target,
        actions=window,
        skips=tuple(sorted([*findings.skips, *remarks], key=_place_of_skip)),
        settled=(
            *(deed.settled for deed in deeds if deed.settled is not None),
            *findings.carried,
        ),
        revised=findings.revised,
        forgotten=_forgotten(cases, fates),
        in_scope=findings.untouched + len(in_scope),
        unchanged=findings.untouched + len(in_scope - concerned),
        population=memory.population + findings.unpaired,
        deferred=len(actions) - len(window),
        later=tuple(actions[len(window) :]),
        completing=sum(map(completes, actions)),
        first=memory.fingerprint is None and not rebuilt,
        rebuilt=rebuilt,
        totals=count(actions),
    )


def _state_is_lost(cases: Sequence[Case], memory: Memory) -> bool:
    """Whether stamps tell of cycles that memory knows nothing of.

    The stamp of someone with an open intent is of a first cycle that broke off.
    """
    if memory.fingerprint is not None:
        return False
    return any(case.claims and case.intent is None for case in cases)


def _bench(job: Job, cases: Sequence[Case], found: Found, memory: Memory, now: datetime) -> Bench:
    strangers = {user.id for case in cases for user in case.matches}
    strangers |= {claim.user.id for case in cases for claim in case.claims}
    strangers |= {user.id for users in found.claimants.values() for user in users}
    return Bench(
        job=job,
        found=found,
        waiting=memory.waiting(),
        owners=memory.agreements(Side.TARGET, strangers),
        now=now,
    )


def _context(
    bench: Bench,
    cases: Sequence[Case],
    fates: Mapping[ObjectId, Fate],
    memory: Memory,
    *,
    strict: bool,
) -> Context:
    job = bench.job
    return Context(
        job=job,
        silent=silent_flags(job),
        redacted=job.link.redacted,
        managers=Managers(fates=fates, pairs=_manager_pairs(fates, memory)),
        new_rules=memory.fingerprint != job.fingerprint,
        strict=strict,
        young=frozenset(case.source for case in cases if settling(job, case.agreement, bench.now)),
    )


def _judge(bench: Bench, case: Case, user: User | None) -> Fate:
    """The fate of one person: what the facts say, unless an earlier failure forbids it."""
    if case.refusal is not None and case.refusal.reason in UNCLEAR:
        return wait(case, *case.refusal)
    if user is None:
        if not case.left and case.agreement is not None:
            return not_confirmed(case)
        fate = judge_leaver(bench, case)
        return _escrowed(bench, case, fate) if isinstance(fate, Leaves) else fate
    fate_of_pair = judge_pair(bench, case, case.agreement, user) if case.agreement else None
    fate = fate_of_pair or judge_newcomer(bench, case, user)
    if not isinstance(fate, Joins | Stays):
        return fate
    if isinstance(fate, Stays) and fate.entry is Entry.PAIRED:
        return fate
    return _escrowed(bench, case, fate)


def _escrowed(bench: Bench, case: Case, fate: Leaves | Joins | Stays) -> Fate:
    """Who failed lately waits; what stands in the target meanwhile stands."""
    waiting = bench.waiting.get(case.source)
    if waiting is None or waiting.retry_at is None or waiting.retry_at <= bench.now:
        return fate
    detail = f"{waiting.reason} in an earlier cycle; tried again from {waiting.retry_at:%F %R} UTC."
    return replace(wait(case, Reason.ESCROWED, detail), standing=_standing(fate))


def _standing(fate: Leaves | Joins | Stays) -> ObjectId | None:
    """The target user that stands while nobody acts."""
    if isinstance(fate, Leaves) or (isinstance(fate, Stays) and fate.entry is Entry.PAIRED):
        return fate.target
    return None


def _manager_pairs(fates: Mapping[ObjectId, Fate], memory: Memory) -> Mapping[ObjectId, Agreement]:
    """The pairs of managers who need no judgement themselves."""
    managers = {
        fate.user.manager
        for fate in fates.values()
        if isinstance(fate, Joins | Stays) and fate.user.manager is not None
    }
    return memory.agreements(Side.SOURCE, managers - fates.keys())


def _act(bench: Bench, context: Context, case: Case, fate: Fate) -> Deed:
    match fate:
        case Waits():
            return Deed(remarks=(fate.skip,))
        case Ends():
            return Deed()
        case Leaves():
            return leave(case, fate)
        case Joins():
            return join(context, case, fate)
        case Stays():
            deed = stay(context, case, fate)
            # Whoever is blocked in the source is blocked now, whatever else failed.
            if deed.action is None or isinstance(deed.action, Disable):
                return deed
            held = _escrowed(bench, case, fate)
            return Deed(remarks=(*deed.remarks, held.skip)) if isinstance(held, Waits) else deed
        case _:
            assert_never(fate)


def _forgotten(cases: Sequence[Case], fates: Mapping[ObjectId, Fate]) -> tuple[ObjectId, ...]:
    """People whose pair is over, because they left and nobody is there to delete."""
    return tuple(
        case.source
        for case in cases
        if case.agreement is not None and isinstance(fates[case.source], Ends)
    )


def _place(action: Action) -> tuple[int, ObjectId]:
    """Who only waits for managers comes last: a window with them in it has their managers, too."""
    order = len(ORDER) if waits_for_manager(action) else ORDER.index(verb(action))
    return order, action.person.source


def waits_for_manager(action: Action) -> bool:
    """Whether nothing is to be written but managers who have no target user yet."""
    return isinstance(action, Update) and not (
        action.restamp or any(map(_writable, action.changes))
    )


def _writable(change: Change) -> bool:
    """A manager who has no target user yet is written later in the round, once there is one."""
    return not isinstance(change.new, Reference) or change.new.target is not None


def _place_of_skip(one: Skip) -> tuple[str, str, str]:
    return one.source or "", one.reason.value, one.target or ""
