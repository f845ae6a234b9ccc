"""Graph's throttling: a request enters, nothing (admitted) or the documented 429 leaves.

Quotas are token buckets that start full and refill evenly. A refused request draws as well if its
client did not wait as long as `Retry-After` said, which then waits longer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.buckets import Bucket
from sandbox.clock import Clock
from sandbox.costs import Cost, cost_of
from sandbox.wire import Answer, Request, refusal

_LARGE, _MEDIUM = 500, 50  # users of a tenant that is larger or smaller than these
_REPORTED_FROM = 0.8
_REPORTED_UP_TO = 1.8
# Graph says that low priority is refused first and high priority last, not from which share on.
_RESERVE = {"low": 0.1, "normal": 0.0, "high": -0.1}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quota:
    """A kind of bucket: for whom it counts, what it counts, and what a 429 calls it."""

    name: str
    scope: str
    kind: str
    reason: str
    seconds: float
    capacity: Callable[[int], float]
    draws: Callable[[Cost], int]

    def key(self, request: Request) -> tuple[str, ...]:
        """Name the bucket that a request draws from."""
        caller = request.caller
        parts = {"Tenant": caller.tenant_id, "Application": caller.app_id}
        return (self.name, *(parts[part] for part in self.scope.split("_")))


def _by_size(users: int) -> float:
    if users > _LARGE:
        return 8_000
    return 3_500 if users < _MEDIUM else 5_000


def _flat(capacity: float) -> Callable[[int], float]:
    return lambda _: capacity


def _quota(
    name: str, scope: str, kind: str, per: float, seconds: float, draws: Callable[[Cost], int]
) -> _Quota:
    reason = "ResourceUnitLimitExceeded" if kind == "ReadWrite" else "WriteLimitExceeded"
    size = _by_size if name == "units" else _flat(per)
    return _Quota(
        name=name,
        scope=scope,
        kind=kind,
        reason=reason,
        seconds=seconds,
        capacity=size,
        draws=draws,
    )


_QUOTAS = (
    _quota("units", "Tenant_Application", "ReadWrite", 0, 10, lambda cost: cost.units),
    _quota("units everywhere", "Application", "ReadWrite", 150_000, 20, lambda cost: cost.units),
    _quota("requests everywhere", "Application", "ReadWrite", 2_000, 1, lambda _: 1),
    _quota("writes", "Tenant_Application", "Write", 3_000, 150, lambda cost: cost.writes),
    _quota("writes everywhere", "Application", "Write", 70_000, 300, lambda cost: cost.writes),
    _quota("writes of all", "Tenant", "Write", 18_000, 300, lambda cost: cost.writes),
    _quota("invitations", "Tenant", "Write", 150, 5, lambda cost: cost.invitations),
    _quota("reports", "Tenant_Application", "ReadWrite", 5, 10, lambda cost: cost.reports),
    _quota("demands", "Tenant_Application", "Write", 5, 10, lambda cost: cost.demands),
)


class Meter:
    """Charges every Graph request, those inside a `$batch` one by one."""

    def __init__(
        self, clock: Clock, *, on: bool = False, population: Callable[[str], int] = lambda _: 0
    ) -> None:
        """Start with full quotas; `population` tells a tenant's users, which set its units."""
        self.on = on
        self.invitations_draw_writes = True
        self.refused = 0
        self._clock, self._population = clock, population
        self._buckets: dict[tuple[str, ...], Bucket] = {}

    def reset(self) -> None:
        """Fill all quotas again."""
        self._buckets.clear()
        self.refused = 0

    def charge(self, request: Request) -> Answer | None:
        """Draw a request's cost; return a 429 when a quota does not hold it."""
        if not self.on:
            return None
        cost = self._cost(request)
        now = self._clock.now()
        priority = request.headers.get("x-ms-throttle-priority", "normal").lower()
        reserve = _RESERVE.get(priority, 0.0)
        caller = (request.caller.tenant_id, request.caller.app_id, priority)
        longest: tuple[float, _Quota] | None = None
        drawn: list[tuple[Bucket, int]] = []
        for quota in _QUOTAS:
            amount = quota.draws(cost)
            if amount == 0:
                continue
            bucket = self._bucket(quota, request)
            drawn.append((bucket, amount))
            wait = bucket.lacks(amount, now, reserve, caller)
            if wait is not None and (longest is None or wait > longest[0]):
                longest = (wait, quota)
        if longest is None:
            for bucket, amount in drawn:
                bucket.draw(amount, caller)
            return None
        self.refused += 1
        return self._refusal(request, *longest)

    def headers(self, request: Request) -> dict[str, str]:
        """Return what an answer says about quotas: the cost, and the used share if large."""
        if not self.on:
            return {}
        told = {"x-ms-resource-unit": str(self._cost(request).units)}
        quota = _QUOTAS[0]
        used = self._bucket(quota, request).used
        if used >= _REPORTED_FROM:
            told["x-ms-throttle-limit-percentage"] = f"{min(used, _REPORTED_UP_TO):.2f}"
        return told

    def levels(self) -> list[dict[str, Any]]:
        """Return every quota that was drawn from: its name, whose it is, and the share in use."""
        now = self._clock.now()
        return [
            {"name": name, "of": whose, "used": round(bucket.used_at(now), 3)}
            for (name, *whose), bucket in self._buckets.items()
        ]

    def _cost(self, request: Request) -> Cost:
        return cost_of(request, invitations_draw_writes=self.invitations_draw_writes)

    def _bucket(self, quota: _Quota, request: Request) -> Bucket:
        key = quota.key(request)
        bucket = self._buckets.get(key)
        # A tenant that grows gets more, from the next refill on.
        capacity = quota.capacity(self._population(request.caller.tenant_id))
        if bucket is None:
            bucket = self._buckets[key] = Bucket(capacity, quota.seconds)
        bucket.capacity = capacity
        return bucket

    def _refusal(self, request: Request, wait: float, quota: _Quota) -> Answer:
        caller = request.caller
        answer = refusal(429, "TooManyRequests", "Too many requests.")
        answer.headers |= self.headers(request)
        answer.headers |= {
            "Retry-After": str(max(math.ceil(wait), 1)),
            "x-ms-throttle-scope": f"{quota.scope}/{quota.kind}/{caller.app_id}/{caller.tenant_id}",
            "x-ms-throttle-information": quota.reason,
        }
        return answer
