"""What can be armed: a kind and its options enter, one checked fault leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from random import Random
from typing import Any

from sandbox.clock import LONGEST
from sandbox.wire import Request

# Microsoft documents the statuses, all but 502, which gateways on the way answer. It documents
# neither their codes nor their words; clients should go by the status.
OUTAGES: Mapping[int, tuple[str, str]] = {
    500: ("InternalServerError", "An unexpected error occurred."),
    502: ("BadGateway", "The server received an invalid response from upstream."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable."),
    504: ("GatewayTimeout", "The server did not receive a timely response from upstream."),
}


class Kind(Enum):
    """The faults that can be armed."""

    STORM = "storm"  # 429 before anything happens
    OUTAGE = "outage"  # 500, 502, 503 or 504 before anything happens
    CUT = "cut"  # the connection breaks before the write took effect
    DROP = "drop"  # the connection breaks after the write took effect
    SLOW = "slow"  # an answer that takes its time
    TRUNCATE = "truncate"  # a page whose body ends in the middle
    EXPIRE = "expire"  # a delta token that is too old
    REVOKE = "revoke"  # permissions that an application no longer has
    CLOSE = "close"  # a target that no longer allows inbound synchronization
    LEAP = "leap"  # time that passes at once


class FaultError(ValueError):
    """A fault was asked for that does not exist, or with options that mean nothing."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One armed fault: it waits for the `nth` fitting request, then strikes `count` times.

    Without a `count` it strikes until it is cleared. Its own `chance` decides where a `share` is.
    """

    kind: Kind
    number: int = 0
    nth: int = 1
    count: int | None = 1
    seconds: float | None = None
    share: float = 1.0
    retry_after: int | None = None
    status: int = 503
    delay: float = 5.0
    advance: float = 3600.0
    permission: str | None = None
    source: str | None = None
    tenant: str | None = None
    path: str = ""
    until: datetime | None = None
    struck: int = 0
    chance: Random = field(default_factory=Random, repr=False, compare=False)

    def fits(self, request: Request) -> bool:
        """Tell whether the fault is about this request."""
        right_tenant = self.tenant in {None, request.caller.tenant_id}
        return right_tenant and self.path in request.path and _is_about(self.kind, request)

    def spent(self, now: datetime) -> bool:
        """Tell whether nothing more comes of this fault."""
        if self.until is not None:
            return now >= self.until
        return self.count is not None and self.count <= 0

    def shown(self) -> dict[str, Any]:
        """Return the fault with what was said of it and how often it struck."""
        told = {
            name: getattr(self, name)
            for name in sorted(TAKES[self.kind] - {"nth", "count"})
            if getattr(self, name) not in {None, ""}
        }
        waits = {"waits": self.nth - 1} if self.nth > 1 else {}
        left = {"left": self.count} if self.until is None and self.count is not None else {}
        kind = {"number": self.number, "kind": self.kind.value}
        return {**kind, **told, **waits, **left, "struck": self.struck}


def _is_about(kind: Kind, request: Request) -> bool:
    reads, outer = request.method == "GET", not request.inner
    match kind:
        case Kind.DROP:
            return not reads
        case Kind.CUT | Kind.TRUNCATE:
            return outer and reads == (kind is Kind.TRUNCATE)
        case Kind.SLOW | Kind.LEAP:
            return outer
        case Kind.EXPIRE:
            return _continues_delta(request)
        case _:
            return kind is not Kind.CLOSE


def _continues_delta(request: Request) -> bool:
    tokens = (request.query.get(name) for name in ("$deltatoken", "$skiptoken"))
    delta = request.path.endswith(("/delta", "/delta()"))
    return delta and any(token not in {None, "", "latest"} for token in tokens)


_TYPES: Mapping[str, tuple[type, ...]] = {
    "nth": (int,),
    "count": (int,),
    "seconds": (int, float),
    "share": (int, float),
    "retry_after": (int,),
    "status": (int,),
    "delay": (int, float),
    "advance": (int, float),
    "permission": (str,),
    "source": (str,),
    "tenant": (str,),
    "path": (str,),
}
_MOST = 1_000_000_000
_RANGES: Mapping[str, tuple[int, int]] = {
    "nth": (1, _MOST),
    "count": (1, _MOST),
    "seconds": (0, LONGEST),
    "share": (0, 1),
    "retry_after": (1, LONGEST),
    "delay": (0, LONGEST),
    "advance": (0, LONGEST),
}
_WHEN = frozenset({"nth", "count", "seconds", "share", "tenant", "path"})
TAKES: Mapping[Kind, frozenset[str]] = {
    Kind.STORM: _WHEN | {"retry_after"},
    Kind.OUTAGE: _WHEN | {"retry_after", "status"},
    Kind.CUT: _WHEN,
    Kind.DROP: _WHEN,
    Kind.SLOW: _WHEN | {"delay"},
    Kind.TRUNCATE: _WHEN,
    Kind.EXPIRE: _WHEN,
    Kind.REVOKE: _WHEN | {"permission"},
    Kind.CLOSE: frozenset({"tenant", "source"}),
    Kind.LEAP: _WHEN | {"advance"},
}
_UNTIL_CLEARED = frozenset({Kind.REVOKE, Kind.CLOSE})


def fault_of(kind: str, options: Mapping[str, object]) -> Fault:
    """Make a fault.

    Raises:
        FaultError: when the kind or an option is unknown, or a value means nothing.
    """
    known = {one.value: one for one in Kind}
    if kind not in known:
        raise FaultError(f"fault: unknown kind {kind!r}. Known: {', '.join(sorted(known))}.")
    takes = TAKES[known[kind]]
    for name, value in options.items():
        if name not in takes:
            raise FaultError(
                f"fault: unknown option {name!r} of {kind}. Known: {', '.join(sorted(takes))}."
            )
        _check(name, value)
    until_cleared = {"count": None} if known[kind] in _UNTIL_CLEARED else {}
    fault = Fault(kind=known[kind], **{**until_cleared, **options})  # type: ignore[arg-type]  # the types were checked above
    if fault.status not in OUTAGES:
        expected = ", ".join(map(str, OUTAGES))
        raise FaultError(f"fault: status is {fault.status}. Expected one of {expected}.")
    if fault.kind is Kind.CLOSE and fault.tenant is None:
        raise FaultError("fault: close needs the tenant that closes. Say it with --tenant.")
    return fault


def _check(name: str, value: object) -> None:
    if not isinstance(value, _TYPES[name]) or isinstance(value, bool):
        expected = " or ".join(kind.__name__ for kind in _TYPES[name])
        raise FaultError(f"fault: {name} is {value!r}, expected {expected}.")
    if isinstance(value, int | float) and name in _RANGES:
        least, most = _RANGES[name]
        # A number that is none lies nowhere.
        if not least <= value <= most:
            raise FaultError(f"fault: {name} is {value!r}. Expected: {least:,} to {most:,}.")
