"""What `check` finds of a link in its tenants: its sync app, who is assigned, Entra's own job."""

from __future__ import annotations

import dataclasses
from typing import Any

from reconcile.cli.inspection import inspect_links
from reconcile.graph.calls import Call
from reconcile.graph.stamps import bootstrap
from reconcile.model.links import Engine
from reconcile.report.checks import Checked
from sandbox.seeds import sandbox_id
from tests.cli.estates import estate_of
from tests.graph.worlds import World, a_job, a_mapping, in_world

TAG = "tenantry:contoso->fabrikam"
NAME = "Tenantry: contoso to fabrikam"


def make_app(world: World) -> str:
    """The link's sync app with nobody assigned to it; the id of its service principal."""
    registrations = world.sandbox.tenant("contoso").registrations
    _, principal = registrations.instantiate(NAME, owner=None)
    principal["tags"] = [TAG]
    return str(principal["id"])


async def assign(world: World, principal: str, group: str) -> None:
    client = world.client("contoso", "administrator")
    found = await client.get_object(f"/servicePrincipals/{principal}")
    body = {
        "principalId": sandbox_id(f"group:contoso:{group}"),
        "resourceId": principal,
        "appRoleId": found["appRoles"][0]["id"],
    }
    path = f"/servicePrincipals/{principal}/appRoleAssignedTo"
    await client.write(Call(method="POST", path=path, body=body))


async def look(world: World, **changes: Any) -> dict[str, Checked]:
    """What is found of the link from contoso to fabrikam, by topic."""
    await bootstrap(world.client("fabrikam"))
    estate = estate_of(world, dataclasses.replace(a_job().link, **changes))
    with estate.store:
        return {one.topic: one for one in await inspect_links(estate, frozenset(), [])}


def test_a_link_without_a_sync_app_is_told_to_make_it() -> None:
    found = in_world(look)["sync app"]

    assert not found.well
    assert found.detail.endswith("Make it with `pulumi up`.")


def test_a_scope_that_is_assigned_as_declared_is_well() -> None:
    async def play(world: World) -> dict[str, Checked]:
        await assign(world, make_app(world), "employees")
        return await look(world)

    found = in_world(play)

    assert (found["sync app"].well, found["assignments"].well) == (True, True)
    assert found["assignments"].detail == "As declared: employees."


def test_assignments_that_differ_are_named_both_ways() -> None:
    async def play(world: World) -> dict[str, Checked]:
        await assign(world, make_app(world), "temps")
        return await look(world)

    found = in_world(play)["assignments"]

    assert not found.well
    assert found.detail == (
        "Not assigned: employees. Assign them with `pulumi up`. "
        "Assigned, and not declared: group temps. Remove or declare what is meant."
    )


def test_entra_s_own_job_is_watched_where_it_pushes() -> None:
    async def play(world: World) -> dict[str, Checked]:
        registrations = world.sandbox.tenant("contoso").registrations
        principal = registrations.add_native_job(sandbox_id("tenant:fabrikam"))
        registrations.service_principals[principal]["tags"] = [TAG]
        return await look(world, engine=Engine.ENTRA)

    found = in_world(play)["native job"]

    assert (found.well, found.detail) == (True, "It is Active.")


def test_a_link_of_entra_s_without_its_job_is_not_well() -> None:
    async def play(world: World) -> dict[str, Checked]:
        make_app(world)
        return await look(world, engine=Engine.ENTRA)

    found = in_world(play)["native job"]

    assert not found.well
    assert "has no job of Entra's" in found.detail


def test_extensions_are_there_and_take_what_is_written_to_them() -> None:
    async def play(world: World) -> list[tuple[bool, str]]:
        client = world.client("fabrikam")
        owner = (await bootstrap(client)).owner
        path = f"/applications/{owner.id}/extensionProperties"
        for name, kind in (("team", "String"), ("size", "Integer")):
            body = {"name": name, "dataType": kind, "targetObjects": ["User"]}
            await client.write(Call(method="POST", path=path, body=body))
        begin = f"extension_{owner.app_id.replace('-', '')}"
        mappings = tuple(a_mapping(f"{begin}_{name}", "city") for name in ("lost", "size", "team"))
        estate = estate_of(world, dataclasses.replace(a_job().link, mappings=mappings))
        with estate.store:
            found = await inspect_links(estate, frozenset(), [])
        return [(one.well, one.detail) for one in found if one.topic == "extension"]

    (lost, size, team) = in_world(play)

    assert (lost[0], size[0], team[0]) == (False, False, True)
    assert "_lost that holds one value of a user. Make it with its owner" in lost[1]
    assert size[1].endswith(
        "_size, which holds one Integer. The mapping writes String, and Graph would refuse it. "
        "Map it onto another extension."
    )
    assert team[1].endswith("_team, which holds one String.")
