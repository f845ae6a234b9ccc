from __future__ import annotations

from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.seeds import sandbox_id
from tests.sandbox.asking import EMPLOYEES, NESTED, Asker
from tests.sandbox.linked import TEMPLATE, SyncApp, a_sync_app

PERSON = sandbox_id("user:contoso:1")
ME = sandbox_id("principal:" + sandbox_id("app:contoso:worker"))


def passes(asker: Asker, seconds: float) -> None:
    clock = asker.world.clock
    assert isinstance(clock, ManualClock)
    clock.advance(seconds)


@pytest.fixture
def app(contoso: Asker) -> SyncApp:
    return a_sync_app(contoso)


def test_a_template_makes_an_application_and_its_principal(contoso: Asker, app: SyncApp) -> None:
    assert app.application["applicationTemplateId"] == TEMPLATE
    assert app.principal["appId"] == app.application["appId"]
    assert app.principal["appRoleAssignmentRequired"] is True
    assert [role["value"] for role in app.principal["appRoles"]] == [None]
    assert contoso.ids(f"/servicePrincipals?$filter=applicationTemplateId eq '{TEMPLATE}'") == [
        app.principal["id"]
    ]


def test_names_of_applications_are_not_unique(contoso: Asker, app: SyncApp) -> None:
    assert a_sync_app(contoso).application["id"] != app.application["id"]


@pytest.mark.parametrize(
    ("template", "body", "status"), [(TEMPLATE, {}, 400), ("unknown", {"displayName": "x"}, 404)]
)
def test_a_template_needs_an_id_and_a_name(
    contoso: Asker, template: str, body: dict[str, Any], status: int
) -> None:
    assert contoso.code("POST", f"/applicationTemplates/{template}/instantiate", body)[0] == status
    assert contoso.get(f"/applicationTemplates/{TEMPLATE}")["id"] == TEMPLATE


def test_who_makes_an_application_owns_it_and_its_principal(contoso: Asker, app: SyncApp) -> None:
    modest = Asker(
        contoso.world, "contoso", permissions=frozenset({"Application.ReadWrite.OwnedBy"})
    )

    assert contoso.ids(f"/applications/{app.application['id']}/owners") == [ME]
    assert contoso.ids(f"{app.path}/owners") == [ME]
    assert modest.ask("PATCH", app.path, {"notes": "mine"}).status == 204
    assert modest.ask("DELETE", f"{app.path}/owners/{ME}/$ref").status == 204
    assert modest.ask("PATCH", app.path, {"notes": "no longer"}).status == 403
    assert contoso.code("DELETE", f"{app.path}/owners/{ME}/$ref")[0] == 404


def test_owners_are_bound_at_birth(contoso: Asker) -> None:
    people = [f"{contoso.world.origin}/v1.0/users/{PERSON}"]
    body = {"displayName": "Ours", "owners@odata.bind": people}
    made = contoso.ask("POST", "/applications", body).body
    group = {"displayName": "G", "mailEnabled": False, "mailNickname": "g", "securityEnabled": True}
    sales = contoso.ask("POST", "/groups", {**group, "owners@odata.bind": people}).body["id"]
    nobody = {**body, "owners@odata.bind": [f"{contoso.world.origin}/v1.0/users/nobody"]}

    assert contoso.ids(f"/applications/{made['id']}/owners") == sorted([ME, PERSON])
    assert contoso.ids(f"/groups/{sales}/owners") == [PERSON]
    assert contoso.code("POST", "/applications", nobody)[0] == 404


def test_a_principal_takes_tags_and_notes(contoso: Asker, app: SyncApp) -> None:
    tags = ["HideApp", "tenantry:contoso->fabrikam"]

    contoso.ask("PATCH", app.path, {"tags": tags, "notes": "made by hand"})

    assert contoso.get(app.path)["notes"] == "made by hand"
    assert contoso.ids(f"/servicePrincipals?$filter=tags/any(t:t eq '{tags[1]}')") == [
        app.principal["id"]
    ]


@pytest.mark.parametrize("body", [{"appId": "other"}, {"id": "other"}, {"shoeSize": 44}])
def test_what_a_principal_cannot_take_is_refused(
    contoso: Asker, app: SyncApp, body: dict[str, Any]
) -> None:
    assert contoso.code("PATCH", app.path, body) == (400, "Request_BadRequest")


def test_a_principal_follows_its_application(contoso: Asker, app: SyncApp) -> None:
    contoso.ask("PATCH", f"/applications/{app.application['id']}", {"displayName": "Renamed"})

    assert contoso.get(app.path)["displayName"] == "Renamed"


@pytest.mark.parametrize(("holder", "kind"), [(EMPLOYEES, "Group"), (PERSON, "User")])
def test_groups_and_people_are_assigned(
    contoso: Asker, app: SyncApp, holder: str, kind: str
) -> None:
    made = contoso.ask("POST", app.assigned, app.assignment(holder))

    listed = contoso.get(app.assigned)["value"]

    assert made.status == 201
    assert [(one["principalId"], one["principalType"]) for one in listed] == [(holder, kind)]
    assert contoso.get(f"{app.assigned}/{made.body['id']}")["resourceId"] == app.principal["id"]
    assert contoso.ask("DELETE", f"{app.assigned}/{made.body['id']}").status == 204
    assert contoso.get(app.assigned)["value"] == []
    assert contoso.code("GET", f"{app.assigned}/{made.body['id']}")[0] == 404
    assert contoso.code("DELETE", f"{app.assigned}/{made.body['id']}")[0] == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"appRoleId": sandbox_id("no such role")}, 400),
        ({"appRoleId": "00000000-0000-0000-0000-000000000000"}, 400),
        ({"resourceId": sandbox_id("other")}, 400),
        ({"principalId": sandbox_id("nobody")}, 404),
        ({"principalId": None}, 400),
        ({"principalId": ME}, 400),
    ],
)
def test_an_assignment_that_cannot_be_is_refused(
    contoso: Asker, app: SyncApp, change: dict[str, Any], status: int
) -> None:
    assert contoso.code("POST", app.assigned, app.assignment(EMPLOYEES) | change)[0] == status


