"""Bodies that do not have their form: each is refused, none breaks the sandbox or is stored."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import EMPLOYEES, Asker

ONE = sandbox_id("user:contoso:1")
NEW_GROUP = {
    "displayName": "g",
    "mailEnabled": False,
    "mailNickname": "g",
    "securityEnabled": True,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"invitedUserType": []},
        {"invitedUserMessageInfo": 5},
        {"invitedUserMessageInfo": {"ccRecipients": 5}},
        {"invitedUserMessageInfo": {"ccRecipients": [{"emailAddress": "a@b.c"}]}},
        {"resetRedemption": True, "invitedUser": 5},
        {"resetRedemption": "true"},
        {"sendInvitationMessage": "false"},
        {"invitedUserDisplayName": 5},
        {"inviteRedirectUrl": 7},
        {"inviteRedirectUrl": "myapplications"},
        {"inviteRedirectUrl": "https://[/"},
        {"invitedUserSponsors": "me"},
        {"invitedUserNickname": "ada"},
    ],
)
def test_an_invitation_that_does_not_have_its_form_is_refused(
    fabrikam: Asker, wrong: dict[str, Any]
) -> None:
    assert fabrikam.invite("ada@contoso.com", **wrong).status == 400
    assert fabrikam.world.mails == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/directoryObjects/getByIds", {"ids": [[]]}),
        ("/directoryObjects/getByIds", {"ids": [ONE], "types": 5}),
        ("/directoryObjects/getByIds", {"ids": [ONE], "types": [{}]}),
        (f"/users/{ONE}/checkMemberGroups", {"groupIds": [[]]}),
        (f"/users/{ONE}/getMemberGroups", {"securityEnabledOnly": "yes"}),
        ("/directoryRoles", {"roleTemplateId": []}),
    ],
)
def test_a_question_that_does_not_have_its_form_is_refused(
    contoso: Asker, path: str, body: Any
) -> None:
    assert contoso.code("POST", path, body) == (400, "Request_BadRequest")


@pytest.mark.parametrize("body", [{"newUserPrincipalName": 5}, {"autoReconcileProxyConflict": "x"}])
def test_a_restore_that_does_not_have_its_form_is_refused(contoso: Asker, body: Any) -> None:
    contoso.ask("DELETE", f"/users/{ONE}")

    assert contoso.code("POST", f"/directory/deletedItems/{ONE}/restore", body)[0] == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"employeeHireDate": 20260101},
        {"employeeHireDate": "2026-W01-1"},
        {"employeeHireDate": "2026-01-01"},
        {"employeeOrgData": 5},
        {"employeeOrgData": {"division": 5}},
        {"passwordProfile": "x"},
        {"passwordProfile": {"password": 5}},
    ],
)
def test_a_user_s_complex_properties_have_their_form(contoso: Asker, wrong: Any) -> None:
    assert contoso.code("PATCH", f"/users/{ONE}", wrong) == (400, "Request_BadRequest")


@pytest.mark.parametrize("depth", [100, 300, 450, 900])
def test_what_is_nested_too_deep_does_not_have_a_form(contoso: Asker, depth: int) -> None:
    deep: dict[str, Any] = {}
    for _ in range(depth):
        deep = {"a": deep}

    change = {"passwordProfile": {"password": "x", "b": deep}}
    assert contoso.code("PATCH", f"/users/{ONE}", change) == (400, "Request_BadRequest")
    assert contoso.code("POST", "/directoryRoles", deep) == (400, "Request_BadRequest")


def test_what_has_its_form_is_kept_and_a_password_is_not_shown(contoso: Asker) -> None:
    change = {
        "employeeHireDate": "2026-01-01T00:00:00Z",
        "employeeOrgData": {"division": "North", "costCenter": "1"},
        "passwordProfile": {"password": "x", "forceChangePasswordNextSignIn": False},
    }
    names = ",".join(change)

    assert contoso.ask("PATCH", f"/users/{ONE}", change).status == 204
    user = contoso.get(f"/users/{ONE}?$select={names}")
    assert {name: user[name] for name in change} == change | {"passwordProfile": None}


def test_a_group_s_labels_have_their_form(contoso: Asker) -> None:
    wrong = {"assignedLabels": [{"labelId": 5}]}

    assert contoso.code("POST", "/groups", NEW_GROUP | wrong)[0] == 400


def test_only_security_groups_are_counted_when_only_they_are_wanted(contoso: Asker) -> None:
    unified = {"groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": False}
    members = {"members@odata.bind": [f"https://graph.microsoft.com/v1.0/users/{ONE}"]}
    made = contoso.ask("POST", "/groups", NEW_GROUP | unified | members).body["id"]
    path = f"/users/{ONE}/getMemberGroups"

    every = contoso.ask("POST", path, {"securityEnabledOnly": False}).body["value"]
    secure = contoso.ask("POST", path, {"securityEnabledOnly": True}).body["value"]

    assert set(every) == {made, EMPLOYEES}
    assert secure == [EMPLOYEES]
