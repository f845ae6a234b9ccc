from __future__ import annotations

from typing import Any

import pytest

from reconcile.errors import PermanentError
from reconcile.graph.apps import Assigned, assigned_to, jobs_of, of_link, sync_apps
from reconcile.graph.calls import Call
from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias
from sandbox.seeds import sandbox_id
from sandbox.sync_jobs import SYNC_TEMPLATE
from tests.graph.worlds import World, in_world

LINK = LinkName(Alias("contoso"), Alias("fabrikam"))
NAME = "Tenantry: contoso to fabrikam (do not start)"
EMPLOYEES = sandbox_id("group:contoso:employees")


async def make(world: World, name: str = NAME, *, tag: str | None = LINK.tag) -> dict[str, Any]:
    """An instance of Entra's template, as a stack makes it or breaks off making it."""
    client = world.client("contoso", "administrator")
    path = f"/applicationTemplates/{SYNC_TEMPLATE}/instantiate"
    made = await client.write(Call(method="POST", path=path, body={"displayName": name}))
    principal: dict[str, Any] = made.json()["servicePrincipal"]
    if tag is not None:
        path = f"/servicePrincipals/{principal['id']}"
        await client.write(Call(method="PATCH", path=path, body={"tags": [tag]}))
    return principal


async def found(world: World) -> str:
    return of_link(await sync_apps(world.client("contoso")), LINK).id


def test_the_app_of_a_link_is_found_by_its_tag() -> None:
    async def play(world: World) -> None:
        await make(world, "Tenantry: contoso to tailspin", tag="tenantry:contoso->tailspin")
        made = await make(world, "renamed by somebody")
        assert await found(world) == made["id"]

    in_world(play)


def test_no_app_is_an_error_that_names_the_others() -> None:
    async def play(world: World) -> None:
        await make(world, "Old provisioning", tag=None)
        with pytest.raises(PermanentError, match=r'there are: "Old provisioning" \('):
            await found(world)

    in_world(play)


def test_an_app_that_a_killed_run_left_is_named_beside_the_one_that_it_made_later() -> None:
    async def play(world: World) -> None:
        await make(world, tag=None)
        await make(world)
        with pytest.raises(PermanentError, match=r"2 sync apps, .*\) (tagged|without the tag), "):
            await found(world)

    in_world(play)


def test_an_app_without_its_tag_is_not_taken_for_the_link_s() -> None:
    async def play(world: World) -> None:
        await make(world, tag=None)
        with pytest.raises(PermanentError, match="lacks the tag tenantry:contoso->fabrikam"):
            await found(world)

    in_world(play)


def test_an_app_of_a_tenant_whose_name_begins_alike_is_another_s() -> None:
    async def play(world: World) -> None:
        made = await make(world)
        await make(world, "Tenantry: contoso to fabrikam-labs (do not start)", tag=None)
        assert await found(world) == made["id"]

    in_world(play)


def test_groups_that_are_assigned_to_an_app_are_told() -> None:
    async def play(world: World) -> None:
        made = await make(world)
        body = {
            "principalId": EMPLOYEES,
            "resourceId": made["id"],
            "appRoleId": made["appRoles"][0]["id"],
        }
        path = f"/servicePrincipals/{made['id']}/appRoleAssignedTo"
        await world.client("contoso", "administrator").write(
            Call(method="POST", path=path, body=body)
        )
        client = world.client("contoso")
        (one,) = await assigned_to(client, of_link(await sync_apps(client), LINK))
        assert (one.id, one.kind) == (EMPLOYEES, "group")
        assert isinstance(one, Assigned)

    in_world(play)


@pytest.mark.parametrize("enabled", [True, False])
def test_entras_own_job_is_seen_running_or_not(*, enabled: bool) -> None:
    async def play(world: World) -> None:
        registrations = world.sandbox.tenant("contoso").registrations
        registrations.add_native_job(sandbox_id("tenant:fabrikam"), enabled=enabled)
        client = world.client("contoso")
        (app,) = await sync_apps(client)
        (job,) = await jobs_of(client, app)
        assert job.runs is enabled

    in_world(play)
