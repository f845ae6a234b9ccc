"""Faults on demand: a request or its answer enters, the answer of a broken world leaves."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.calls.deltas import gone_early
from sandbox.clock import Clock, ClockError, ManualClock, SystemClock
from sandbox.fault_kinds import OUTAGES, Fault, FaultError, Kind, fault_of
from sandbox.wire import Answer, Dropped, Request, refusal

if TYPE_CHECKING:
    from sandbox.closures import Closures
    from sandbox.store import Store

__all__ = ["FaultError", "Faults"]
OK, MULTIPLE_CHOICES = 200, 300


class Faults:
    """The faults of one sandbox; the same seed and the same requests break at the same places."""

    def __init__(
        self,
        clock: Clock,
        seed: int = 0,
        store: Store | None = None,
        shut: Callable[[Closures], None] | None = None,
    ) -> None:
        """Start without faults; only a store's policies can be closed, and its tokens expire.

        `shut` is told what is closed from now on.
        """
        self._clock, self._seed, self._store = clock, seed, store
        self._shutting = shut
        self._armed: list[Fault] = []
        self._numbered = 0
        self.struck = 0

    def arm(self, kind: str, **options: object) -> Fault:
        """Arm a fault; `fault_kinds` has the kinds.

        `nth` is the first fitting request that it strikes (1 is the next), `count` how many it
        strikes, `seconds` how long it strikes instead, `share` how often, `tenant` (an id) and
        `path` (a part of it) whom.

        Raises:
            FaultError: when the kind or an option is unknown, or a value has the wrong type.
        """
        fault = fault_of(kind, options)
        if fault.kind is Kind.LEAP and not isinstance(self._clock, SystemClock | ManualClock):
            raise FaultError("fault: this sandbox's time is driven by the test that made it.")
        if fault.kind is Kind.CLOSE:
            self._check_closing(fault)
        if fault.seconds is not None:
            fault.until = self._clock.now() + timedelta(seconds=fault.seconds)
        self._numbered += 1
        fault.number = self._numbered
        self._armed.append(fault)
        self._seed_again(fault)
        self._shut()
        return fault

    def reseed(self) -> None:
        """Let chance begin anew: the same requests break at the same places once more."""
        for fault in self._armed:
            self._seed_again(fault)

    def _seed_again(self, fault: Fault) -> None:
        # Each by its number, so that no fault draws from another's chance.
        fault.chance = random.Random(f"{self._seed}/{fault.number}")

    def clear(self, number: int | None = None) -> None:
        """Disarm all faults or one; what they closed is what its policies say again.

        Raises:
            FaultError: when no fault has the number.
        """
        going = [fault for fault in self._armed if number in {None, fault.number}]
        if number is not None and not going:
            known = ", ".join(str(fault.number) for fault in self._armed) or "none"
            raise FaultError(f"fault: no fault {number} is armed. Armed: {known}.")
        self._armed = [fault for fault in self._armed if fault not in going]
        if not self._armed:
            self._numbered = 0
        self._shut()

    @property
    def armed(self) -> list[str]:
        """Return the kinds that can still strike."""
        return [fault.kind.value for fault in self._waiting()]

    def listed(self) -> list[dict[str, Any]]:
        """Return the faults that can still strike, with what was said of them."""
        return [fault.shown() for fault in self._waiting()]

    def cut(self, request: Request) -> Dropped | None:
        """Lose the connection before the request gets anywhere."""
        if self._striking(Kind.CUT, request) is None:
            return None
        return Dropped(answer=Answer(status=503))

    def leap(self, request: Request) -> bool:
        """Let time pass at once, when it is this request's turn; say whether it did."""
        found = self._striking(Kind.LEAP, request)
        if found is None or not isinstance(self._clock, SystemClock | ManualClock):
            return False
        # Where there is no more time, none passes.
        with suppress(ClockError):
            self._clock.advance(found.advance)
        return True

    def before(self, request: Request) -> Answer | None:
        """Return a refusal instead of letting the request in."""
        if not self._armed:
            return None
        if (storm := self._striking(Kind.STORM, request)) is not None:
            return _throttled(request, storm)
        if (outage := self._striking(Kind.OUTAGE, request)) is not None:
            answer = refusal(outage.status, *OUTAGES[outage.status])
            if outage.retry_after is not None:
                answer.headers["Retry-After"] = str(outage.retry_after)
            return answer
        if self._striking(Kind.EXPIRE, request) is not None and self._store is not None:
            return gone_early(self._store.tenants[request.caller.tenant_id], request)
        return None

    def permitted(self, request: Request) -> Request:
        """Return the request with the permissions that its caller was left."""
        held = left = request.caller.permissions
        for revoked in self._all_striking(Kind.REVOKE, request):
            left = left - {revoked.permission} if revoked.permission else frozenset()
        if left == held:
            return request
        return replace(request, caller=replace(request.caller, permissions=left))

    def after(self, request: Request, answer: Answer) -> Answer | Dropped:
        """Break a successful answer on its way out: it took effect and nobody learns it."""
        if not self._armed or not OK <= answer.status < MULTIPLE_CHOICES:
            return answer
        if self._striking(Kind.DROP, request):
            return Dropped(answer=answer)
        is_page = isinstance(answer.body, dict) and "value" in answer.body
        if is_page and (cut := self._striking(Kind.TRUNCATE, request)):
            return _truncated(answer, cut)
        return answer

    def delay(self, request: Request) -> float:
        """Return how many seconds the answer to a request is held back."""
        slow = self._striking(Kind.SLOW, request)
        return slow.delay if slow else 0.0

    def _waiting(self) -> Iterator[Fault]:
        now = self._clock.now()
        return (fault for fault in self._armed if not fault.spent(now))

    def _striking(self, kind: Kind, request: Request) -> Fault | None:
        return next(self._all_striking(kind, request), None)

    def _all_striking(self, kind: Kind, request: Request) -> Iterator[Fault]:
        """Strike with the first fault of a kind, and with further ones when they are asked for."""
        if not self._armed:
            return
        now = self._clock.now()
        for fault in self._armed:
            if fault.kind is not kind or fault.spent(now) or not fault.fits(request):
                continue
            fault.nth -= 1
            if fault.nth > 0 or fault.chance.random() >= fault.share:
                continue
            if fault.count is not None:
                fault.count -= 1
            fault.struck += 1
            self.struck += 1
            yield fault

    def _check_closing(self, fault: Fault) -> None:
        target = self._store.tenants.get(fault.tenant or "") if self._store else None
        if target is None:
            raise FaultError(f"fault: no tenant {fault.tenant!r} is loaded.")
        if not any(
            (policy.get("userSyncInbound") or {}).get("isSyncAllowed")
            for source, policy in target.identity_sync.items()
            if fault.source in {None, source}
        ):
            raise FaultError(
                "fault: the tenant allows nobody to synchronize into it. "
                "Nothing was closed: allow it first, or name another tenant."
            )

    def _shut(self) -> None:
        """Let the tenants know what is closed now."""
        closed = frozenset(
            (fault.tenant or "", fault.source) for fault in self._armed if fault.kind is Kind.CLOSE
        )
        if self._shutting and self._store and closed != self._store.closures:
            self._shutting(closed)


def _truncated(answer: Answer, fault: Fault) -> Answer:
    """Cut the encoded body; its length is told truly, so that only parsing shows the cut."""
    whole = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    cut = max(1, int(len(whole) * fault.chance.uniform(0.2, 0.9)))
    return Answer(status=answer.status, body=whole[:cut], headers=answer.headers)


def _throttled(request: Request, storm: Fault) -> Answer:
    whom = f"{request.caller.app_id}/{request.caller.tenant_id}"
    answer = refusal(429, "TooManyRequests", "Too many requests.")
    answer.headers |= {
        "Retry-After": str(storm.retry_after or 5),
        "x-ms-throttle-scope": f"Tenant_Application/ReadWrite/{whom}",
        "x-ms-throttle-information": "CPULimitExceeded",
    }
    return answer
