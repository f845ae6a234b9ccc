"""What the program asks Graph: client ids once they can be seen, and switches that are off."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.errors import PermanentError
from reconcile.graph.calls import Call
from reconcile.model.tenants import ObjectId
from sandbox.seeds import sandbox_id
from stacks.lookups import find_client_id, switched_off_inbound, switched_off_outbound
from tests.graph.worlds import World, in_world, tenant

PARTNERS = "/policies/crossTenantAccessPolicy/partners"
CONTOSO, FABRIKAM = tenant("contoso").id, tenant("fabrikam").id


def test_the_client_id_of_an_app_is_found_by_its_principal() -> None:
    app = sandbox_id("app:contoso:reconciler")

    async def play(world: World) -> str:
        registrations = world.sandbox.store.tenants[CONTOSO].registrations
        principal = registrations.principal_of(app)
        assert principal is not None
        return await find_client_id(world.client("contoso"), principal["id"])

    assert in_world(play) == app


def test_a_principal_that_is_not_seen_is_looked_for_a_while_and_then_named() -> None:
    async def play(world: World) -> float:
        client = world.client("contoso")
        start = world.clock.now()
        with pytest.raises(PermanentError, match=r"^contoso: the service principal .* is gone"):
            await find_client_id(client, ObjectId(sandbox_id("nobody")))
        return (world.clock.now() - start).total_seconds()

    assert 15 < in_world(play) < 60


def test_a_tenant_that_says_nothing_has_every_switch_off() -> None:
    async def play(world: World) -> tuple[tuple[str, ...], tuple[str, ...]]:
        inbound = await switched_off_inbound(world.client("wingtip"), CONTOSO)
        outbound = await switched_off_outbound(world.client("wingtip"), CONTOSO)
        return inbound, outbound

    assert in_world(play) == (
        (
            "wingtip: userSyncInbound.isSyncAllowed",
            "wingtip: automaticUserConsentSettings.inboundAllowed",
        ),
        ("wingtip: automaticUserConsentSettings.outboundAllowed",),
    )


def test_what_is_on_is_not_named() -> None:
    async def play(world: World) -> tuple[str, ...]:
        client = world.client("fabrikam", "administrator")
        consent = {"automaticUserConsentSettings": {"inboundAllowed": True}}
        await write(client, "POST", PARTNERS, {"tenantId": CONTOSO, **consent})
        path = f"{PARTNERS}/{CONTOSO}/identitySynchronization"
        await write(client, "PUT", path, {"userSyncInbound": {"isSyncAllowed": True}})
        return await switched_off_inbound(client, CONTOSO)

    assert in_world(play) == ()


async def write(client: Any, method: str, path: str, body: Any) -> None:
    await client.write(Call(method=method, path=path, body=body))
