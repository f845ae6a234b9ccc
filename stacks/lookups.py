"""What a program has to ask Graph before it can declare a resource: ids and readiness leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from reconcile.errors import NotFoundError, PermanentError
from reconcile.graph import policies
from reconcile.graph.calls import query, segment
from reconcile.graph.client import GraphClient
from reconcile.graph.holding import SYNC_SWITCH
from reconcile.graph.settings import CONSENT, value_at
from reconcile.model.tenants import ObjectId, Tenant
from stacks.dynamic.connections import connections

T = TypeVar("T")

_LOOKS = 10
_PAUSE = 3.0  # seconds between two looks; a new application takes up to 15 seconds to be seen


class Lookups(Protocol):
    """Answers about tenants as they are now."""

    async def client_id(self, tenant: Tenant, principal: ObjectId) -> str:
        """The client id of an application, by the object id of its service principal."""

    async def closed(self, source: Tenant, target: Tenant) -> tuple[str, ...]:
        """What keeps people of the source from being pushed to the target; empty when nothing."""


class GraphLookups:
    """The same, from Graph."""

    def __init__(self, environment: str) -> None:
        """`environment` is the name of the environment that binds the tenants."""
        self._environment = environment

    async def client_id(self, tenant: Tenant, principal: ObjectId) -> str:
        """The provider's data source does not wait until a new application can be seen.

        Raises:
            PermanentError: the service principal is gone.
        """
        path = query(f"/servicePrincipals/{segment(principal)}", select="appId")

        async def look(client: GraphClient) -> str:
            for _ in range(_LOOKS):
                try:
                    return str((await client.get_object(path))["appId"])
                except NotFoundError:
                    await client.clock.sleep(_PAUSE)
            raise PermanentError(
                f"{tenant.alias}: the service principal {principal} of a sync app is gone, and "
                "its application is not. Delete the application; `pulumi up` makes both anew.",
                tenant=tenant.alias,
            )

        return await self._ask(tenant, look)

    async def closed(self, source: Tenant, target: Tenant) -> tuple[str, ...]:
        inbound = await self._ask(target, lambda client: policies.read(client, source.id))
        outbound = await self._ask(source, lambda client: policies.read(client, target.id))
        switches = (
            (target, inbound.sync, SYNC_SWITCH),
            (target, inbound.partner, f"{CONSENT}.inboundAllowed"),
            (source, outbound.partner, f"{CONSENT}.outboundAllowed"),
        )
        return tuple(
            f"{tenant.alias}: {key}"
            for tenant, settings, key in switches
            if value_at(settings or {}, key) is not True
        )

    async def _ask(self, tenant: Tenant, question: Callable[[GraphClient], Awaitable[T]]) -> T:
        """Ask on the loop that the clients live on; a program has a loop of its own."""
        return await asyncio.to_thread(connections(self._environment).run, tenant.id, question)
