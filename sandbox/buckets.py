"""Token buckets and who waits for them: an amount and a moment enter, a wait or nothing leaves.

The premise: nobody can see which of a caller's connections sends a request, only when it does. A
caller that waits as it was told is silent in the meantime, except for requests that were on their
way; whatever else comes while it should wait draws from the quota although it is refused.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# Shares of a quota's time: how long a refused caller waits at least and at most (a debt aside), and
# for how long the requests of others that do not know of the refusal yet may still come in.
_SHORTEST, _LONGEST, _ON_THE_WAY = 0.2, 0.4, 0.1
# Of a large quota no caller needs more than these seconds of them.
_SHORTEST_EVER, _ON_THE_WAY_EVER = 2.0, 1.0


@dataclass(slots=True)
class _Line:
    """What one caller was told since its last admission.

    `since` is when it was refused first, `until` when it may come again, `refused` what those asked
    for who came for the first time. `told` holds the moments that were told and are not used up.
    """

    until: datetime
    since: datetime | None = None
    refused: int = 0
    told: list[datetime] = field(default_factory=list)

    def comes_as_told(self, now: datetime, forgotten: timedelta) -> bool:
        """Say whether somebody was told to come by now, who then has come."""
        while self.told and self.told[0] < now - forgotten:
            heapq.heappop(self.told)
        if not self.told or self.told[0] > now:
            return False
        heapq.heappop(self.told)
        return True


@dataclass(slots=True)
class Bucket:
    """One quota: so many tokens in so many seconds."""

    capacity: float
    seconds: float
    tokens: float = field(init=False)
    refilled: datetime | None = field(default=None, init=False)
    _lines: dict[tuple[str, ...], _Line] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Start full."""
        self.tokens = self.capacity

    def lacks(
        self, amount: int, now: datetime, reserve: float, caller: tuple[str, ...]
    ) -> float | None:
        """Return None when the quota holds an amount, else for how many seconds to stay away."""
        self.tokens = self._tokens_at(now)
        self.refilled = now
        kept = reserve * self.capacity
        line = self._lines.get(caller)
        as_told = line is not None and line.comes_as_told(now, timedelta(seconds=self.seconds))
        closed = line is not None and line.since is not None and now < line.until
        if not closed and self.tokens - amount >= kept:
            return None
        if line is None:
            line = self._lines[caller] = _Line(until=now)
        return self._refused(line, now, amount, kept, as_told=as_told)

    def draw(self, amount: int, caller: tuple[str, ...]) -> None:
        """Draw an amount that the quota holds; the caller waits no longer."""
        self.tokens -= amount
        line = self._lines.get(caller)
        if line is not None:
            line.since = None
            if not line.told:
                del self._lines[caller]

    def _refused(
        self, line: _Line, now: datetime, amount: int, kept: float, *, as_told: bool
    ) -> float:
        """Note a refusal and return the wait; who came too early pays for it."""
        rate = self.capacity / self.seconds
        if line.since is None:
            line.since, line.until, line.refused = now, now, 0
        shortest = min(_SHORTEST * self.seconds, _SHORTEST_EVER)
        passed = (now - line.since).total_seconds()
        fresh = passed <= min(_ON_THE_WAY * self.seconds, _ON_THE_WAY_EVER)
        if fresh or not as_told:
            line.refused += amount
        if now < line.until and not (as_told or fresh):
            # As documented, requests that are refused accrue; the debt ends at one full window. The
            # wait begins anew, too, or who is only a little too fast would lose little.
            self.tokens = max(self.tokens - amount, -self.capacity)
            line.until = max(line.until, now + timedelta(seconds=shortest))
        asked = min(max(line.refused / rate, shortest), _LONGEST * self.seconds)
        until = max(line.since + timedelta(seconds=asked), line.until)
        if until <= now:
            until = now + timedelta(seconds=shortest)
        line.until = until
        needed = (kept + amount - self.tokens) / rate
        wait = max((until - now).total_seconds(), needed)
        if as_told or fresh:
            heapq.heappush(line.told, now + timedelta(seconds=wait))
        return wait

    def _tokens_at(self, now: datetime) -> float:
        passed = max((now - self.refilled).total_seconds(), 0) if self.refilled else 0
        return min(self.tokens + passed * self.capacity / self.seconds, self.capacity)

    def used_at(self, now: datetime) -> float:
        """Return the used share at a moment, without drawing."""
        return 1 - self._tokens_at(now) / self.capacity

    @property
    def used(self) -> float:
        """Return the used share of the quota: above 1 when it is overdrawn."""
        return 1 - self.tokens / self.capacity
