"""Managers: who is written, who is left alone, who is cleared."""

from __future__ import annotations

from datetime import timedelta

from reconcile.model.actions import Cause, Change, Reference, changes_of
from reconcile.model.links import Adopt
from reconcile.model.tenants import ObjectId
from tests.planning.rounds import plan_pair, run_pair
from tests.strategies import EVERYONE, Pair, a_job


def a_team() -> tuple[Pair, ObjectId, ObjectId]:
    """Ada, whose manager is Bob, settled."""
    pair = Pair()
    ada, bob = pair.hire("ada"), pair.hire("bob")
    pair.source.set_manager(ada, bob)
    for _ in range(3):
        run_pair(pair)
    return pair, ada, bob


def changes(pair: Pair) -> list[Change]:
    return [change for action in plan_pair(pair).actions for change in changes_of(action)]


def test_a_settled_team_needs_nothing() -> None:
    pair, ada, bob = a_team()

    plan = plan_pair(pair)

    assert (plan.actions, plan.settled) == ((), ())
    assert pair.target.managers == {pair.copy_of(ada): pair.copy_of(bob)}


def test_a_manager_removed_in_the_source_is_removed_in_the_target() -> None:
    pair, ada, _ = a_team()
    pair.source.set_manager(ada, None)

    run_pair(pair)

    assert pair.target.managers == {}


def test_a_manager_changed_in_the_target_is_put_right() -> None:
    pair, ada, bob = a_team()
    other = pair.target.add("local")
    pair.target.set_manager(pair.copy_of(ada), other)

    assert changes(pair) == [
        Change(
            attribute="manager",
            old=other,
            new=Reference(source=bob, target=pair.copy_of(bob)),
            cause=Cause.DRIFT,
        )
    ]


def test_a_manager_who_joins_now_is_set_in_the_same_round() -> None:
    pair, ada, _ = a_team()
    new = pair.hire("new")
    pair.source.set_manager(ada, new)

    run_pair(pair)

    assert pair.target.managers[pair.copy_of(ada)] == pair.copy_of(new)
    assert plan_pair(pair).actions == ()


def test_a_new_manager_without_target_user_takes_the_old_one_away() -> None:
    pair, ada, _ = a_team()
    outsider = pair.source.add("outsider")
    pair.source.set_manager(ada, outsider)

    run_pair(pair)

    assert pair.target.managers == {}
    assert plan_pair(pair).actions == ()


def test_a_manager_who_comes_into_scope_later_is_set_then() -> None:
    pair, ada, _ = a_team()
    outsider = pair.source.add("outsider")
    pair.source.set_manager(ada, outsider)
    run_pair(pair), run_pair(pair)
    pair.source.groups[EVERYONE].add(outsider)

    run_pair(pair), run_pair(pair)

    assert pair.target.managers == {pair.copy_of(ada): pair.copy_of(outsider)}


def test_a_manager_whom_the_target_gave_stays_while_the_source_has_nobody_to_offer() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    pair.source.set_manager(ada, pair.source.add("outsider"))
    run_pair(pair), run_pair(pair)
    pair.target.set_manager(pair.copy_of(ada), pair.target.add("local"))

    assert plan_pair(pair).actions == ()


def test_nobody_points_at_a_manager_who_leaves_in_the_same_cycle() -> None:
    pair, ada, bob = a_team()
    pair.source.set_manager(bob, ada)
    pair.source.groups[EVERYONE].discard(ada)

    plan = run_pair(pair)

    assert plan.totals == {"delete": 1}
    assert pair.target.managers == {}


def test_a_manager_who_returns_is_set_again() -> None:
    pair, ada, bob = a_team()
    pair.source.groups[EVERYONE].discard(bob)
    run_pair(pair), run_pair(pair)
    pair.source.groups[EVERYONE].add(bob)

    for _ in range(3):
        run_pair(pair)

    assert pair.target.managers == {pair.copy_of(ada): pair.copy_of(bob)}
    assert plan_pair(pair).actions == ()


def test_a_released_manager_stays_manager_as_long_as_the_source_says_so() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    guest = pair.target.add_guest("bob@contoso.example")
    ada, bob = pair.hire("ada"), pair.hire("bob")
    pair.source.set_manager(ada, bob)
    for _ in range(3):
        run_pair(pair)
    pair.source.groups[EVERYONE].discard(bob)

    for _ in range(3):
        run_pair(pair)

    assert pair.target.managers == {pair.copy_of(ada): guest}


def test_a_manager_who_waits_stays_manager() -> None:
    pair, ada, bob = a_team()
    pair.source.edit(bob, employeeId="1" * 17)
    pair.target.set_manager(pair.copy_of(ada), None)

    run_pair(pair)

    assert pair.target.managers == {pair.copy_of(ada): pair.copy_of(bob)}


def test_a_manager_written_lately_is_not_cleared() -> None:
    pair, ada, _ = a_team()
    pair.job = a_job(settle=timedelta(minutes=5))
    pair.source.edit(ada, department="Law")
    run_pair(pair)
    pair.source.set_manager(ada, pair.source.add("outsider"))

    assert plan_pair(pair).actions == ()
