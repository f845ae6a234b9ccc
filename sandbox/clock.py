"""The sandbox's time: the system's time or a test's time enters, aware UTC moments leave."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Everything in the sandbox that depends on time asks a clock."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...


class SystemClock:
    """The system's time, which a person may push forward to see what time does to the tenants."""

    def __init__(self) -> None:
        """Start without an offset."""
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the system's moment plus everything that was added."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        """Push the time forward."""
        self._offset += timedelta(seconds=seconds)


class ManualClock:
    """A time that stands still until it is pushed."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)) -> None:
        """Start at the given moment."""
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment the clock was last pushed to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Push the time forward."""
        self._now += timedelta(seconds=seconds)


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
