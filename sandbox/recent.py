"""The last requests to Graph: each enters as it is answered, what a person reads of them leaves."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from sandbox.clock import stamp
from sandbox.costs import cost_of
from sandbox.wire import Answer, Caller, Dropped, Request

_REMEMBERED = 60
_LONGEST_VALUE = 60
NOBODY = Caller(tenant_id="", app_id="", permissions=frozenset())


class _Answered(NamedTuple):
    """One exchange. Noting it must cost next to nothing; it is written out only for a reader."""

    at: datetime
    request: Request
    status: int
    lost: bool
    seconds: float
    inside: tuple[int, ...]


class Recent:
    """Remembers the last exchanges, a `$batch` as one."""

    def __init__(self) -> None:
        """Start empty."""
        self._last: deque[_Answered] = deque(maxlen=_REMEMBERED)

    def note(
        self, request: Request, found: Answer | Dropped, *, at: datetime, seconds: float
    ) -> None:
        """Remember one exchange, which took so long until its answer was sent."""
        answer = found.answer if isinstance(found, Dropped) else found
        lost = isinstance(found, Dropped)
        inside = _statuses(answer) if request.path == "/$batch" else ()
        self._last.append(_Answered(at, request, answer.status, lost, seconds, inside))

    def forget(self) -> None:
        """Start anew."""
        self._last.clear()

    def shown(
        self, names: Mapping[str, str], *, invitations_draw_writes: bool
    ) -> list[dict[str, Any]]:
        """Return the exchanges, the latest first; `names` are those of tenants and applications."""
        return [
            {
                "at": stamp(one.at)[11:19],
                "method": one.request.method,
                "address": _address(one.request),
                "status": one.status,
                "lost": one.lost,
                "inside": dict(Counter(one.inside)),
                "tenant": names.get(one.request.caller.tenant_id, one.request.caller.tenant_id),
                "application": names.get(one.request.caller.app_id, one.request.caller.app_id),
                "ms": round(one.seconds * 1000, 1),
                "units": sum(
                    cost_of(each, invitations_draw_writes=invitations_draw_writes).units
                    for each in _charged(one)
                ),
            }
            for one in reversed(self._last)
        ]


def _statuses(answer: Answer) -> tuple[int, ...]:
    if answer.status != 200 or not isinstance(answer.body, dict):
        return ()
    return tuple(one["status"] for one in answer.body.get("responses", ()))


def _address(request: Request) -> str:
    """Write the address as a person would, with tokens of pages cut short."""
    said = "&".join(f"{name}={_short(value)}" for name, value in request.query.items())
    return f"/{request.version}{request.path}{'?' if said else ''}{said}"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"


def _charged(one: _Answered) -> Iterator[Request]:
    """Yield what was charged for: the request, or those inside a batch; nothing at the door."""
    if one.request.caller is NOBODY:
        return
    if not one.inside:
        yield one.request
        return
    for step in one.request.body["requests"]:
        path, _, query = step["url"].partition("?")
        asked = dict(parse_qsl(query, keep_blank_values=True))
        yield replace(
            one.request, method=step["method"].upper(), path=f"/{path.strip('/')}", query=asked
        )
