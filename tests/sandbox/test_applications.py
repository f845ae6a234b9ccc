from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import Asker

ONE = sandbox_id("user:fabrikam:1")
EXTENSION: dict[str, Any] = {"name": "source", "dataType": "String", "targetObjects": ["User"]}


@pytest.fixture
def app(fabrikam: Asker) -> dict[str, Any]:
    body = {"displayName": "Stamp", "uniqueName": "stamp", "tags": ["tenantry:stamp"]}
    made = fabrikam.ask("POST", "/applications", body)
    assert made.status == 201
    found: dict[str, Any] = made.body
    return found


@pytest.fixture
def stamp(fabrikam: Asker, app: dict[str, Any]) -> str:
    made = fabrikam.ask("POST", f"/applications/{app['id']}/extensionProperties", EXTENSION)
    assert made.status == 201
    return str(made.body["name"])


@pytest.mark.parametrize(
    "query",
    [
        "$filter=uniqueName eq 'stamp'",
        "$filter=displayName eq 'Stamp'&$select=id,appId",
        "$filter=tags/any(t:t eq 'tenantry:stamp')",
    ],
)
def test_an_application_is_found(fabrikam: Asker, app: dict[str, Any], query: str) -> None:
    assert fabrikam.ids(f"/applications?{query}") == [app["id"]]


def test_a_unique_name_is_unique(fabrikam: Asker, app: dict[str, Any]) -> None:
    body = {"displayName": "Other", "uniqueName": "stamp"}

    assert fabrikam.code("POST", "/applications", body) == (400, "Request_BadRequest")


def test_an_extension_is_named_after_its_application(app: dict[str, Any], stamp: str) -> None:
    assert stamp == f"extension_{app['appId'].replace('-', '')}_source"


def test_an_extension_is_written_selected_and_filtered(fabrikam: Asker, stamp: str) -> None:
    fabrikam.ask("PATCH", f"/users/{ONE}", {stamp: "Contoso/1"})

    assert fabrikam.get(f"/users/{ONE}?$select=id,{stamp}")[stamp] == "Contoso/1"
    assert stamp not in fabrikam.get(f"/users/{ONE}")
    assert fabrikam.ids(f"/users?$select=id&$filter={stamp} eq 'contoso/1'") == [ONE]
    assert fabrikam.code("GET", f"/users?$filter=startsWith({stamp},'c')")[0] == 400


def test_a_cleared_extension_is_absent(fabrikam: Asker, stamp: str) -> None:
    fabrikam.ask("PATCH", f"/users/{ONE}", {stamp: "x"})
    fabrikam.ask("PATCH", f"/users/{ONE}", {stamp: None})

    assert stamp not in fabrikam.get(f"/users/{ONE}?$select=id,{stamp}")
    assert fabrikam.ids(f"/users?$filter={stamp} eq 'x'") == []


@pytest.mark.parametrize("value", ["", "x" * 257, 5, True])
def test_an_extension_value_has_a_type_and_a_length(
    fabrikam: Asker, stamp: str, value: Any
) -> None:
    assert fabrikam.code("PATCH", f"/users/{ONE}", {stamp: value}) == (400, "Request_BadRequest")


def test_deleting_the_owner_hides_every_stamp(
    fabrikam: Asker, app: dict[str, Any], stamp: str
) -> None:
    fabrikam.ask("PATCH", f"/users/{ONE}", {stamp: "contoso/1"})
    fabrikam.ask("DELETE", f"/applications/{app['id']}")

    user = fabrikam.get(f"/users/{ONE}?$select=id,{stamp}")

    assert stamp not in user
    assert fabrikam.code("GET", f"/users?$filter={stamp} eq 'contoso/1'")[0] == 400
    assert fabrikam.code("PATCH", f"/users/{ONE}", {stamp: "new"}) == (400, "Request_BadRequest")
    assert fabrikam.world.tenant("fabrikam").users[ONE][stamp] == "contoso/1"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "with space"},
        {"dataType": "Shoe"},
        {"targetObjects": []},
        {"name": None},
        {"isMultiValued": "false"},
    ],
)
def test_an_extension_that_cannot_be_is_refused(
    fabrikam: Asker, app: dict[str, Any], change: dict[str, Any]
) -> None:
    address = f"/applications/{app['id']}/extensionProperties"

    assert fabrikam.code("POST", address, EXTENSION | change) == (400, "Request_BadRequest")


def test_extensions_are_listed_and_removed(
    fabrikam: Asker, app: dict[str, Any], stamp: str
) -> None:
    address = f"/applications/{app['id']}/extensionProperties"
    twice = fabrikam.code("POST", address, EXTENSION)
    listed = fabrikam.get(address)["value"]
    one = f"{address}/{listed[0]['id']}"

    assert twice == (400, "Request_BadRequest")
    assert [extension["name"] for extension in listed] == [stamp]
    assert fabrikam.get(one)["dataType"] == "String"
    assert fabrikam.ask("DELETE", one).status == 204
    assert fabrikam.get(address)["value"] == []


def test_owned_by_covers_only_what_is_owned(fabrikam: Asker, app: dict[str, Any]) -> None:
    modest = Asker(fabrikam.world, permissions=frozenset({"Application.ReadWrite.OwnedBy"}))
    foreign = sandbox_id("application:" + sandbox_id("app:fabrikam:worker"))

    assert modest.ask("PATCH", f"/applications/{app['id']}", {"notes": "mine"}).status == 204
    assert modest.ask("PATCH", f"/applications/{foreign}", {"notes": "mine"}).status == 403


