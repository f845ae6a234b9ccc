"""When a job's failures put it into quarantine."""

from __future__ import annotations

import pytest

from sandbox.native.cycle import Counts
from sandbox.native.status import quarantine_reason


@pytest.mark.parametrize(
    ("in_scope", "failed", "reason"),
    [
        (4_999, 4_999, None),
        (12_500, 5_000, None),
        (12_499, 5_000, "EncounteredEscrowProportionThreshold"),
        (1_000_000, 40_000, None),
        (1_000_000, 40_001, "EncounteredBaseEscrowThreshold"),
        (1_000_000, 60_001, "EncounteredTotalEscrowThreshold"),
    ],
)
def test_failures_are_judged_from_five_thousand_on(
    in_scope: int, failed: int, reason: str | None
) -> None:
    assert quarantine_reason(Counts(looked_at=failed, in_scope=in_scope, failed=failed)) == reason


def test_staged_deletions_are_the_first_reason() -> None:
    counts = Counts(in_scope=10_000, failed=10_000, staged=1)

    assert quarantine_reason(counts) == "TooManyDeletes"


def test_who_fails_again_is_measured_against_everybody() -> None:
    counts = Counts(looked_at=5_000, in_scope=13_000, failed=5_000)

    assert quarantine_reason(counts) is None
