"""Faults on demand: a request or its answer enters, the answer of a broken world leaves."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sandbox.clock import Clock
from sandbox.wire import Answer, Dropped, Request, refusal

OK, MULTIPLE_CHOICES = 200, 300


class Kind(Enum):
    """The faults that can be armed."""

    STORM = "storm"  # 429 before anything happens
    DROP = "drop"  # the connection breaks after the write took effect
    TRUNCATE = "truncate"  # a page whose body ends in the middle


class FaultError(ValueError):
    """A fault was asked for that does not exist, or with options that mean nothing."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One armed fault: it waits for the `nth` fitting request, then strikes `count` times."""

    kind: Kind
    nth: int = 1
    count: int = 1
    seconds: float | None = None
    share: float = 1.0
    retry_after: int = 5
    tenant: str | None = None
    path: str = ""
    until: datetime | None = None

    def fits(self, request: Request) -> bool:
        """Tell whether the fault is about this request."""
        right_kind = {
            Kind.STORM: True,
            Kind.DROP: request.method != "GET",
            Kind.TRUNCATE: request.method == "GET" and not request.inner,
        }[self.kind]
        right_tenant = self.tenant in {None, request.caller.tenant_id}
        return right_kind and right_tenant and self.path in request.path

    def spent(self, now: datetime) -> bool:
        """Tell whether nothing more comes of this fault."""
        return self.count <= 0 if self.until is None else now >= self.until


_OPTIONS: Mapping[str, tuple[type, ...]] = {
    "nth": (int,),
    "count": (int,),
    "seconds": (int, float),
    "share": (int, float),
    "retry_after": (int,),
    "tenant": (str,),
    "path": (str,),
}


class Faults:
    """The faults of one sandbox; the same seed and the same requests break at the same places."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        """Start without faults."""
        self._clock, self._chance = clock, random.Random(seed)
        self._armed: list[Fault] = []
        self.struck = 0

    def arm(self, kind: str, **options: object) -> None:
        """Arm a fault: `storm`, `drop` or `truncate`.

        `nth` is the first fitting request that it strikes (1 is the next), `count` how many it
        strikes, `seconds` how long it strikes instead, `share` how often, `tenant` (an id) and
        `path` (a part of it) whom; `retry_after` is what a storm says.

        Raises:
            FaultError: when the kind or an option is unknown, or a value has the wrong type.
        """
        known = {one.value: one for one in Kind}
        if kind not in known:
            raise FaultError(f"fault: unknown kind {kind!r}. Known: {', '.join(sorted(known))}.")
        for name, value in options.items():
            if name not in _OPTIONS:
                raise FaultError(
                    f"fault: unknown option {name!r}. Known: {', '.join(sorted(_OPTIONS))}."
                )
            if not isinstance(value, _OPTIONS[name]) or isinstance(value, bool):
                expected = " or ".join(kind.__name__ for kind in _OPTIONS[name])
                raise FaultError(f"fault: {name} is {value!r}, expected {expected}.")
        fault = Fault(kind=known[kind], **options)  # type: ignore[arg-type]  # the types were checked above
        if fault.seconds is not None:
            fault.until = self._clock.now() + timedelta(seconds=fault.seconds)
        self._armed.append(fault)

    def clear(self) -> None:
        """Disarm all faults."""
        self._armed.clear()

    @property
    def armed(self) -> list[str]:
        """Return the kinds that can still strike."""
        now = self._clock.now()
        return [fault.kind.value for fault in self._armed if not fault.spent(now)]

    def before(self, request: Request) -> Answer | None:
        """Return a 429 instead of letting the request in, when a storm blows."""
        storm = self._striking(Kind.STORM, request)
        if storm is None:
            return None
        whom = f"{request.caller.app_id}/{request.caller.tenant_id}"
        answer = refusal(429, "TooManyRequests", "Too many requests.")
        answer.headers |= {
            "Retry-After": str(storm.retry_after),
            "x-ms-throttle-scope": f"Tenant_Application/ReadWrite/{whom}",
            "x-ms-throttle-information": "CPULimitExceeded",
        }
        return answer

    def after(self, request: Request, answer: Answer) -> Answer | Dropped:
        """Break a successful answer on its way out: it took effect and nobody learns it."""
        if not self._armed or not OK <= answer.status < MULTIPLE_CHOICES:
            return answer
        if self._striking(Kind.DROP, request):
            return Dropped(answer=answer)
        is_page = isinstance(answer.body, dict) and "value" in answer.body
        if is_page and self._striking(Kind.TRUNCATE, request):
            return self._truncated(answer)
        return answer

    def _truncated(self, answer: Answer) -> Answer:
        """Cut the encoded body; its length is told truly, so that only parsing shows the cut."""
        whole = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
        cut = max(1, int(len(whole) * self._chance.uniform(0.2, 0.9)))
        return Answer(status=answer.status, body=whole[:cut], headers=answer.headers)

    def _striking(self, kind: Kind, request: Request) -> Fault | None:
        now = self._clock.now()
        for fault in self._armed:
            if fault.kind is not kind or fault.spent(now) or not fault.fits(request):
                continue
            fault.nth -= 1
            if fault.nth > 0 or self._chance.random() >= fault.share:
                continue
            fault.count -= 1
            self.struck += 1
            return fault
        return None
