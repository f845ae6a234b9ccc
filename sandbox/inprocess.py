"""The sandbox without a socket: an httpx client's requests enter, the sandbox's answers leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from sandbox.http import ConnectionDropped

if TYPE_CHECKING:
    from sandbox.world import Sandbox


class InProcessTransport(httpx.AsyncBaseTransport):
    """Hands requests to a sandbox; a dropped connection becomes httpx's `ReadError`."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Serve one sandbox."""
        self._inner = httpx.ASGITransport(app=sandbox.asgi)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        try:
            return await self._inner.handle_async_request(request)
        except ConnectionDropped as dropped:
            raise httpx.ReadError(str(dropped), request=request) from dropped
