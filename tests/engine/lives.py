"""Lives: a run that may die at any of its steps, as a process that is killed does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import httpx

from reconcile.engine.ports import Store
from reconcile.state.store import SqlStore


class KilledError(BaseException):
    """The process is gone; nothing of ours may catch this, and nothing runs after it."""


@dataclass(slots=True)
class Life:
    """Counts the steps of a run and ends it at one of them; the dead take no further step."""

    ends_at: int | None = None
    steps: int = 0
    ended: bool = False

    def step(self) -> None:
        self.steps += not self.ended
        self.ended = self.ended or self.steps == self.ends_at
        if self.ended:
            raise KilledError


class MortalTransport(httpx.AsyncBaseTransport):
    """Dies before a batch or a write is sent, or after it took effect and before its answer."""

    def __init__(self, inner: httpx.AsyncBaseTransport, life: Life) -> None:
        self._inner, self._life = inner, life

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._life.ended:
            raise KilledError
        if request.method == "GET":
            return await self._inner.handle_async_request(request)
        self._life.step()
        response = await self._inner.handle_async_request(request)
        self._life.step()
        return response


_WRITES = frozenset({"acquire", "set_status", "open_cycle", "intend", "record", "settle"})
_LAST = frozenset({"close_cycle", "stage"})


class _MortalStore:
    """Dies before a transaction, or after it was committed."""

    def __init__(self, inner: SqlStore, life: Life) -> None:
        self._inner, self._life = inner, life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in _WRITES | _LAST:
            return found

        def transaction(*given: Any, **named: Any) -> Any:
            self._life.step()
            result = found(*given, **named)
            self._life.step()
            return _MortalLease(result, self._life) if name == "acquire" else result

        return transaction


class _MortalLease:
    """A lease that the dead neither renew nor let go."""

    def __init__(self, inner: Any, life: Life) -> None:
        self._inner, self._life = inner, life

    def check(self) -> None:
        self._life.step()
        self._inner.check()

    def release(self) -> None:
        self._life.step()
        self._inner.release()


def mortal_store(store: SqlStore, life: Life) -> Store:
    return cast("Store", _MortalStore(store, life))
