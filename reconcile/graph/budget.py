"""The budget of one application in one tenant: a cost enters and waits until the quotas hold it.

Graph's quotas are token buckets (graph-docs throttling-limits). Ours are the same buckets, a
little smaller: a call is counted here before it is sent and there when it arrives, and what
refills in between must not be spent twice. Waiting is done one caller at a time, in order.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reconcile.graph.calls import Answer, Call

_MARGIN = 0.95
_SHORTEST = 0.001
_LARGE, _MEDIUM = 500, 50


class Clock(Protocol):
    """The injected time."""

    def now(self) -> datetime: ...
    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls draw: resource units, directory writes, invitations."""

    units: int = 0
    writes: int = 0
    invitations: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.units + other.units,
            self.writes + other.writes,
            self.invitations + other.invitations,
        )


_READS = (
    (re.compile(r"/users$"), 2),
    (re.compile(r"/applications$"), 2),
    (re.compile(r"/applications/[^/]+/extensionProperties$"), 2),
    (re.compile(r"/groups/[^/]+/members"), 3),
    (re.compile(r"/users/[^/]+/memberOf"), 2),
)


def cost_of(call: Call) -> Cost:
    """The published cost of a call.

    Whether an invitation draws the write quota too is not documented; we assume that it does.
    """
    if call.resource == "/invitations":
        return Cost(units=1, writes=1, invitations=1)
    if not call.reads:
        return Cost(units=1, writes=1)
    units = next((cost for pattern, cost in _READS if pattern.match(call.resource)), 1)
    options = call.path.partition("?")[2]
    units += ("$expand=" in options) - ("$select=" in options)
    return Cost(units=max(units, 1))


def total(calls: Iterable[Call]) -> Cost:
    """What several calls draw together."""
    return sum((cost_of(call) for call in calls), Cost())


class _Bucket:
    """One quota; `level` may sink below zero while Graph makes us wait."""

    def __init__(self, capacity: float, seconds: float, now: datetime) -> None:
        """Start full: Graph says when it was not."""
        self.capacity = capacity * _MARGIN
        self.rate = capacity / seconds
        self.level = self.capacity
        self._at = now

    def refill(self, now: datetime) -> None:
        passed = max((now - self._at).total_seconds(), 0.0)
        self.level = min(self.level + passed * self.rate, self.capacity)
        self._at = now

    def lack(self, amount: float) -> float:
        """How many seconds until the bucket holds the amount."""
        return max(amount - self.level, 0.0) / self.rate if amount else 0.0

    def drain(self, seconds: float) -> None:
        """Empty the bucket, and keep it so for that long."""
        self.level = min(self.level, -self.rate * seconds)

    def used(self, share: float) -> None:
        """Believe Graph when it says that more is used than we thought."""
        self.level = min(self.level, self.capacity * (1.0 - share))

    def resize(self, capacity: float, seconds: float) -> None:
        grown = capacity * _MARGIN - self.capacity
        self.capacity, self.rate = self.capacity + grown, capacity / seconds
        self.level += max(grown, 0.0)


class Budget:
    """Keeps one application within one tenant's quotas."""

    def __init__(self, clock: Clock) -> None:
        """Start with the quota of a small tenant; `know_size` widens it."""
        now = clock.now()
        self.refused = 0
        self._clock = clock
        self._turn = asyncio.Lock()
        self._units = _Bucket(3_500, 10, now)
        self._writes = _Bucket(3_000, 150, now)
        self._invitations = _Bucket(150, 5, now)

    async def take(self, cost: Cost) -> None:
        """Wait until all quotas hold the cost, then draw it."""
        drawn = (
            (self._units, cost.units),
            (self._writes, cost.writes),
            (self._invitations, cost.invitations),
        )
        async with self._turn:
            while True:
                now = self._clock.now()
                for bucket, _ in drawn:
                    bucket.refill(now)
                lack = max(bucket.lack(amount) for bucket, amount in drawn)
                if lack <= 0:
                    break
                await self._clock.sleep(max(lack, _SHORTEST))
            for bucket, amount in drawn:
                bucket.level -= amount

    def learn(self, answer: Answer) -> None:
        """Take to heart what an answer says about quotas."""
        share = answer.headers.get("x-ms-throttle-limit-percentage")
        if share is not None:
            self._units.used(_number(share))
        if answer.status != 429:
            return
        self.refused += 1
        # Without Retry-After (some resources send none) one resource window is waited for.
        seconds = answer.retry_after if answer.retry_after is not None else 10.0
        for bucket in self._throttled(answer.headers.get("x-ms-throttle-information", "")):
            bucket.refill(self._clock.now())
            bucket.drain(seconds)

    def know_size(self, users: int) -> None:
        """Widen the resource units to what Graph grants a tenant of so many users."""
        if users > _LARGE:
            self._units.resize(8_000, 10)
        elif users > _MEDIUM:
            self._units.resize(max(5_000, self._units.rate * 10), 10)

    def _throttled(self, reason: str) -> tuple[_Bucket, ...]:
        if reason == "WriteLimitExceeded":
            return (self._writes, self._invitations)
        if reason == "ResourceUnitLimitExceeded":
            return (self._units,)
        return (self._units, self._writes, self._invitations)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
