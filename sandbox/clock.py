"""The sandbox's time: the system's time or a test's time enters, aware UTC moments leave."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

# A hundred years: what a span of time may be that a person names.
LONGEST = 36_525 * 86_400
# Dates have four figures, and people and tokens need some time after the present moment.
_LAST = datetime(3000, 1, 1, tzinfo=UTC)


class ClockError(ValueError):
    """Time that cannot pass; the message says how much can."""


class Clock(Protocol):
    """Everything in the sandbox that depends on time asks a clock."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...


def _span(now: datetime, seconds: float) -> timedelta:
    # Nor is a number that is none within these limits.
    if not 0 <= seconds <= (_LAST - now).total_seconds():
        raise ClockError(
            f"clock: {seconds!r} seconds cannot pass. Expected: 0 or more, and a moment before "
            f"the year {_LAST.year}."
        )
    return timedelta(seconds=seconds)


class SystemClock:
    """The system's time, which a person may push forward to see what time does to the tenants."""

    def __init__(self) -> None:
        """Start without an offset."""
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the system's moment plus everything that was added."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        """Push the time forward.

        Raises:
            ClockError: when it would go back, or past the last moment there is.
        """
        self._offset += _span(self.now(), seconds)


class ManualClock:
    """A time that stands still until it is pushed."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)) -> None:
        """Start at the given moment."""
        self.turn(start)

    def now(self) -> datetime:
        """Return the moment the clock was last pushed to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Push the time forward.

        Raises:
            ClockError: when it would go back, or past the last moment there is.
        """
        self._now += _span(self.now(), seconds)

    def turn(self, moment: datetime) -> None:
        """Make a moment the present one, be it in the past."""
        self._now = moment.astimezone(UTC)


async def pass_time(clock: Clock, seconds: float) -> None:
    """Wait for so long: a clock that stands still is pushed, any other is waited for."""
    if seconds <= 0:
        return
    if isinstance(clock, ManualClock):
        clock.advance(seconds)
    else:
        await asyncio.sleep(seconds)


def stamp(moment: datetime) -> str:
    """Write a moment as Graph does: whole seconds and a `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
