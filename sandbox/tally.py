"""What reached the sandbox: every request enters with its outcome, counts leave."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from sandbox.recent import Recent
from sandbox.wire import Request

_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it was answered; `route` names the call, or the path where there is none."""

    tenant_id: str
    app_id: str
    route: str
    path: str
    status: int
    inner: bool
    writes: bool


@dataclass(slots=True)
class Tally:
    """Counts since the last reset; a write counts when it arrives, whatever becomes of it."""

    graph: int = 0
    inner: int = 0
    tokens: int = 0
    writes: int = 0
    writes_done: int = 0
    throttled: int = 0
    by_route: Counter[str] = field(default_factory=Counter)
    writes_by_tenant: Counter[str] = field(default_factory=Counter)
    recent: Recent = field(default_factory=Recent)
    last: deque[Seen] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def note(self, request: Request, route: str, status: int, *, writes: bool) -> None:
        """Count one answered request."""
        if request.inner:
            self.inner += 1
        else:
            self.graph += 1
        self.by_route[route] += 1
        self.throttled += status == 429
        if writes:
            self.writes += 1
            self.writes_by_tenant[request.caller.tenant_id] += 1
            self.writes_done += status < 400
        self.last.append(
            Seen(
                tenant_id=request.caller.tenant_id,
                app_id=request.caller.app_id,
                route=route,
                path=request.path,
                status=status,
                inner=request.inner,
                writes=writes,
            )
        )

    def reset(self) -> None:
        """Start counting anew."""
        self.graph = self.inner = self.tokens = self.writes = self.writes_done = self.throttled = 0
        self.by_route.clear()
        self.writes_by_tenant.clear()
        self.last.clear()
        self.recent.forget()
