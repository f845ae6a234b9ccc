"""Worlds for tests: a sandbox in this process, clients of its tenants, jobs between them."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from azure.core.credentials import AccessToken

from reconcile.graph.client import GraphClient
from reconcile.model.jobs import Job
from reconcile.model.links import AttributeMapping, Constant, Direct, Link, LinkName, Scope, When
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import Alias, Cloud, ObjectId, SecretFromVariable, Tenant, TenantId
from sandbox.estate import demo_estate
from sandbox.inprocess import InProcessTransport
from sandbox.seeds import sandbox_id
from sandbox.virtual import VirtualClock, run_virtually
from sandbox.world import Sandbox

T = TypeVar("T")
_NEVER = 4_102_444_800

CARRIER = StampCarrier(attribute="extensionAttribute15")
NAMES = ("contoso", "fabrikam", "tailspin", "wingtip")


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential whose token comes straight from the sandbox's identity platform."""

    sandbox: Sandbox
    tenant: str
    app: str

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken(self.sandbox.identity.issue(self.tenant, self.app), _NEVER)

    async def close(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None: ...


def tenant(alias: str, origin: str = "https://127.0.0.1:8443", app: str = "reconciler") -> Tenant:
    return Tenant(
        alias=Alias(alias),
        id=TenantId(sandbox_id(f"tenant:{alias}")),
        cloud=Cloud(name="sandbox", authority=origin, graph=origin),
        credential=SecretFromVariable(
            client_id=sandbox_id(f"app:{alias}:{app}"), variable="TENANTRY_SANDBOX_SECRET"
        ),
    )


@dataclass(slots=True)
class World:
    """One sandbox and the clients that were opened to it."""

    clock: VirtualClock
    sandbox: Sandbox
    _clients: dict[tuple[str, str], GraphClient] = field(default_factory=dict)

    def client(self, alias: str, app: str = "reconciler") -> GraphClient:
        known = self._clients.get((alias, app))
        if known is None:
            bound = tenant(alias, self.sandbox.origin, app)
            numbers = itertools.count()
            known = self._clients[alias, app] = GraphClient(
                bound,
                Issued(self.sandbox, bound.id, sandbox_id(f"app:{alias}:{app}")),
                clock=self.clock,
                new_id=lambda: f"00000000-0000-0000-0000-{next(numbers):012}",
                transport=InProcessTransport(self.sandbox),
            )
        return known

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()


def in_world(play: Callable[[World], Awaitable[T]], *, people: int = 60) -> T:
    """Play in a sandbox of this process with so many people in contoso, in virtual time."""

    async def main(clock: VirtualClock) -> T:
        world = World(clock, Sandbox(clock, estate=demo_estate(people=people)))
        try:
            return await play(world)
        finally:
            await world.close()

    return run_virtually(main)


def a_mapping(target: str, source: str | None = None, **changes: Any) -> AttributeMapping:
    return AttributeMapping(target=target, source=Direct(attribute=source or target), **changes)


MAPPINGS = (
    a_mapping("accountEnabled"),
    a_mapping("department"),
    a_mapping("displayName"),
    a_mapping("jobTitle"),
    a_mapping("mail"),
    a_mapping("manager"),
    a_mapping("telephoneNumber"),
    AttributeMapping(target="userType", source=Constant(value="Member"), when=When.CREATION),
)


def a_job(
    source: str = "contoso",
    target: str = "fabrikam",
    *,
    scope: Scope | None = None,
    groups: Mapping[str, str] | None = None,
    users: tuple[str, ...] = (),
    carrier: StampCarrier = CARRIER,
) -> Job:
    bound = groups if groups is not None else {"employees": sandbox_id(f"group:{source}:employees")}
    return Job(
        at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        link=Link(
            name=LinkName(Alias(source), Alias(target)),
            topology="test",
            origin="test:1",
            scope=scope or Scope(groups=tuple(bound), users=users),
            mappings=MAPPINGS,
        ),
        source=TenantId(sandbox_id(f"tenant:{source}")),
        target=TenantId(sandbox_id(f"tenant:{target}")),
        groups=tuple(ObjectId(one) for one in bound.values()),
        users=tuple(ObjectId(one) for one in users),
        source_domains=frozenset({f"{source}.com"}),
        source_carrier=None,
        target_carrier=carrier,
    )
