"""Deleting an object by nothing but its id does what deleting it by its type does."""

from __future__ import annotations

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import NESTED, Asker, a_sandbox
from tests.sandbox.test_groups import MICROSOFT_365, made

ONE = sandbox_id("user:contoso:1")
ANY = "/directoryObjects"


@pytest.fixture
def contoso() -> Asker:
    return Asker(a_sandbox(), "contoso")


def test_a_user_goes_to_the_deleted_items(contoso: Asker) -> None:
    assert contoso.ask("DELETE", f"{ANY}/{ONE}").status == 204
    assert contoso.ids("/directory/deletedItems/microsoft.graph.user") == [ONE]


def test_a_microsoft_365_group_can_be_restored_and_a_security_group_cannot(contoso: Asker) -> None:
    group = made(contoso, MICROSOFT_365)["id"]
    for one in (group, NESTED):
        assert contoso.ask("DELETE", f"{ANY}/{one}").status == 204

    assert contoso.ids("/directory/deletedItems/microsoft.graph.group") == [group]


@pytest.mark.parametrize("kind", ["applications", "servicePrincipals"])
def test_an_application_and_its_principal_are_gone(contoso: Asker, kind: str) -> None:
    app = contoso.ask("POST", "/applications", {"displayName": "New"}).body
    principal = contoso.ask("POST", "/servicePrincipals", {"appId": app["appId"]}).body
    object_id = (app if kind == "applications" else principal)["id"]

    assert contoso.ask("DELETE", f"{ANY}/{object_id}").status == 204
    assert contoso.code("GET", f"/{kind}/{object_id}")[0] == 404


def test_a_role_holder_is_protected(contoso: Asker) -> None:
    contoso.world.tenant("contoso").roles["62e90394-69f5-4237-9190-012177145e10"] = {ONE}

    assert contoso.code("DELETE", f"{ANY}/{ONE}")[0] == 403


def test_an_unknown_object_is_missing(contoso: Asker) -> None:
    assert contoso.code("DELETE", f"{ANY}/{sandbox_id('nothing')}")[0] == 404


def test_the_audit_log_names_what_was_deleted(contoso: Asker) -> None:
    contoso.ask("DELETE", f"{ANY}/{ONE}")
    contoso.ask("DELETE", f"{ANY}/{NESTED}")

    log = contoso.get("/auditLogs/directoryAudits")["value"]

    assert {one["activityDisplayName"] for one in log} >= {"Delete user", "Delete group"}


def test_nobody_holds_a_role_twice(contoso: Asker) -> None:
    template = {"roleTemplateId": "f2ef992c-3afb-46b9-b7cf-a126ee74c451"}
    contoso.ask("POST", "/directoryRoles", template)
    members = f"/directoryRoles(roleTemplateId='{template['roleTemplateId']}')/members/$ref"
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{ONE}"}

    assert contoso.ask("POST", members, reference).status == 204
    assert contoso.code("POST", members, reference) == (400, "Request_BadRequest")
