"""What listings do not show yet, and what memory does not know any more."""

from __future__ import annotations

from datetime import timedelta

from reconcile.model.plans import Reason
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import ObjectId
from tests.planning.rounds import plan_pair, reasons, run_pair
from tests.strategies import EVERYONE, Pair, a_job

MINUTES = timedelta(minutes=5)


def a_slow_pair() -> Pair:
    """A target whose listings lag for as long as we do not judge what we wrote."""
    pair = Pair(job=a_job(settle=MINUTES))
    pair.target.lag = MINUTES
    return pair


def test_a_cycle_right_after_another_plans_nothing() -> None:
    pair = a_slow_pair()
    people = [pair.hire(f"person{number}") for number in range(3)]
    pair.source.set_manager(people[0], people[1])
    run_pair(pair)

    plan = plan_pair(pair)

    assert (plan.actions, plan.settled) == ((), ())
    assert plan.unchanged == 3


def test_after_a_while_what_was_written_is_judged_and_settles() -> None:
    pair = a_slow_pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.clock.advance(MINUTES)

    assert len(run_pair(pair).settled) == 1
    pair.target.edit(pair.copy_of(ada), jobTitle="Painter")
    pair.clock.advance(MINUTES)
    assert plan_pair(pair).totals == {"update": 1}


def test_what_changed_in_the_source_meanwhile_is_still_written() -> None:
    pair = a_slow_pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.source.edit(ada, department="Law", accountEnabled=False)

    plan = run_pair(pair)

    assert plan.totals == {"disable": 1}
    assert pair.seen(ada)["department"] == "Law"
    assert plan_pair(pair).actions == ()


def test_enabling_again_at_once_takes_our_block_away() -> None:
    pair = a_slow_pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.source.edit(ada, accountEnabled=False)
    run_pair(pair)
    pair.source.edit(ada, accountEnabled=True)

    run_pair(pair)

    assert pair.seen(ada)["accountEnabled"] is True
    assert pair.target.stamp_of(pair.copy_of(ada)) == Stamp(pair.job.source, ada)


def test_a_delete_is_not_planned_twice_while_the_listing_lags() -> None:
    pair = a_slow_pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.clock.advance(MINUTES)
    run_pair(pair)
    pair.source.remove(ada)
    first = run_pair(pair)

    assert first.totals == {"delete": 1}
    assert plan_pair(pair).actions == ()


def test_someone_who_leaves_before_the_listing_shows_them_waits() -> None:
    pair = a_slow_pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.source.remove(ada)

    early = run_pair(pair)
    pair.clock.advance(MINUTES)
    late = run_pair(pair)

    assert (early.actions, reasons(early)) == ((), [Reason.SETTLING])
    assert late.totals == {"delete": 1}


def test_a_restore_is_not_planned_twice_while_the_listing_lags() -> None:
    pair = a_slow_pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.clock.advance(MINUTES)
    pair.source.groups[EVERYONE].discard(ada)
    run_pair(pair)
    pair.clock.advance(MINUTES)
    pair.source.groups[EVERYONE].add(ada)
    back = run_pair(pair)

    again = plan_pair(pair)
    pair.source.groups[EVERYONE].discard(ada)
    gone = plan_pair(pair)

    assert back.totals == {"restore": 1}
    assert again.actions == ()
    assert (gone.actions, reasons(gone)) == ((), [Reason.SETTLING])


def lost(pair: Pair) -> None:
    pair.store.shelves.clear()


def test_lost_state_is_found_again_by_the_stamps_without_a_write() -> None:
    pair = Pair()
    pair.hire("ada"), pair.hire("bob")
    run_pair(pair), run_pair(pair)
    lost(pair)

    plan = run_pair(pair)

    assert plan.actions == ()
    assert (len(plan.settled), plan.rebuilt, plan.first, plan.population) == (2, True, False, 2)
    assert plan_pair(pair).settled == ()


def test_without_memory_every_difference_is_the_targets() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    run_pair(pair)
    pair.target.edit(pair.copy_of(ada), jobTitle="Painter")
    lost(pair)

    (action,) = plan_pair(pair).actions

    assert action.changes[0].cause.value == "drift"  # type: ignore[union-attr]


def test_on_a_rebuilt_link_blocked_stays_blocked() -> None:
    pair = Pair()
    ada = pair.hire("ada", accountEnabled=False)
    run_pair(pair)
    pair.source.edit(ada, accountEnabled=True)
    lost(pair)

    assert reasons(plan_pair(pair)) == [Reason.BLOCKED_BY_TARGET]
    pair.store.memory(pair.job).rebuilt = True
    assert reasons(run_pair(pair)) == [Reason.BLOCKED_BY_TARGET]
    pair.store.memory(pair.job).rebuilt = False
    assert plan_pair(pair).totals == {"update": 1}


def test_on_a_rebuilt_link_leavers_are_known_by_their_stamps() -> None:
    pair = Pair()
    ada, bob = pair.hire("ada"), pair.hire("bob")
    run_pair(pair)
    lost(pair)
    pair.source.remove(ada)
    pair.source.edit(bob, externalUserState="Accepted")

    plan = plan_pair(pair)

    assert (plan.totals, plan.rebuilt) == ({"delete": 2}, True)


def test_a_first_cycle_that_broke_off_is_no_lost_state() -> None:
    pair = Pair()
    pair.hire("ada")
    pair.target.unanswered = 1
    run_pair(pair)
    pair.store.memory(pair.job).fingerprint = None

    plan = plan_pair(pair)

    assert (plan.actions, plan.rebuilt, plan.first) == ((), False, True)
    assert len(plan.settled) == 1


def test_two_users_with_one_persons_stamp_are_disputed_whether_in_scope_or_not() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    run_pair(pair)
    copycat = pair.target.add_guest("copy@other.example")
    pair.target.write_stamp(copycat, Stamp(pair.job.source, ada))
    lost(pair)

    here = plan_pair(pair)
    pair.source.remove(ada)
    gone = plan_pair(pair)

    assert (here.actions, reasons(here)) == ((), [Reason.DISPUTED_MATCH])
    assert (gone.actions, reasons(gone)) == ((), [Reason.DISPUTED_MATCH])


def test_a_stamp_of_nobody_in_scope_is_not_believed_without_a_point_read() -> None:
    pair = Pair()
    guest = pair.target.add_guest("x@contoso.example")
    pair.target.write_stamp(guest, Stamp(pair.job.source, ObjectId("f" * 36), Mark.NONE))

    plan = plan_pair(pair)

    assert plan.totals == {"delete": 1}
    assert plan.rebuilt
