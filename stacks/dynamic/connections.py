"""Connections of a process: a tenant's id and something to do there enter, it is done.

The engine asks in several threads at once. All of them share one event loop, and on it one client
for each tenant, so that tokens, connections and quotas are shared as well.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

from reconcile.errors import InputError
from reconcile.graph.client import GraphClient
from reconcile.graph.credentials import credential_for
from reconcile.model.tenants import Environment, Tenant, TenantId
from stacks.estate import environment, variables

T = TypeVar("T")
_FAREWELL = 2.0  # seconds; the engine does not wait much longer


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Connections:
    """The tenants of one environment, each reached with the credential that it names.

    A resource knows its tenant's id and no more: credentials are looked up where they are used,
    so none is an input, and none is in a state file.
    """

    def __init__(self, bound: Environment) -> None:
        """Start the loop; it ends with the process, after the connections were closed."""
        self._bound = bound
        self._tenants = {one.id: one for one in bound.tenants.values()}
        self._clients: dict[TenantId, GraphClient] = {}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, tenant_id: TenantId, play: Callable[[GraphClient], Awaitable[T]]) -> T:
        """Play in a tenant and wait for the end.

        Raises:
            InputError: the environment does not bind the tenant.
            ReconcileError: what `play` raises.
        """
        tenant = self._tenant(tenant_id)

        async def on_the_loop() -> T:
            return await play(self._client(tenant))

        return asyncio.run_coroutine_threadsafe(on_the_loop(), self._loop).result()

    def close(self) -> None:
        """Close every client; the engine shows what forgotten connections complain of."""

        async def closed() -> None:
            await asyncio.gather(*(client.close() for client in self._clients.values()))

        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(closed(), self._loop).result(_FAREWELL)

    def _tenant(self, tenant_id: TenantId) -> Tenant:
        tenant = self._tenants.get(tenant_id)
        if tenant is None:
            raise InputError(
                f"{tenant_id}: the environment {self._bound.name} binds no tenant with this id, so "
                "it cannot be reached. A tenant stays in the environment until `pulumi up` has "
                "removed what stands in it. Bind it again; if it is gone for good, use "
                "`pulumi state delete`."
            )
        return tenant

    def _client(self, tenant: Tenant) -> GraphClient:
        if tenant.id not in self._clients:
            credential = credential_for(tenant, variables())
            self._clients[tenant.id] = GraphClient(
                tenant, credential, clock=SystemClock(), new_id=lambda: str(uuid.uuid4())
            )
        return self._clients[tenant.id]


_known: dict[str, Connections] = {}
_one_at_a_time = threading.Lock()


def connections(name: str) -> Connections:
    """The connections of an environment, the same for everything in this process.

    Raises:
        InputError: there is no such environment.
        TopologyError: the environment's file is wrong.
    """
    with _one_at_a_time:
        if name not in _known:
            _known[name] = Connections(environment(name))
            atexit.register(_known[name].close)
        return _known[name]
