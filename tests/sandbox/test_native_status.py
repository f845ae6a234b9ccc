"""When a job's failures put it into quarantine."""

from __future__ import annotations

import pytest

from sandbox.native.cycle import Counts
from sandbox.native.status import quarantine_reason


@pytest.mark.parametrize(
    ("looked_at", "failed", "reason"),
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
    looked_at: int, failed: int, reason: str | None
) -> None:
    assert quarantine_reason(Counts(looked_at=looked_at, failed=failed)) == reason


def test_staged_deletions_are_the_first_reason() -> None:
    counts = Counts(looked_at=10_000, failed=10_000, staged=1)

    assert quarantine_reason(counts) == "TooManyDeletes"
