"""The client of one tenant: calls go in one at a time, answers or errors come out.

Reads are repeated when that may help. A write is repeated only when it certainly had no effect:
the connection was never made, or Graph answered 429 or 503. Everything waits through the
injected clock, under the tenant's budget, over at most four connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol, TypeVar

import httpx
import msgspec

from reconcile.errors import DirectoryError, TransientError
from reconcile.graph.budget import Budget, Clock, total
from reconcile.graph.calls import Answer, Call, Lost, Page
from reconcile.graph.failures import cut_short, error_for, unknown_outcome, unreachable
from reconcile.model.rights import Check, unchecked
from reconcile.model.tenants import Tenant

CONNECTIONS = 4
TRIES = 6
PATIENCE = 12  # a throttled call did nothing, so it is repeated more often than one that failed
_TIMEOUT = httpx.Timeout(100.0, connect=10.0, pool=None)
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)

T = TypeVar("T")
P = TypeVar("P", bound=Page)


class AccessToken(Protocol):
    """What azure-identity answers."""

    @property
    def token(self) -> str: ...


class Credential(Protocol):
    """A credential as azure-identity's asynchronous ones are."""

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken: ...
    async def close(self) -> None: ...


class _BrokenError(Exception):
    """The exchange broke: before anything was sent, or somewhere after."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        self.reason = reason
        self.sent = sent
        super().__init__(reason)


class GraphClient:
    """One application in one tenant, over one connection pool and one budget."""

    def __init__(
        self,
        tenant: Tenant,
        credential: Credential,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`new_id` makes the ids by which Graph's logs tell our requests apart."""
        self.tenant = tenant
        self.alias = tenant.alias
        self.credential = credential
        self.clock = clock
        self.budget = Budget(clock)
        self.requests = 0
        self.transport = transport
        self.http = httpx.AsyncClient(
            transport=transport,
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        )
        self._new_id = new_id
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._root = f"{tenant.cloud.graph}/v1.0"

    @property
    def scope(self) -> str:
        """The scope of a token that stands for everything the application was granted."""
        return f"{self.tenant.cloud.graph}/.default"

    async def close(self) -> None:
        """Close the connections and the credential's."""
        await self.http.aclose()
        await self.credential.close()

    async def read(self, path: str, decode: Callable[[bytes], T]) -> T:
        """The decoded answer of a GET; an answer that does not decode was cut short.

        Raises:
            DirectoryError, CredentialError: nothing was read.
        """
        call = Call(path=path)
        broken: DirectoryError | None = None
        for attempt in range(TRIES):
            if attempt:
                await self.clock.sleep(2.0 ** (attempt - 1))
            try:
                answer = await self._patiently(call)
            except _BrokenError as error:
                broken = self._no_answer(call, error)
                continue
            if answer.status >= 500:
                broken = error_for(self.alias, call, answer)
                continue
            if not answer.ok:
                raise error_for(self.alias, call, answer)
            try:
                return decode(answer.body)
            except msgspec.DecodeError as error:
                broken = cut_short(self.alias, call, str(error))
        assert broken is not None  # noqa: S101 - every way round the loop without it has ended
        raise broken

    async def get(self, path: str) -> bytes:
        """The exact bytes of a GET whose body is JSON."""
        return await self.read(path, _whole)

    async def get_object(self, path: str) -> dict[str, Any]:
        """A single object.

        Raises:
            NotFoundError: it does not exist.
        """
        return await self.read(path, lambda body: msgspec.json.decode(body, type=dict[str, Any]))

    async def pages(self, path: str, decode: Callable[[bytes], P]) -> AsyncIterator[P]:
        """All pages of a listing, in order; one that is cut short is asked for again."""
        following: str | None = path
        while following is not None:
            page = await self.read(self._relative(following), decode)
            yield page
            following = page.next

    async def write(self, call: Call) -> Answer:
        """A single write, judged: only successful answers come back.

        Raises:
            TransientError: also when the answer was lost and the write may have happened.
        """
        outcome = await self.attempt(call)
        if isinstance(outcome, Lost):
            raise unknown_outcome(self.alias, call, outcome.reason)
        if not outcome.ok:
            raise error_for(self.alias, call, outcome)
        return outcome

    async def attempt(
        self, call: Call, *, inner: tuple[Call, ...] = (), check: Check = unchecked
    ) -> Answer | Lost:
        """A single write, unjudged; a `$batch` names its inner calls, which it costs.

        `check` is called each time before something is sent, after all waiting: whoever waited
        for a quota may have lost the right to write meanwhile. What it raises is passed on.

        Raises:
            TransientError: no connection could be made, so nothing was sent.
        """
        broken: DirectoryError | None = None
        for attempt in range(TRIES):
            if attempt:
                await self.clock.sleep(2.0 ** (attempt - 1))
            try:
                answer = await self._patiently(call, inner, check)
            except _BrokenError as error:
                if error.sent:
                    return Lost(reason=error.reason)
                broken = self._no_answer(call, error)
                continue
            if answer.status != 503:
                return answer
            broken = error_for(self.alias, call, answer)
        assert broken is not None  # noqa: S101 - every way round the loop without it has ended
        raise broken

    async def _patiently(
        self, call: Call, inner: tuple[Call, ...] = (), check: Check = unchecked
    ) -> Answer:
        """One exchange, repeated while Graph answers 429, which means that it did nothing."""
        answer = await self._exchange(call, inner, check)
        for _ in range(PATIENCE):
            if answer.status != 429:
                return answer
            answer = await self._exchange(call, inner, check)
        return answer

    async def _exchange(self, call: Call, inner: tuple[Call, ...], check: Check) -> Answer:
        await self.budget.take(total(inner or (call,)))
        token = await self.credential.get_token(self.scope)
        headers = {
            "Authorization": f"Bearer {token.token}",
            "client-request-id": self._new_id(),
            "Accept": "application/json",
        }
        content = None
        if call.body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(call.body)
        async with self._turns:
            check()
            self.requests += 1
            answer = await self._send(call, headers, content)
        self.budget.learn(answer)
        return answer

    async def _send(self, call: Call, headers: dict[str, str], content: bytes | None) -> Answer:
        try:
            response = await self.http.request(
                call.method, self._root + call.path, headers=headers, content=content
            )
        except _NEVER_SENT as error:
            raise _BrokenError(_reason(error), sent=False) from error
        except httpx.HTTPError as error:
            raise _BrokenError(_reason(error), sent=True) from error
        promised = response.headers.get("content-length")
        if promised is not None and int(promised) > response.num_bytes_downloaded:
            raise _BrokenError("fewer bytes came than were promised", sent=True)
        return Answer(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=response.content,
        )

    def _no_answer(self, call: Call, error: _BrokenError) -> TransientError:
        if error.sent:
            return cut_short(self.alias, call, error.reason)
        return unreachable(self.alias, httpx.URL(self._root).host, error.reason)

    def _relative(self, address: str) -> str:
        """The path of a next page; a token is sent to our own cloud only."""
        if address.startswith("/"):
            return address
        if not address.startswith(self._root + "/"):
            host = httpx.URL(address).host
            raise cut_short(self.alias, Call(path="/"), f"the next page lies on {host}")
        return address.removeprefix(self._root)


def _reason(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def _whole(body: bytes) -> bytes:
    """The body itself, once it is known to be whole."""
    _ANYTHING.decode(body)
    return body


_ANYTHING = msgspec.json.Decoder(msgspec.Raw)
