"""Hand-made answers: a list of responses or failures enters, a client that meets them leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from azure.core.credentials import AccessToken

from reconcile.graph.client import GraphClient
from sandbox.virtual import VirtualClock, run_virtually
from tests.graph.worlds import tenant

T = TypeVar("T")
Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass(slots=True)
class Scripted(httpx.AsyncBaseTransport):
    """Plays its replies in order, repeats the last one, and remembers what was asked."""

    replies: Sequence[Reply]
    asked: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        reply = self.replies[min(len(self.asked), len(self.replies) - 1)]
        self.asked.append(request)
        if isinstance(reply, Exception):
            raise reply
        made = reply if isinstance(reply, httpx.Response) else reply(request)
        stream = httpx.ByteStream(made.content)  # counted as it is read, as bytes of a socket are
        return httpx.Response(made.status_code, headers=made.headers, stream=stream)


class AnyToken:
    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken("token", 4_102_444_800)

    async def close(self) -> None: ...


@dataclass(slots=True)
class Meeting:
    client: GraphClient
    transport: Scripted
    clock: VirtualClock

    @property
    def asked(self) -> list[httpx.Request]:
        return self.transport.asked


def meet(replies: Sequence[Reply], play: Callable[[Meeting], Awaitable[T]]) -> T:
    """Play with a client that gets these replies, in virtual time."""

    async def main(clock: VirtualClock) -> T:
        transport = Scripted(replies)
        client = GraphClient(
            tenant("fabrikam"), AnyToken(), clock=clock, new_id=lambda: "id", transport=transport
        )
        try:
            return await play(Meeting(client, transport, clock))
        finally:
            await client.close()

    return run_virtually(main)


def an_error(status: int, code: str = "", message: str = "", **headers: str) -> httpx.Response:
    body = {"error": {"code": code, "message": message, "innerError": {"request-id": "8f1c"}}}
    written = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=written)
