"""Where chance decides of faults, and that it decides the same once more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.clock import ManualClock
from sandbox.faults import Faults
from tests.sandbox_periphery.test_faults import a_request


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def faults(clock: ManualClock) -> Faults:
    return Faults(clock, seed=1)


@pytest.mark.parametrize("again", [Faults.clear, Faults.reseed])
def test_a_fault_breaks_at_the_same_places_once_more(
    faults: Faults, again: Callable[[Faults], None]
) -> None:
    def struck() -> list[bool]:
        return [faults.before(a_request()) is not None for _ in range(100)]

    faults.arm("storm", share=0.3, count=1000)
    first = struck()
    again(faults)
    if not faults.armed:
        faults.arm("storm", share=0.3, count=1000)

    assert struck() == first


def test_the_chance_of_a_fault_is_its_own(clock: ManualClock) -> None:
    def struck(*others: str) -> list[bool]:
        faults = Faults(clock, seed=5)
        faults.arm("storm", share=0.3, count=1000)
        for other in others:
            faults.arm(other, share=0.5, count=1000)
        return [
            (faults.delay(a_request()) >= 0, faults.before(a_request()) is not None)[1]
            for _ in range(100)
        ]

    assert struck("slow") == struck()
