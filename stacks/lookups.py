"""What a program has to ask Graph before it can declare a resource: ids and readiness leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

import pulumi

from reconcile.errors import NotFoundError, PermanentError, ReconcileError
from reconcile.graph import policies
from reconcile.graph.calls import query, segment
from reconcile.graph.client import GraphClient
from reconcile.graph.holding import SYNC_SWITCH
from reconcile.graph.settings import CONSENT, Settings, value_at
from reconcile.model.links import Engine
from reconcile.model.tenants import ObjectId, Tenant, TenantId
from stacks.adoption import Found, find_apps
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

    def apps(self, tenant: Tenant, titles: Mapping[str, Engine]) -> Mapping[str, Found]:
        """The sync apps that stand in a tenant, by title; with each title, its link's engine."""


class GraphLookups:
    """The same, from Graph."""

    def __init__(self, environment: str) -> None:
        """`environment` is the name of the environment that binds the tenants."""
        self._environment = environment

    async def client_id(self, tenant: Tenant, principal: ObjectId) -> str:
        return await self._ask(tenant, lambda client: find_client_id(client, principal))

    async def closed(self, source: Tenant, target: Tenant) -> tuple[str, ...]:
        inbound = await self._ask(target, lambda client: switched_off_inbound(client, source.id))
        outbound = await self._ask(source, lambda client: switched_off_outbound(client, target.id))
        return (*inbound, *outbound)

    def apps(self, tenant: Tenant, titles: Mapping[str, Engine]) -> Mapping[str, Found]:
        return self._asked(tenant, lambda client: find_apps(client, titles))

    async def _ask(self, tenant: Tenant, question: Callable[[GraphClient], Awaitable[T]]) -> T:
        return await asyncio.to_thread(self._asked, tenant, question)

    def _asked(self, tenant: Tenant, question: Callable[[GraphClient], Awaitable[T]]) -> T:
        """Ask on the loop that the clients live on; a program has a loop of its own."""
        try:
            return connections(self._environment).run(tenant.id, question)
        except ReconcileError as error:
            raise pulumi.RunError(str(error)) from None


async def find_client_id(client: GraphClient, principal: ObjectId) -> str:
    """The provider's own data source does not wait until a new application can be seen.

    Raises:
        PermanentError: the service principal is gone.
    """
    path = query(f"/servicePrincipals/{segment(principal)}", select="appId")
    for look in range(_LOOKS):
        if look:
            await client.clock.sleep(_PAUSE)
        try:
            return str((await client.get_object(path))["appId"])
        except NotFoundError:
            continue
    raise PermanentError(
        f"{client.alias}: the service principal {principal} of a sync app is gone, and its "
        "application is not. Delete the application; `pulumi up` makes both anew.",
        tenant=client.alias,
    )


async def switched_off_inbound(client: GraphClient, source: TenantId) -> tuple[str, ...]:
    """The switches toward a source that are off in the client's tenant."""
    standing = await policies.read(client, source)
    consent = _off(client, standing.partner, f"{CONSENT}.inboundAllowed")
    return (*_off(client, standing.sync, SYNC_SWITCH), *consent)


async def switched_off_outbound(client: GraphClient, target: TenantId) -> tuple[str, ...]:
    """The switches toward a target that are off in the client's tenant."""
    standing = await policies.read(client, target)
    return _off(client, standing.partner, f"{CONSENT}.outboundAllowed")


def _off(client: GraphClient, settings: Settings | None, key: str) -> tuple[str, ...]:
    """A switch that must be on; null inherits a default that is always off."""
    return () if value_at(settings or {}, key) is True else (f"{client.alias}: {key}",)
