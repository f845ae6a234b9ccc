"""Escrow: how often a person's action failed goes in, when it is tried again comes out."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=24)


def retry_at(tries: int, now: datetime) -> datetime:
    """When to try again after `tries` failures: next cycle, then after 1 hour, doubled up to 24."""
    if tries <= 1:
        return now
    return now + min(FIRST_WAIT * (1 << min(tries - 2, 10)), LONGEST_WAIT)
