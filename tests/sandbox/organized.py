"""Tenants on the way to one organization: a sandbox enters, askers of its tenants leave."""

from __future__ import annotations

from typing import Any

from sandbox.clock import ManualClock
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import WORKING, Asker, a_sandbox, a_tenant

PERMISSIONS = WORKING | {"MultiTenantOrganization.ReadWrite.All"}
ORGANIZATION = "/tenantRelationships/multiTenantOrganization"
TENANTS = f"{ORGANIZATION}/tenants"
JOIN = f"{ORGANIZATION}/joinRequest"
NOBODY = "00000000-0000-0000-0000-000000000000"


def tid(alias: str) -> str:
    return sandbox_id(f"tenant:{alias}")


def three_tenants() -> Sandbox:
    return a_sandbox(*(a_tenant(alias, 2) for alias in ("contoso", "fabrikam", "tailspin")))


def of(world: Sandbox, alias: str) -> Asker:
    return Asker(world, alias, permissions=PERMISSIONS)


def wait(world: Sandbox, minutes: float = 5) -> None:
    assert isinstance(world.clock, ManualClock)
    world.clock.advance(minutes * 60)


def found(owner: Asker) -> None:
    assert owner.ask("PUT", ORGANIZATION, {"displayName": "Together"}).status == 201


def add(owner: Asker, alias: str, **more: Any) -> None:
    body = {"tenantId": tid(alias), "displayName": alias.title(), **more}
    assert owner.ask("POST", TENANTS, body).status == 201


def join(world: Sandbox, alias: str, owner: str = "contoso") -> None:
    body = {"addedByTenantId": tid(owner)}
    assert of(world, alias).ask("PATCH", JOIN, body).status == 204
    wait(world)


def organized(*aliases: str, **roles: str) -> Sandbox:
    """Return a sandbox in which contoso has founded an organization that others joined."""
    world = three_tenants()
    contoso = of(world, "contoso")
    found(contoso)
    for alias in aliases:
        add(contoso, alias, role=roles.get(alias, "member"))
        join(world, alias)
    return world
