from __future__ import annotations

from datetime import timedelta

import pytest

from reconcile.model.cycles import Cycle
from sandbox.seeds import sandbox_id
from tests.engine.drama import SOURCE, TARGET, Drama
from tests.engine.estates import Estate
from tests.engine.lives import KilledError
from tests.engine.test_quiet import a_link

GROUP = sandbox_id(f"group:{SOURCE}:employees")
STEPS = 200
"""More than any of these runs takes; a run that is not killed ends the walk."""

SETTLED = [
    pytest.param(timedelta(0), 0.0, id="at-once"),
    pytest.param(timedelta(minutes=5), 30.0, id="with-replication-delay", marks=pytest.mark.slow),
]


def a_busy_morning(estate: Estate) -> Drama:
    """One of each: somebody joins, leaves, returns, moves, is disabled; somebody drifted."""
    contoso, fabrikam = (estate.sandbox.tenant(name) for name in (SOURCE, TARGET))
    names = ("boss", "moves", "leaves", "returns", "blocked", "drifts")
    boss, moves, leaves, returns, blocked, drifts = (estate.hire(SOURCE, one) for one in names)
    drama = Drama(estate)
    run(drama)
    contoso.remove_member(GROUP, returns)
    run(drama)
    contoso.add_member(GROUP, returns)
    contoso.remove_member(GROUP, leaves)
    contoso.patch_user(moves, {"department": "Elsewhere"})
    contoso.patch_user(blocked, {"accountEnabled": False})
    fabrikam.patch_user(drama.copies(drifts)[0]["id"], {"jobTitle": "Drift"})
    joins, follows = (estate.hire(SOURCE, one) for one in ("joins", "follows"))
    contoso.set_manager(follows, joins)
    contoso.set_manager(joins, boss)
    settle_down(drama)
    return drama


def run(drama: Drama) -> Cycle:
    """A cycle after a while; nothing forbidden may come of it."""
    settle_down(drama)
    (cycle,) = drama.estate.cycle()
    assert list(drama.invariants()) == []
    return cycle


def settle_down(drama: Drama) -> None:
    drama.estate.pass_time(timedelta(minutes=10))
    drama.watch()


def survives(drama: Drama, step: int) -> bool:
    """Kill a run at one of its steps, and the next ones put everything right.

    False if the run was over before.
    """
    try:
        drama.estate.cycle(killed_at=step)
    except KilledError:
        assert list(drama.invariants()) == []
    else:
        return False
    drama.estate.pass_time(timedelta(seconds=11))
    drama.estate.cycle()
    assert list(drama.invariants()) == []
    assert list(drama.unfinished(run(drama))) == []
    assert drama.estate.writes(lambda: run(drama)) == 0
    return True


@pytest.mark.parametrize(("settle", "delay"), SETTLED)
def test_a_run_that_is_killed_at_any_step_is_finished_by_the_next(
    settle: timedelta, delay: float
) -> None:
    for step in range(1, STEPS):
        with Estate(links=[a_link()], settle=settle, delay=delay) as estate:
            if not survives(a_busy_morning(estate), step):
                assert step > 20
                return
    pytest.fail(f"the run took {STEPS} steps and was not over")
