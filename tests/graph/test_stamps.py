from __future__ import annotations

import httpx
import pytest

from reconcile.errors import PermanentError
from reconcile.graph.checks import Finding, Role, check_stacks, check_tenant
from reconcile.graph.control import granted_permissions, verified_domains
from reconcile.graph.stamps import bootstrap, complete_owner, find_owner, missing_extensions
from reconcile.model.jobs import Side
from reconcile.model.links import Engine
from tests.graph.worlds import World, in_world

BOTH = frozenset(Role(Engine.RECONCILER, side) for side in Side)


async def check(world: World, app: str = "reconciler") -> dict[str, Finding]:
    return {one.topic: one for one in await check_tenant(world.client("fabrikam", app), BOTH)}


def test_a_tenant_has_no_owner_before_it_is_bootstrapped() -> None:
    assert in_world(lambda world: find_owner(world.client("fabrikam"))) is None


def test_a_bootstrap_makes_what_is_missing_and_a_second_one_nothing() -> None:
    async def play(world: World) -> None:
        client = world.client("fabrikam")
        first = await bootstrap(client)
        writes = world.sandbox.requests.writes
        second = await bootstrap(client)
        assert first.made == (
            "application Tenantry stamps",
            "extension tenantrySource",
            "extension tenantryMark",
        )
        assert second.made == ()
        assert second.owner == first.owner
        assert world.sandbox.requests.writes == writes
        assert await find_owner(client) == first.owner.app_id
        assert await missing_extensions(client, first.owner.app_id) == ()

    in_world(play)


def test_the_sdk_opens_no_connections_of_its_own() -> None:
    async def play(world: World) -> None:
        client = world.client("fabrikam")
        inner = client.transport
        assert inner is not None
        sent: list[str] = []

        async def note(request: httpx.Request) -> None:
            sent.append(f"{request.method} {request.url.path}")

        await client.http.aclose()
        client.http = httpx.AsyncClient(transport=inner, event_hooks={"request": [note]})
        await bootstrap(client)
        assert "POST /v1.0/applications" in sent

    in_world(play)


def test_a_bootstrap_waits_for_its_application_to_be_seen() -> None:
    async def play(world: World) -> int:
        world.sandbox.tenant("fabrikam").replicate(listings=0, points=6)
        return len((await bootstrap(world.client("fabrikam"))).made)

    assert in_world(play) == 3


def test_an_owner_in_order_is_found_or_confirmed() -> None:
    async def play(world: World) -> None:
        client = world.client("fabrikam")
        assert await complete_owner(client) is None
        owner = (await bootstrap(client)).owner.app_id
        assert await complete_owner(client) == owner
        assert await complete_owner(client, owner) == owner

    in_world(play)


def test_an_owner_without_its_extensions_is_refused() -> None:
    async def play(world: World) -> None:
        client = world.client("fabrikam")
        owner = (await bootstrap(client)).owner
        extensions = world.sandbox.tenant("fabrikam").registrations.extensions[owner.id]
        lost = next(iter(extensions))
        del extensions[lost]
        with pytest.raises(
            PermanentError, match=r"lacks the extensions tenantry\w+\. .* bootstrap"
        ):
            await complete_owner(client)
        with pytest.raises(PermanentError, match=r"Correct `stamp"):
            await complete_owner(client, owner.app_id)

    in_world(play)


def test_a_named_owner_that_is_gone_is_refused() -> None:
    async def play(world: World) -> None:
        with pytest.raises(PermanentError, match=r"does not exist\. .* the environment"):
            await complete_owner(world.client("fabrikam"), "00000000-0000-0000-0000-000000000001")

    in_world(play)


def test_two_owners_are_refused_by_name() -> None:
    async def play(world: World) -> None:
        registrations = world.sandbox.tenant("fabrikam").registrations
        for name in ("Tenantry stamps", "Old stamps"):
            registrations.add_application({"displayName": name, "tags": ["tenantry:stamps"]}, None)
        with pytest.raises(PermanentError, match=r"Old stamps \(.*\), Tenantry stamps \("):
            await find_owner(world.client("fabrikam"))

    in_world(play)


def test_verified_domains_are_the_tenants_own() -> None:
    found = in_world(lambda world: verified_domains(world.client("fabrikam")))

    assert found == {"fabrikam.com", "fabrikam.onmicrosoft.com"}


def test_a_token_shows_its_permissions() -> None:
    found = in_world(lambda world: granted_permissions(world.client("fabrikam", "reader")))

    assert found == frozenset({"User.Read.All"})


def test_a_tenant_in_order_is_well() -> None:
    async def play(world: World) -> None:
        await bootstrap(world.client("fabrikam"))
        found = await check(world)
        assert {topic: one.well for topic, one in found.items()} == dict.fromkeys(
            ("credential", "permissions", "tenant", "invitations", "stamps"), True
        )

    in_world(play)


def test_a_check_names_what_is_not_granted_and_goes_on() -> None:
    found = in_world(lambda world: check(world, "reader"))

    assert not found["permissions"].well
    assert "User.Invite.All (to invite people)" in found["permissions"].detail
    assert "User.Read.All" not in found["permissions"].detail.split("Not granted: ")[1].split(",")
    assert "The app lacks Application.Read.All" in found["stamps"].detail


def test_a_check_says_that_nobody_may_invite() -> None:
    async def play(world: World) -> Finding:
        world.sandbox.tenant("fabrikam").authorization_policy["allowInvitesFrom"] = "none"
        return (await check(world))["invitations"]

    found = in_world(play)

    assert not found.well
    assert "allowInvitesFrom is none" in found.detail


def test_a_check_says_which_tenant_the_token_is_for() -> None:
    async def play(world: World) -> Finding:
        world.sandbox.tenant("fabrikam").organization["id"] = "00000000-0000-0000-0000-000000000001"
        return (await check(world))["tenant"]

    found = in_world(play)

    assert not found.well
    assert "Correct the environment" in found.detail


def test_a_tenant_without_an_owner_is_told_to_bootstrap() -> None:
    found = in_world(check)["stamps"]

    assert not found.well
    assert found.detail == "No application owns them. Run `tenantry bootstrap fabrikam`."


def test_what_stacks_need_is_checked_apart() -> None:
    async def play(world: World, app: str) -> tuple[Finding, ...]:
        return await check_stacks(world.client("contoso", app), frozenset(Side))

    well = in_world(lambda world: play(world, "reconciler"))
    reader = in_world(lambda world: play(world, "reader"))

    assert [one.well for one in well] == [True, True]
    assert "Policy.ReadWrite.CrossTenantAccess (to set" in reader[1].detail


def test_a_target_where_only_entra_pushes_needs_no_stamps() -> None:
    role = Role(Engine.ENTRA, Side.TARGET)

    found = in_world(lambda world: check_tenant(world.client("fabrikam"), frozenset({role})))

    assert [(one.topic, one.well) for one in found] == [
        ("credential", True),
        ("permissions", True),
        ("tenant", True),
    ]
