"""What failures of people and of links lead to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reconcile.model.actions import Delete, Person, Why
from reconcile.model.cycles import HoldReason, Outcome, Result
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.planning.escrow import retry_at
from reconcile.planning.quarantine import quarantined
from tests.fakes import START


@pytest.mark.parametrize(
    ("tries", "hours"),
    [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 24), (8, 24), (5_000, 24)],
)
def test_a_failure_is_tried_next_cycle_then_later_and_later(tries: int, hours: int) -> None:
    assert retry_at(tries, START) == START + timedelta(hours=hours)


def outcomes(**results: int) -> list[Outcome]:
    person = Person(source=ObjectId("s"), target=ObjectId("t"), name="ada")
    action = Delete(person=person, why=Why.DELETED, mark=Mark.DELETED)
    return [
        Outcome(action=action, result=Result[name.upper()], at=START)
        for name, number in results.items()
        for _ in range(number)
    ]


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        (outcomes(), None),
        (outcomes(failed=9), None),
        (outcomes(failed=10), HoldReason.ESCROW_PROPORTION),
        (outcomes(failed=40, done=60), None),
        (outcomes(failed=41, done=59), HoldReason.ESCROW_PROPORTION),
        (outcomes(unknown=30, failed=11, done=59), HoldReason.ESCROW_PROPORTION),
        (outcomes(failed=10, done=15, not_sent=100), None),
    ],
)
def test_a_link_is_quarantined_when_too_much_fails(
    came: list[Outcome], reason: HoldReason | None
) -> None:
    assert quarantined(came) is reason
