"""App roles from the holder's side, owners, secrets, roles put to use and objects of any kind."""

from __future__ import annotations

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import EMPLOYEES, NESTED, WORKING, Asker
from tests.sandbox.linked import a_sync_app
from tests.sandbox.test_reading import EVENTUAL

ONE = sandbox_id("user:contoso:1")
REFERENCE = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{ONE}"}


@pytest.mark.parametrize("holder", [f"users/{ONE}", f"groups/{EMPLOYEES}"])
def test_a_role_is_given_and_taken_from_the_side_of_its_holder(contoso: Asker, holder: str) -> None:
    app = a_sync_app(contoso)
    path = f"/{holder}/appRoleAssignments"

    made = contoso.ask("POST", path, app.assignment(holder.partition("/")[2]))

    assert made.status == 201
    assert contoso.ids(path) == contoso.ids(app.assigned) == [made.body["id"]]
    assert contoso.ids(f"{path}?$filter=resourceId eq {app.principal['id']}") == contoso.ids(path)
    assert contoso.ask("DELETE", f"{path}/{made.body['id']}").status == 204
    assert contoso.ids(app.assigned) == []


def test_a_role_is_given_to_nobody_but_the_holder_in_the_path(contoso: Asker) -> None:
    path = f"/users/{ONE}/appRoleAssignments"

    assert contoso.code("POST", path, a_sync_app(contoso).assignment(EMPLOYEES))[0] == 400


def test_owners_are_added_once(contoso: Asker) -> None:
    app = a_sync_app(contoso)
    for path in (f"/applications/{app.application['id']}", app.path, f"/groups/{EMPLOYEES}"):
        assert contoso.ask("POST", f"{path}/owners/$ref", REFERENCE).status == 204
        assert contoso.code("POST", f"{path}/owners/$ref", REFERENCE)[0] == 400
        assert ONE in contoso.ids(f"{path}/owners")


def test_a_secret_is_shown_once_and_goes_by_its_key(contoso: Asker) -> None:
    path = f"/applications/{a_sync_app(contoso).application['id']}"

    made = contoso.ask("POST", f"{path}/addPassword", {"passwordCredential": {}}).body

    (held,) = contoso.get(path)["passwordCredentials"]
    assert made["secretText"]
    assert (held["keyId"], held["secretText"]) == (made["keyId"], None)
    removal = (f"{path}/removePassword", {"keyId": made["keyId"]})
    assert contoso.ask("POST", *removal).status == 204
    assert contoso.code("POST", *removal)[0] == 400


def test_a_role_is_put_to_use_once(contoso: Asker) -> None:
    body = {"roleTemplateId": "fe930be7-5e62-47db-91af-98c3a49a38b1"}

    assert contoso.ask("POST", "/directoryRoles", body).body["displayName"] == "User Administrator"
    assert contoso.code("POST", "/directoryRoles", body)[0] == 400


def test_an_object_of_any_kind_is_found_by_id(contoso: Asker) -> None:
    for object_id, kind in ((ONE, "user"), (EMPLOYEES, "group")):
        found = contoso.get(f"/directoryObjects/{object_id}")
        assert found["@odata.type"] == f"#microsoft.graph.{kind}"
    assert contoso.code("GET", f"/directoryObjects/{sandbox_id('nobody')}")[0] == 404


def test_all_extensions_of_a_tenant_are_listed_at_once(contoso: Asker) -> None:
    app = a_sync_app(contoso).application["id"]
    body = {"name": "stamp", "dataType": "String", "targetObjects": ["User"]}
    made = contoso.ask("POST", f"/applications/{app}/extensionProperties", body).body
    path = "/directoryObjects/getAvailableExtensionProperties"

    found = contoso.ask("POST", path, {"isSyncedFromOnPremises": False}).body["value"]

    assert [one["name"] for one in found] == [made["name"]]
    assert contoso.ask("POST", path, {"isSyncedFromOnPremises": True}).body["value"] == []


def test_who_may_only_read_gives_no_roles(contoso: Asker) -> None:
    reader = Asker(
        contoso.world, "contoso", permissions=WORKING - {"AppRoleAssignment.ReadWrite.All"}
    )

    found = reader.code("POST", f"/users/{ONE}/appRoleAssignments", {})

    assert found == (403, "Authorization_RequestDenied")


def test_the_groups_within_a_group_are_listed_at_any_depth(contoso: Asker) -> None:
    within = f"/groups/{EMPLOYEES}/transitiveMembers/microsoft.graph.group?$count=true"
    found = contoso.ids(within, **EVENTUAL)

    assert found == [NESTED]
