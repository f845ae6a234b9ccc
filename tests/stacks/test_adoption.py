"""What stands in a source under a link's title is found, and only that."""

from __future__ import annotations

from typing import Any

from reconcile.graph.calls import Call
from reconcile.model.links import Engine
from reconcile.model.tenants import ObjectId
from sandbox.seeds import sandbox_id
from sandbox.sync_jobs import SYNC_TEMPLATE
from stacks.adoption import Found, find_apps, role_for_people
from tests.graph.worlds import World, in_world
from tests.stacks import worlds
from tests.stacks.worlds import ONE, Lookups, declared

EMPLOYEES = ObjectId(worlds.EMPLOYEES)
TITLE = "Tenantry: contoso to fabrikam (do not start)"
NATIVE = "Tenantry: contoso to fabrikam"
FOUND = Found(
    application=ObjectId(sandbox_id("an application")),
    principal=ObjectId(sandbox_id("a principal")),
    client_id="client",
    role="role",
    assignments={EMPLOYEES: "assignment"},
    jobs=["job"],
)


async def made(world: World, name: str) -> dict[str, Any]:
    """An instance of Entra's template: the application and its principal."""
    path = f"/applicationTemplates/{SYNC_TEMPLATE}/instantiate"
    call = Call(method="POST", path=path, body={"displayName": name})
    both: dict[str, Any] = (await admin(world).write(call)).json()
    return both


async def looked(world: World, *titles: str) -> dict[str, Found]:
    engine = {TITLE: Engine.RECONCILER, NATIVE: Engine.ENTRA}
    return await find_apps(admin(world), {title: engine[title] for title in titles})


def admin(world: World) -> Any:
    return world.client("contoso", "administrator")


def test_an_app_is_found_with_who_is_assigned_to_it() -> None:
    async def play(world: World) -> None:
        both = await made(world, TITLE)
        app, principal = both["application"], both["servicePrincipal"]
        role = role_for_people(principal["appRoles"])
        body = {"principalId": EMPLOYEES, "resourceId": principal["id"], "appRoleId": role}
        path = f"/servicePrincipals/{principal['id']}/appRoleAssignedTo"
        given = (await admin(world).write(Call(method="POST", path=path, body=body))).json()

        found = (await looked(world, TITLE))[TITLE]

        assert found.app_import == (
            f"/applicationTemplates/{SYNC_TEMPLATE}/instantiate/{app['id']}/{principal['id']}"
        )
        assert found.assignment_import(EMPLOYEES) == f"{path}/{given['id']}"
        assert found.assignment_import(ObjectId(sandbox_id("nobody"))) is None
        assert (found.client_id, found.role) == (app["appId"], role)

    in_world(play)


def test_a_job_is_found_where_the_link_has_one() -> None:
    async def play(world: World) -> None:
        principal = (await made(world, NATIVE))["servicePrincipal"]
        path = f"/servicePrincipals/{principal['id']}/synchronization/jobs"
        job = await admin(world).write(
            Call(method="POST", path=path, body={"templateId": "Azure2Azure"})
        )

        found = (await looked(world, NATIVE))[NATIVE]

        assert found.job_import == f"{path}/{job.json()['id']}"

    in_world(play)


def test_which_of_two_is_meant_is_not_guessed() -> None:
    async def play(world: World) -> None:
        await made(world, TITLE)
        await made(world, TITLE)

        assert await looked(world, TITLE) == {}

    in_world(play)


def test_an_app_with_a_title_that_only_begins_alike_is_left_alone() -> None:
    async def play(world: World) -> None:
        await made(world, TITLE)

        assert await looked(world, NATIVE) == {}

    in_world(play)


def test_an_app_of_the_same_name_from_elsewhere_is_left_alone() -> None:
    async def play(world: World) -> None:
        call = Call(method="POST", path="/applications", body={"displayName": TITLE})
        app = (await admin(world).write(call)).json()
        body = {"appId": app["appId"]}
        await admin(world).write(Call(method="POST", path="/servicePrincipals", body=body))

        assert await looked(world, TITLE) == {}

    in_world(play)


def test_one_question_is_enough_where_nothing_stands() -> None:
    async def play(world: World) -> None:
        await looked(world, TITLE)

        assert world.sandbox.requests.graph == 1

    in_world(play)


def test_several_jobs_are_a_person_s_to_sort() -> None:
    several = Found(
        application=FOUND.application,
        principal=FOUND.principal,
        client_id="client",
        role="role",
        assignments={},
        jobs=["one", "two"],
    )

    assert several.job_import is None


def test_what_stands_is_declared_by_constants_that_an_import_can_be_compared_with() -> None:
    engine = declared(ONE, lookups=Lookups(standing={TITLE: FOUND}))

    assert engine.one("ApplicationFromTemplate").imported == FOUND.app_import
    assignment = engine.one("AppRoleAssignment")
    assert assignment.imported == FOUND.assignment_import(EMPLOYEES)
    assert assignment.inputs["resourceObjectId"] == FOUND.principal
    assert any(one.endswith(":ServicePrincipal contoso-to-fabrikam") for one in assignment.after)


def test_what_does_not_stand_is_made() -> None:
    engine = declared(ONE)

    assert {one.imported for one in engine.declared} == {""}