def test_nobody_is_assigned_twice(contoso: Asker, app: SyncApp) -> None:
    contoso.ask("POST", app.assigned, app.assignment(EMPLOYEES))

    assert contoso.code("POST", app.assigned, app.assignment(EMPLOYEES))[0] == 400
    assert contoso.ask("POST", app.assigned, app.assignment(NESTED)).status == 201


def test_an_application_without_roles_is_assigned_by_the_role_of_zeros(contoso: Asker) -> None:
    made = contoso.ask("POST", "/applications", {"displayName": "Plain"}).body
    principal = contoso.ask("POST", "/servicePrincipals", {"appId": made["appId"]}).body
    body = {
        "principalId": PERSON,
        "resourceId": principal["id"],
        "appRoleId": "00000000-0000-0000-0000-000000000000",
    }
    path = f"/servicePrincipals/{principal['id']}/appRoleAssignedTo"

    assert contoso.ask("POST", path, body).status == 201


def test_a_group_for_mail_only_cannot_be_assigned(contoso: Asker, app: SyncApp) -> None:
    group = contoso.world.tenant("contoso").add_group(
        {"displayName": "M", "securityEnabled": False}
    )

    assert contoso.code("POST", app.assigned, app.assignment(group))[0] == 400


def test_beta_names_the_time_of_an_assignment_otherwise(contoso: Asker, app: SyncApp) -> None:
    made = contoso.ask("POST", f"/beta{app.assigned}", app.assignment(EMPLOYEES)).body

    assert "creationTimestamp" in made
    assert "createdDateTime" not in made


@pytest.mark.parametrize(
    ("holder", "path"), [(EMPLOYEES, f"/groups/{EMPLOYEES}"), (PERSON, f"/users/{PERSON}")]
)
def test_an_assignment_goes_with_its_holder(
    contoso: Asker, app: SyncApp, holder: str, path: str
) -> None:
    contoso.ask("POST", app.assigned, app.assignment(holder))

    contoso.ask("DELETE", path)

    assert contoso.get(app.assigned)["value"] == []


def test_a_restored_user_has_the_assignment_again(contoso: Asker, app: SyncApp) -> None:
    contoso.ask("POST", app.assigned, app.assignment(PERSON))
    contoso.ask("DELETE", f"/users/{PERSON}")

    contoso.ask("POST", f"/directory/deletedItems/{PERSON}/restore")

    assert len(contoso.get(app.assigned)["value"]) == 1


def test_everything_goes_with_the_application(contoso: Asker, app: SyncApp) -> None:
    contoso.ask("POST", app.assigned, app.assignment(EMPLOYEES))
    contoso.ask("POST", app.jobs, {"templateId": "Azure2Azure"})
    contoso.ask("PUT", app.secrets, {"value": [{"key": "SyncAll", "value": "false"}]})

    assert contoso.ask("DELETE", f"/applications/{app.application['id']}").status == 204

    kept = contoso.world.tenant("contoso").registrations
    assert contoso.code("GET", app.path)[0] == 404
    assert not any((kept.jobs, kept.secrets))
    assert set(kept.assignments) == {kept.graph_id}


def test_the_groups_of_a_group_are_listed(contoso: Asker) -> None:
    assert contoso.ids(f"/groups/{NESTED}/memberOf") == [EMPLOYEES]
    assert contoso.ids(f"/groups/{EMPLOYEES}/memberOf/microsoft.graph.group") == []


def test_assigning_needs_its_own_permission(contoso: Asker, app: SyncApp) -> None:
    everything_else = contoso.permissions - {"AppRoleAssignment.ReadWrite.All"}
    modest = Asker(contoso.world, "contoso", permissions=everything_else)

    assert modest.code("POST", app.assigned, app.assignment(EMPLOYEES))[0] == 403
    assert modest.ask("GET", app.assigned).status == 200


def test_a_new_app_is_found_only_after_the_replication_delay(contoso: Asker) -> None:
    contoso.world.replicate(listings=20, points=10)
    app = a_sync_app(contoso)

    def seen() -> tuple[int, int]:
        found = contoso.ids(f"/servicePrincipals?$filter=applicationTemplateId eq '{TEMPLATE}'")
        return contoso.ask("GET", app.path).status, len(found)

    at_once = seen()
    passes(contoso, 10)
    sooner = seen()
    passes(contoso, 10)

    assert (at_once, sooner, seen()) == ((404, 0), (200, 0), (200, 1))


def test_a_new_assignment_is_listed_late(contoso: Asker, app: SyncApp) -> None:
    contoso.world.replicate(listings=20, points=0)
    contoso.ask("POST", app.assigned, app.assignment(EMPLOYEES))

    early = contoso.get(app.assigned)["value"]
    passes(contoso, 20)

    assert early == []
    assert len(contoso.get(app.assigned)["value"]) == 1
