"""What waiting as long as a 429 says is worth, and what not waiting costs, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.virtual import VirtualClock, run_virtually
from sandbox.wire import Answer
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker, a_tenant

WINDOW = 150.0
WRITES = 3_000  # per application and tenant in a window
WINDOWS = 3
_ROUND_TRIP = 0.02


@dataclass
class Reached:
    """What a client got done after the first, full window."""

    done: int = 0
    refused: int = 0

    @property
    def share(self) -> float:
        return self.done / (WRITES * (WINDOWS - 1))


async def _writes(clock: VirtualClock, *, patience: float) -> Reached:
    """Write without end, waiting for a part of what `Retry-After` says."""
    world = Sandbox(clock, estate=[a_tenant("fabrikam", 600)], throttling=True)
    fabrikam, reached = Asker(world), Reached()
    user = next(iter(world.tenant("fabrikam").users))
    start = clock.now()
    while (passed := (clock.now() - start).total_seconds()) < WINDOW * WINDOWS:
        answer = fabrikam.ask("PATCH", f"/users/{user}", {"jobTitle": f"{passed:.2f}"})
        await clock.sleep(_ROUND_TRIP)
        refused, counts = answer.status == 429, passed >= WINDOW
        reached.refused += refused and counts
        reached.done += counts and not refused
        if refused:
            await clock.sleep(_wait(answer) * patience)
    return reached


def _wait(answer: Answer) -> int:
    return int(answer.headers["Retry-After"])


def test_who_waits_gets_nine_tenths_of_the_quota() -> None:
    reached = run_virtually(lambda clock: _writes(clock, patience=1))

    assert reached.share >= 0.9


def test_who_does_not_wait_gets_nothing_but_refusals() -> None:
    reached = run_virtually(lambda clock: _writes(clock, patience=0))

    assert reached.share < 0.01
    assert reached.refused > 5_000


def test_who_waits_too_short_is_refused_more_and_gets_no_more() -> None:
    patient = run_virtually(lambda clock: _writes(clock, patience=1))
    hasty = run_virtually(lambda clock: _writes(clock, patience=0.25))

    assert hasty.refused > patient.refused
    assert hasty.done <= patient.done
