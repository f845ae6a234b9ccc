"""Cycles that died between a write and its record, and first pushes that left managers open."""

from __future__ import annotations

import asyncio

from reconcile.model.actions import Cause, changes_of
from reconcile.model.cycles import Proceed
from reconcile.model.links import Drift, DriftRule, Limit, Thresholds
from reconcile.model.stamps import Mark
from reconcile.planning.guard import guard
from tests.fakes import FakeTarget
from tests.planning.rounds import plan_pair, reasons, run_pair, verbs
from tests.strategies import EVERYONE, Pair, a_job

FEW = Thresholds(deletes=Limit(), updates=Limit(count=1, share=10))


def run_without_record(pair: Pair) -> None:
    """One cycle that intends and sends, and dies before anything is recorded."""
    plan = plan_pair(pair)
    number = pair.store.open_cycle(pair.job, plan, pair.clock.now())
    pair.store.intend(pair.job, number, plan.actions, pair.clock.now())
    asyncio.run(FakeTarget(pair.target, [pair.job]).export(pair.job, plan.actions))


def test_a_block_that_nobody_recorded_is_still_ours_to_undo() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    run_pair(pair), run_pair(pair)
    pair.source.edit(ada, accountEnabled=False)
    run_without_record(pair)

    run_pair(pair)

    stamp = pair.target.stamp_of(pair.copy_of(ada))
    assert stamp is not None
    assert stamp.mark is Mark.BLOCKED
    pair.source.edit(ada, accountEnabled=True)
    assert not reasons(run_pair(pair))
    assert pair.seen(ada)["accountEnabled"]


def test_what_a_broken_off_creation_lacks_did_not_drift_away() -> None:
    pair = Pair(job=a_job(drift=Drift(default=DriftRule.REPORT)))
    boss, ada = pair.hire("boss"), pair.hire("ada")
    pair.source.set_manager(ada, boss)
    run_without_record(pair)

    (action,) = plan_pair(pair).actions

    assert action.person.source == ada
    assert [change.cause for change in changes_of(action)] == [Cause.CREATION]


def test_managers_who_come_after_their_people_are_not_too_many_updates() -> None:
    pair = Pair()
    boss = pair.source.add("boss")
    for number in range(12):
        pair.source.set_manager(pair.hire(f"person{number}"), boss)
    run_pair(pair), run_pair(pair)
    pair.source.groups[EVERYONE].add(boss)

    plan = plan_pair(pair)

    assert (verbs(plan), plan.completing) == ({"create": 1, "update": 12}, 12)
    assert isinstance(guard(plan, FEW, None), Proceed)
