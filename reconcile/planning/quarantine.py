"""Quarantine: the outcomes of one cycle go in, the reason to quarantine the link comes out, if any.

Entra quarantines a job when more than 40 % of its changes fail, judged from 5,000 failures up; a
link of a few hundred people would never get there, so the count from which we judge is lower.
See entra-docs application-provisioning-quarantine-status.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.model.cycles import HoldReason, Outcome, Result

FAILED_SHARE = 40
FAILED_COUNT = 10

_FAILURES = {Result.FAILED, Result.UNKNOWN}
_ANSWERED = {Result.DONE, *_FAILURES}


def quarantined(outcomes: Sequence[Outcome]) -> HoldReason | None:
    """The reason to quarantine, or None; what was never sent counts on neither side."""
    failed = sum(outcome.result in _FAILURES for outcome in outcomes)
    answered = sum(outcome.result in _ANSWERED for outcome in outcomes)
    if failed >= FAILED_COUNT and failed * 100 > FAILED_SHARE * answered:
        return HoldReason.ESCROW_PROPORTION
    return None
