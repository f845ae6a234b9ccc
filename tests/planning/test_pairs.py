"""People who have a target user: kept equal, disabled, deleted, released, or left alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from reconcile.model.actions import Cause, Delete, Disable, Release, Update, Why, changes_of
from reconcile.model.jobs import Job
from reconcile.model.links import Adopt, Drift, DriftRule, Nulls, Scope
from reconcile.model.plans import Reason
from reconcile.model.reads import Found, Sought
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import ObjectId
from reconcile.planning.plan import plan_cycle
from reconcile.planning.sift import sift
from tests.fakes import FakeSource, FakeTarget
from tests.planning.rounds import plan_pair, reasons, run_pair
from tests.strategies import EVERYONE, Pair, a_clause_filter, a_job, default_mappings, direct

ADDED = (*default_mappings(), direct("companyName"))


def a_pair(job: Job | None = None, **properties: object) -> tuple[Pair, ObjectId]:
    """One person who was created and has settled."""
    pair = Pair(job=job or a_job())
    person = pair.hire("ada", **properties)
    run_pair(pair), run_pair(pair)
    return pair, person


def causes(pair: Pair) -> dict[str, Cause]:
    return {
        change.attribute: change.cause
        for action in plan_pair(pair).actions
        for change in changes_of(action)
    }


def test_a_settled_pair_needs_nothing() -> None:
    pair, _ = a_pair()

    plan = plan_pair(pair)

    assert (plan.actions, plan.skips, plan.settled) == ((), (), ())
    assert (plan.in_scope, plan.unchanged, plan.population) == (1, 1, 1)


def test_each_change_has_its_cause() -> None:
    pair, ada = a_pair(department="Law", companyName="Contoso")
    pair.source.edit(ada, department="IT")
    pair.target.edit(pair.copy_of(ada), jobTitle="Painter")
    pair.job = a_job(mappings=ADDED)

    assert causes(pair) == {
        "companyName": Cause.RULES,
        "department": Cause.RULES,
        "jobTitle": Cause.DRIFT,
    }


def test_the_source_is_the_cause_when_the_rules_are_the_same() -> None:
    pair, ada = a_pair(department="Law")
    pair.source.edit(ada, department="IT")
    pair.target.edit(pair.copy_of(ada), jobTitle="Painter")

    assert causes(pair) == {"department": Cause.SOURCE, "jobTitle": Cause.DRIFT}


def test_a_value_that_left_the_source_is_cleared() -> None:
    pair, ada = a_pair(department="Law")
    pair.source.edit(ada, department=None)

    run_pair(pair)

    assert pair.seen(ada)["department"] is None


def test_nulls_are_kept_where_the_topology_says_so() -> None:
    pair, ada = a_pair(a_job(nulls=Nulls.KEEP), department="Law")
    pair.source.edit(ada, department=None)

    assert plan_pair(pair).actions == ()


def test_reported_drift_is_said_in_each_plan_and_not_written() -> None:
    pair, ada = a_pair(a_job(drift=Drift(attributes={"jobTitle": DriftRule.REPORT})))
    copy = pair.copy_of(ada)
    pair.target.edit(copy, jobTitle="Painter")

    first, second = run_pair(pair), run_pair(pair)

    assert first.actions == second.actions == ()
    assert second.skips[0].detail == "Changed in the target, and only reported: jobTitle."
    assert pair.seen(ada)["jobTitle"] == "Painter"


def test_what_is_reported_as_drift_is_written_when_the_source_changes() -> None:
    pair, ada = a_pair(a_job(drift=Drift(attributes={"jobTitle": DriftRule.REPORT})))
    pair.target.edit(pair.copy_of(ada), jobTitle="Painter")
    pair.source.edit(ada, jobTitle="Engineer")

    run_pair(pair)

    assert pair.seen(ada)["jobTitle"] == "Engineer"


def test_ignored_drift_is_not_mentioned() -> None:
    pair, ada = a_pair(a_job(drift=Drift(default=DriftRule.IGNORE)))
    pair.target.edit(pair.copy_of(ada), jobTitle="Painter")

    plan = run_pair(pair)

    assert (plan.actions, plan.skips) == ((), ())
    assert plan_pair(pair).settled == ()


def test_a_lost_stamp_is_written_again() -> None:
    pair, ada = a_pair()
    copy = pair.copy_of(ada)
    pair.target.write_stamp(copy, None)

    (action,) = run_pair(pair).actions

    assert isinstance(action, Update)
    assert action.restamp
    assert pair.copy_of(ada) == copy


def test_a_pair_stamped_for_someone_else_is_disputed() -> None:
    pair, ada = a_pair()
    pair.target.write_stamp(pair.copy_of(ada), Stamp(pair.job.target, ada))

    plan = plan_pair(pair)

    assert (plan.actions, reasons(plan)) == ((), [Reason.DISPUTED_MATCH])


def test_a_pair_that_became_an_internal_account_is_never_touched() -> None:
    pair, ada = a_pair()
    copy = pair.copy_of(ada)
    internal = {"userPrincipalName": "a@b", "externalUserState": None, "creationType": None}
    pair.target.edit(copy, **internal)

    kept = plan_pair(pair)
    pair.source.remove(ada)
    left = plan_pair(pair)

    assert (kept.actions, reasons(kept)) == ((), [Reason.STAMPED_INTERNAL])
    assert (left.actions, reasons(left)) == ((), [Reason.STAMPED_INTERNAL])


def test_a_second_user_with_the_stamp_is_reported() -> None:
    pair, ada = a_pair()
    copycat = pair.target.add_guest("copy@other.example")
    pair.target.write_stamp(copycat, Stamp(pair.job.source, ada))
    binned = pair.target.add_guest("bin@other.example")
    pair.target.write_stamp(binned, Stamp(pair.job.source, ada))
    pair.target.remove(binned)

    plan = plan_pair(pair)

    assert plan.actions == ()
    assert [(one.target, one.reason) for one in plan.skips] == [(copycat, Reason.DISPUTED_MATCH)]


def test_disabled_in_the_source_is_disabled_in_the_target_and_back() -> None:
    pair, ada = a_pair()
    copy = pair.copy_of(ada)

    pair.source.edit(ada, accountEnabled=False)
    off = run_pair(pair)
    blocked = pair.target.stamp_of(copy)
    run_pair(pair)
    pair.source.edit(ada, accountEnabled=True)
    run_pair(pair)

    assert isinstance(off.actions[0], Disable)
    assert blocked == Stamp(pair.job.source, ada, Mark.BLOCKED)
    assert pair.seen(ada)["accountEnabled"] is True
    assert pair.target.stamp_of(copy) == Stamp(pair.job.source, ada)


def test_a_block_set_in_the_target_is_reported_and_never_undone() -> None:
    pair, ada = a_pair()
    pair.target.edit(pair.copy_of(ada), accountEnabled=False)

    first, second = run_pair(pair), run_pair(pair)

    assert reasons(first) == reasons(second) == [Reason.BLOCKED_BY_TARGET]
    assert pair.seen(ada)["accountEnabled"] is False


def test_a_target_that_unblocks_whom_we_blocked_drifts() -> None:
    pair, ada = a_pair()
    pair.source.edit(ada, accountEnabled=False)
    run_pair(pair), run_pair(pair)
    pair.target.edit(pair.copy_of(ada), accountEnabled=True)

    assert causes(pair) == {"accountEnabled": Cause.DRIFT}
    assert isinstance(plan_pair(pair).actions[0], Disable)


def test_a_mark_is_taken_back_when_the_target_enabled_first() -> None:
    pair, ada = a_pair()
    pair.source.edit(ada, accountEnabled=False)
    run_pair(pair), run_pair(pair)
    pair.target.edit(pair.copy_of(ada), accountEnabled=True)
    pair.source.edit(ada, accountEnabled=True)

    (action,) = run_pair(pair).actions

    assert isinstance(action, Update)
    assert (action.changes, action.restamp) == ((), True)


@pytest.mark.parametrize("why", list(Why))
def test_a_leaver_is_deleted_and_marked(why: Why) -> None:
    filters = (a_clause_filter("department", "Law"),)
    pair, ada = a_pair(a_job(scope=Scope(groups=("x",), filters=filters)), department="Law")
    copy = pair.copy_of(ada)
    match why:
        case Why.DELETED:
            pair.source.remove(ada)
        case Why.UNASSIGNED:
            pair.source.groups[EVERYONE].discard(ada)
        case Why.FILTERED:
            pair.source.edit(ada, department="IT")
        case Why.NOT_A_SOURCE_PERSON:
            pair.source.edit(ada, externalUserState="Accepted")

    (action,) = run_pair(pair).actions

    assert isinstance(action, Delete)
    assert action.why is why
    assert pair.target.stamp_of(copy) == Stamp(pair.job.source, ada, Mark.DELETED)
    assert copy in pair.target.bin
    assert plan_pair(pair).actions == ()


def test_a_leaver_who_was_disabled_before_is_deleted_all_the_same() -> None:
    pair, ada = a_pair()
    pair.source.edit(ada, accountEnabled=False)
    run_pair(pair), run_pair(pair)
    pair.source.groups[EVERYONE].discard(ada)

    (action,) = run_pair(pair).actions

    assert isinstance(action, Delete)
    assert action.mark == Mark.BLOCKED | Mark.DELETED


def test_an_adopted_leaver_is_released_not_deleted() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    ada = pair.hire("ada")
    guest = pair.target.add_guest("ada@contoso.example")
    run_pair(pair), run_pair(pair)
    pair.source.remove(ada)

    (action,) = run_pair(pair).actions

    assert isinstance(action, Release)
    assert guest in pair.target.users
    assert pair.target.stamp_of(guest) is None
    assert plan_pair(pair).actions == ()


def _plan_with_a_hole(pair: Pair, *, answers: bool) -> tuple[tuple[object, ...], list[Reason]]:
    """A plan from a listing of the source that misses everyone."""

    async def plan() -> tuple[tuple[object, ...], list[Reason]]:
        source, target = FakeSource(pair.source, pair.job), FakeTarget(pair.target, [pair.job])
        memory = pair.store.memory(pair.job)
        read = replace(await source.read(), rows=[])
        findings = sift(pair.job, read, await target.read(), memory)
        found = Found()
        if answers:
            found = await source.look_up(findings.sought) | await target.look_up(
                Sought(targets=findings.sought.targets)
            )
        cycle = plan_cycle(pair.job, findings, found, memory, now=pair.clock.now())
        return cycle.actions, reasons(cycle)

    return asyncio.run(plan())


@pytest.mark.parametrize("answers", [True, False])
def test_an_absence_that_no_point_read_confirms_deletes_nobody(*, answers: bool) -> None:
    pair, _ = a_pair()

    assert _plan_with_a_hole(pair, answers=answers) == ((), [Reason.NOT_CONFIRMED])


def test_without_memory_an_absence_has_to_be_confirmed_as_well() -> None:
    pair, _ = a_pair()
    pair.store.shelves.clear()

    assert _plan_with_a_hole(pair, answers=True) == ((), [Reason.NOT_CONFIRMED])
    assert _plan_with_a_hole(pair, answers=False) == ((), [])


def test_a_leaver_whose_target_user_is_gone_is_forgotten() -> None:
    pair, ada = a_pair()
    copy = pair.copy_of(ada)
    pair.target.remove(copy)
    pair.target.purge(copy)
    pair.source.remove(ada)

    plan = run_pair(pair)

    assert (plan.actions, plan.forgotten) == ((), (ada,))
    assert plan_pair(pair).forgotten == ()


@pytest.mark.parametrize("purged", [True, False])
def test_deleted_by_the_target_is_reported_until_released(*, purged: bool) -> None:
    pair, ada = a_pair()
    copy = pair.copy_of(ada)
    pair.target.remove(copy)
    if purged:
        pair.target.purge(copy)

    first, second = run_pair(pair), run_pair(pair)
    pair.store.release(pair.job, ada)
    third = run_pair(pair)

    assert reasons(first) == reasons(second) == [Reason.DELETED_BY_TARGET]
    assert first.actions == second.actions == ()
    assert third.totals == ({"create": 1} if purged else {"restore": 1})
    run_pair(pair)
    assert plan_pair(pair).actions == ()


def test_our_own_delete_whose_answer_was_lost_is_known_by_its_mark() -> None:
    pair, ada = a_pair()
    pair.source.remove(ada)
    pair.target.unanswered = 1
    run_pair(pair)
    gone = run_pair(pair)
    pair.source.restore(ada)

    assert gone.forgotten == (ada,)
    assert plan_pair(pair).totals == {"restore": 1}


def test_an_update_in_escrow_waits() -> None:
    pair, ada = a_pair()
    pair.target.refusals[pair.copy_of(ada)] = "Authorization_RequestDenied"
    pair.source.edit(ada, department="Law")
    run_pair(pair), run_pair(pair)

    assert reasons(plan_pair(pair)) == [Reason.ESCROWED]


def test_a_leaver_in_escrow_waits() -> None:
    pair, ada = a_pair()
    pair.target.refusals[pair.copy_of(ada)] = "Authorization_RequestDenied"
    pair.source.remove(ada)
    run_pair(pair), run_pair(pair)

    assert reasons(plan_pair(pair)) == [Reason.ESCROWED]


def test_a_window_acts_on_some_and_counts_all() -> None:
    pair = Pair()
    people = [pair.hire(f"person{number}") for number in range(5)]

    plan = plan_pair(pair, limit=2)

    assert [one.person.source for one in plan.actions] == sorted(people)[:2]
    assert (plan.deferred, plan.totals, plan.first) == (3, {"create": 5}, True)