def test_a_service_principal_is_made_found_and_removed(
    fabrikam: Asker, app: dict[str, Any]
) -> None:
    made = fabrikam.ask("POST", "/servicePrincipals", {"appId": app["appId"]})
    again = fabrikam.code("POST", "/servicePrincipals", {"appId": app["appId"]})
    found = fabrikam.ids(f"/servicePrincipals?$filter=appId eq '{app['appId']}'")
    jobs = fabrikam.get(f"/servicePrincipals/{made.body['id']}/synchronization/jobs")["value"]
    secrets = fabrikam.get(f"/servicePrincipals/{made.body['id']}/synchronization/secrets")["value"]

    assert (again[0], found) == (409, [made.body["id"]])
    assert (jobs, secrets) == ([], [])
    assert fabrikam.ask("DELETE", f"/servicePrincipals/{made.body['id']}").status == 204
    template = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
    assert fabrikam.ids(f"/servicePrincipals?$filter=applicationTemplateId eq '{template}'") == []


@pytest.mark.parametrize(("enabled", "code"), [(True, "Active"), (False, "Paused")])
def test_a_native_job_is_seen_with_its_target(fabrikam: Asker, *, enabled: bool, code: str) -> None:
    target = sandbox_id("tenant:contoso")
    registrations = fabrikam.world.tenant("fabrikam").registrations
    principal = registrations.add_native_job(target, enabled=enabled)
    template = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
    address = f"/servicePrincipals/{principal}/synchronization"

    found = fabrikam.ids(f"/servicePrincipals?$filter=applicationTemplateId eq '{template}'")
    jobs = fabrikam.get(f"{address}/jobs")["value"]

    assert found == [principal]
    assert [job["status"]["code"] for job in jobs] == [code]
    assert fabrikam.get(f"{address}/jobs/{jobs[0]['id']}")["templateId"] == "Azure2Azure"
    assert {"key": "CompanyId", "value": target} in fabrikam.get(f"{address}/secrets")["value"]


def test_groups_are_made_changed_and_removed(fabrikam: Asker) -> None:
    body = {
        "displayName": "Sales",
        "mailEnabled": False,
        "mailNickname": "sales",
        "securityEnabled": True,
    }
    group = fabrikam.ask("POST", "/groups", body).body["id"]
    members = f"/groups/{group}/members"
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{ONE}"}

    assert fabrikam.ids("/groups?$filter=displayName eq 'Sales'&$select=id") == [group]
    assert fabrikam.ask("POST", f"{members}/$ref", reference).status == 204
    assert fabrikam.code("POST", f"{members}/$ref", reference)[0] == 400
    assert fabrikam.ids(members) == [ONE]
    assert fabrikam.ask("DELETE", f"{members}/{ONE}/$ref").status == 204
    assert fabrikam.code("DELETE", f"{members}/{ONE}/$ref")[0] == 404
    assert fabrikam.ask("PATCH", f"/groups/{group}", {"displayName": "Sold"}).status == 204
    assert fabrikam.get(f"/groups/{group}")["displayName"] == "Sold"
    assert fabrikam.ask("DELETE", f"/groups/{group}").status == 204
    assert fabrikam.code("GET", f"/groups/{group}")[0] == 404


def test_roles_have_holders(fabrikam: Asker) -> None:
    template = "62e90394-69f5-4237-9190-012177145e10"
    fabrikam.world.tenant("fabrikam").roles[template] = set()
    members = f"/directoryRoles/roleTemplateId={template}/members"
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{ONE}"}

    assert fabrikam.get("/directoryRoles")["value"][0]["displayName"] == "Global Administrator"
    assert fabrikam.ask("POST", f"{members}/$ref", reference).status == 204
    assert fabrikam.ids(members) == [ONE]
    assert fabrikam.ask("DELETE", f"{members}/{ONE}/$ref").status == 204
    assert fabrikam.ids(members) == []


def test_writing_the_directory_does_not_open_the_applications_of_others(fabrikam: Asker) -> None:
    both = frozenset({"Application.ReadWrite.OwnedBy", "Directory.ReadWrite.All"})
    asker = Asker(fabrikam.world, permissions=both)
    foreign = "/applications/" + sandbox_id("application:" + sandbox_id("app:fabrikam:worker"))

    assert asker.ask("PATCH", foreign, {"notes": "mine"}).status == 403
    assert asker.ask("POST", f"{foreign}/federatedIdentityCredentials", {}).status == 403


def test_an_application_is_not_found_by_what_is_no_key(
    fabrikam: Asker, app: dict[str, Any]
) -> None:
    by_name = f"/applications(displayName='{app['displayName']}')"

    assert fabrikam.code("GET", by_name) == (400, "Request_BadRequest")
    assert fabrikam.get(f"/applications(appId='{app['appId']}')")["id"] == app["id"]


def test_deleted_applications_are_not_simulated(fabrikam: Asker) -> None:
    path = "/directory/deletedItems/microsoft.graph.application"

    assert fabrikam.code("GET", path) == (501, "notSupported")
