"""One round over fakes without the engine: read, sift, look up, plan, dispute, write, remember."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconcile.model.actions import Action, Delete, Reference, Release, Update, changes_of
from reconcile.model.cycles import Outcome, Result
from reconcile.model.jobs import Job
from reconcile.model.plans import Plan, Reason, Skip
from reconcile.model.reads import Import, Sought
from reconcile.planning.collisions import dispute
from reconcile.planning.mapping import wanted_hash
from reconcile.planning.plan import plan_cycle
from reconcile.planning.sift import sift
from tests.fakes import FakeSource, FakeStore, FakeTarget, FakeTenant
from tests.strategies import Pair


def plan_link(
    job: Job,
    source: FakeTenant,
    target: FakeTarget,
    store: FakeStore,
    *,
    read: Import | None = None,
    limit: int | None = None,
) -> Plan:
    """The plan of one link as the tenants are now; `read` replaces the target's listing."""
    return asyncio.run(_plan_link(job, source, target, store, read, limit))


async def _plan_link(
    job: Job,
    source: FakeTenant,
    target: FakeTarget,
    store: FakeStore,
    read: Import | None,
    limit: int | None,
) -> Plan:
    origin, memory = FakeSource(source, job), store.memory(job)
    findings = sift(job, await origin.read(), read or await target.read(), memory)
    sought = findings.sought
    found = await origin.look_up(Sought(leavers=sought.leavers)) | await target.look_up(
        Sought(addresses=sought.addresses, targets=sought.targets)
    )
    return plan_cycle(job, findings, found, memory, now=source.clock.now(), limit=limit)


def carry_out(job: Job, plan: Plan, target: FakeTarget, store: FakeStore) -> list[Outcome]:
    """Write a plan and remember what came of it, in the engine's order."""
    outcomes: list[Outcome] = []
    number = store.open_cycle(job, plan, target.tenant.clock.now())
    for start in range(0, len(plan.actions), 20):
        outcomes += _send(job, number, plan.actions[start : start + 20], target, store)
    for late in _late_managers(outcomes):
        _send(job, number, [late], target, store)
    memory = store.memory(job)
    acting = {action.person.source for action in plan.actions}
    silent = {skip.source for skip in plan.skips}
    store.settle(
        job,
        settled=plan.settled,
        forgotten=plan.forgotten,
        skips=plan.skips,
        resolved=sorted(set(memory.waiting()) - acting - silent),
        closed_intents=sorted(set(memory.intents()) - acting - silent),
        at=target.tenant.clock.now(),
    )
    memory.fingerprint = job.fingerprint
    return outcomes


def _send(
    job: Job, number: int, actions: Sequence[Action], target: FakeTarget, store: FakeStore
) -> list[Outcome]:
    store.intend(job, number, actions, target.tenant.clock.now())
    outcomes = list(asyncio.run(target.export(job, actions)))
    store.record(job, number, outcomes)
    return outcomes


def _late_managers(outcomes: Sequence[Outcome]) -> Iterator[Update]:
    """Managers who had no target user before this cycle."""
    ids = {one.action.person.source: one.target for one in outcomes if one.result is Result.DONE}
    for outcome in outcomes:
        action = outcome.action
        if outcome.result is not Result.DONE:
            continue
        for change in changes_of(action):
            wanted = change.new
            if not isinstance(wanted, Reference) or wanted.target or not ids.get(wanted.source):
                continue
            assert not isinstance(action, Delete | Release)
            found = Reference(source=wanted.source, target=ids[wanted.source])
            hashes = action.terms.wanted + wanted_hash(change.attribute, wanted.source)
            yield Update(
                person=replace(action.person, target=outcome.target),
                changes=(replace(change, new=found),),
                terms=replace(action.terms, wanted=hashes),
            )


def plan_pair(pair: Pair, *, limit: int | None = None) -> Plan:
    target = FakeTarget(pair.target, [pair.job])
    return plan_link(pair.job, pair.source, target, pair.store, limit=limit)


def run_pair(pair: Pair, *, limit: int | None = None) -> Plan:
    """One cycle of one link, planned and written."""
    plan = plan_pair(pair, limit=limit)
    carry_out(pair.job, plan, FakeTarget(pair.target, [pair.job]), pair.store)
    return plan


def run_links(
    links: Sequence[tuple[Job, FakeTenant]], target: FakeTenant, store: FakeStore
) -> None:
    """One round of every link into one target."""
    jobs = [job for job, _ in links]
    end = FakeTarget(target, jobs)
    plans = dispute([plan_link(job, source, end, store) for job, source in links], jobs)
    for job, plan in zip(jobs, plans, strict=True):
        carry_out(job, plan, end, store)


def verbs(plan: Plan) -> dict[str, int]:
    return dict(plan.totals)


def reasons(plan: Plan) -> list[Reason]:
    return [skip.reason for skip in plan.skips]


def only_skip(plan: Plan) -> Skip:
    (skip,) = plan.skips
    assert plan.actions == ()
    return skip
