"""What many connections of one application get together, alone or in batches of requests."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import pytest

from sandbox.clock import ManualClock
from sandbox.meter import Meter
from tests.sandbox_periphery.test_meter import a_request

_ROUND_TRIP = 0.1


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Connections that send without end: what, in batches of how many, at which quota."""

    method: str
    path: str
    rate: float
    window: float
    connections: int
    batch: int = 1

    def share(self, *, patience: float) -> float:
        """Return the share of the quota that they get in two windows after the first."""
        clock = ManualClock()
        meter = Meter(clock, on=True, population=lambda _: 600)
        meter.invitations_draw_writes = False
        begin, end = self.window, self.window + 60
        at, done = 0.0, 0
        due = [(number / 10_000, number) for number in range(self.connections)]
        while at < end:
            at, number = heapq.heappop(due)
            clock.advance(at - (clock.now() - ManualClock().now()).total_seconds())
            waits = [self._wait(meter) for _ in range(self.batch)]
            done += waits.count(0) if at >= begin else 0
            heapq.heappush(due, (at + _ROUND_TRIP + patience * max(waits), number))
        return done / (self.rate * (end - begin))

    def _wait(self, meter: Meter) -> int:
        refused = meter.charge(a_request(self.method, self.path))
        return int(refused.headers["Retry-After"]) if refused else 0


_SIZES = [(4, 1), (16, 1), (40, 1), (1, 20), (4, 20)]
CROWDS = pytest.mark.parametrize(
    "crowd",
    [
        Crowd(method=method, path=path, rate=rate, window=window, connections=many, batch=batch)
        for method, path, rate, window in (
            ("PATCH", "/users/1", 20, 150),
            ("POST", "/invitations", 30, 30),
        )
        for many, batch in _SIZES
    ],
    ids=lambda crowd: f"{crowd.path}-{crowd.connections}x{crowd.batch}",
)


@CROWDS
def test_connections_that_wait_get_nine_tenths_together(crowd: Crowd) -> None:
    assert crowd.share(patience=1) >= 0.9


@CROWDS
def test_connections_that_do_not_wait_get_nothing(crowd: Crowd) -> None:
    assert crowd.share(patience=0) < 0.01
