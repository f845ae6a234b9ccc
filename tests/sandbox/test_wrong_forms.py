"""Bodies and options of another JSON form than Graph's are refused: 400, and nothing is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox import log_filters
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, WORKING, Asker
from tests.sandbox.linked import PARTNERS, TEMPLATE

ONE = sandbox_id("user:contoso:1")
NORTHWIND = sandbox_id("tenant:northwind")
ROLE = {"id": "5a1e3d0c-0000-4000-8000-000000000001", "allowedMemberTypes": ["User"]}
TARGETS = [{"target": "AllUsers", "targetType": "user"}]
POLICY = "/policies/crossTenantAccessPolicy"
INVITE = {
    "invitedUserEmailAddress": "ada@elsewhere.com",
    "inviteRedirectUrl": "https://myapplications.microsoft.com",
}


@pytest.fixture
def asker(world: Sandbox) -> Asker:
    return Asker(world, "contoso", WORKING | {"Application.ReadWrite.All"})


def an_application(asker: Asker, **members: Any) -> str:
    answer = asker.ask("POST", "/applications", {"displayName": "Stamp", **members})
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


@pytest.mark.parametrize("ids", [[[]], [{}], ["x", None], "x", 5])
def test_ids_are_texts_in_a_list(asker: Asker, ids: Any) -> None:
    assert asker.ask("POST", "/directoryObjects/getByIds", {"ids": ids}).status == 400


@pytest.mark.parametrize("types", [5, "user", [{}]])
def test_types_of_objects_are_texts_in_a_list(asker: Asker, types: Any) -> None:
    body = {"ids": [ONE], "types": types}

    assert asker.ask("POST", "/directoryObjects/getByIds", body).status == 400


@pytest.mark.parametrize("ids", [[[]], [{}], [EMPLOYEES, 5]])
def test_ids_of_groups_to_check_are_texts(asker: Asker, ids: Any) -> None:
    body = {"groupIds": ids}

    assert asker.ask("POST", f"/users/{ONE}/checkMemberGroups", body).status == 400


@pytest.mark.parametrize("holders", [[[]], [{}], "User", 5])
def test_targets_of_an_extension_are_texts_in_a_list(asker: Asker, holders: Any) -> None:
    path = f"/applications/{an_application(asker)}/extensionProperties"
    body = {"name": "badge", "dataType": "String", "targetObjects": holders}

    assert asker.ask("POST", path, body).status == 400


@pytest.mark.parametrize("owners", [5, [5], {}, "x"])
def test_owners_are_bound_by_addresses_in_a_list(asker: Asker, owners: Any) -> None:
    body = {"displayName": "Stamp", "owners@odata.bind": owners}

    assert asker.ask("POST", "/applications", body).status == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("displayName", 5),
        ("description", []),
        ("tags", None),
        ("tags", "x"),
        ("tags", [5]),
        ("identifierUris", {}),
        ("appRoles", None),
        ("appRoles", ["x"]),
        ("appRoles", [{}]),
        ("appRoles", [{**ROLE, "id": 5}]),
        ("appRoles", [{**ROLE, "allowedMemberTypes": None}]),
        ("passwordCredentials", [5]),
        ("web", "x"),
        ("web", {"redirectUris": "x"}),
        ("api", {"knownClientApplications": 5}),
    ],
)
def test_members_of_an_application_have_their_forms(asker: Asker, name: str, value: Any) -> None:
    app = an_application(asker)

    made = asker.ask("POST", "/applications", {"displayName": "Other", name: value})
    changed = asker.ask("PATCH", f"/applications/{app}", {name: value})

    assert (made.status, changed.status) == (400, 400)


def test_members_of_an_application_may_be_set(asker: Asker) -> None:
    members = {"appRoles": [ROLE], "tags": ["x"], "notes": None, "web": {"redirectUris": ["x"]}}

    app = asker.get(f"/applications/{an_application(asker, **members)}")

    assert (app["appRoles"], app["tags"], app["web"]["redirectUris"]) == ([ROLE], ["x"], ["x"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("accountEnabled", "yes"), ("tags", [None]), ("servicePrincipalNames", 5), ("notes", 5)],
)
def test_members_of_a_principal_have_their_forms(asker: Asker, name: str, value: Any) -> None:
    principal = asker.get("/servicePrincipals")["value"][0]["id"]

    assert asker.ask("PATCH", f"/servicePrincipals/{principal}", {name: value}).status == 400


def test_a_password_without_an_id_of_its_own_does_not_hide_others(asker: Asker) -> None:
    path = f"/applications/{an_application(asker, passwordCredentials=[{}])}"
    key = asker.ask("POST", f"{path}/addPassword", {}).body["keyId"]

    assert asker.ask("POST", f"{path}/removePassword", {"keyId": key}).status == 204


@pytest.mark.parametrize("name", ["displayName", "startDateTime", "endDateTime"])
def test_members_of_a_password_are_texts(asker: Asker, name: str) -> None:
    path = f"/applications/{an_application(asker)}/addPassword"

    assert asker.ask("POST", path, {"passwordCredential": {name: 5}}).status == 400


def test_an_instance_of_a_template_has_a_text_for_a_name(asker: Asker) -> None:
    path = f"/applicationTemplates/{TEMPLATE}/instantiate"

    assert asker.ask("POST", path, {"displayName": 5}).status == 400


def test_a_credential_is_not_found_by_a_member_that_it_lacks(asker: Asker) -> None:
    path = f"/applications/{an_application(asker)}/federatedIdentityCredentials"
    body = {"name": "build", "issuer": "https://issuer", "subject": "main", "audiences": ["api"]}
    asker.ask("POST", path, body)

    assert asker.ask("GET", f"{path}/colour=red").status == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"invitedUserType": []},
        {"invitedUserType": {}},
        {"invitedUserMessageInfo": "x"},
        {"invitedUserMessageInfo": {"ccRecipients": 5}},
        {"invitedUserMessageInfo": {"ccRecipients": {}}},
        {"invitedUserDisplayName": 5},
        {"inviteRedirectUrl": 5},
        {"resetRedemption": True, "invitedUser": 5},
        {"resetRedemption": True, "invitedUser": [5]},
        {"resetRedemption": True, "invitedUser": {"id": ["x"]}},
    ],
)
def test_members_of_an_invitation_have_their_forms(asker: Asker, wrong: dict[str, Any]) -> None:
    assert asker.ask("POST", "/invitations", INVITE | wrong).status == 400


def test_whose_redemption_is_reset_must_be_there(asker: Asker) -> None:
    body = {**INVITE, "resetRedemption": True, "invitedUser": {"id": "x"}}

    assert asker.ask("POST", "/invitations", body).status == 404


@pytest.mark.parametrize("wrong", [{"accessType": []}, {"targets": [{"target": 5}]}])
def test_whom_settings_are_about_is_said_in_texts(asker: Asker, wrong: dict[str, Any]) -> None:
    part = {"accessType": "allowed", "targets": TARGETS} | wrong
    if "targets" in wrong:
        part["targets"] = [TARGETS[0] | wrong["targets"][0]]
    body = {"tenantId": NORTHWIND, "b2bCollaborationInbound": {"usersAndGroups": part}}

    assert asker.ask("POST", PARTNERS, body).status == 400


def test_the_type_of_a_target_is_a_text(asker: Asker) -> None:
    part = {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": []}]}
    body = {"b2bCollaborationInbound": {"usersAndGroups": part}}

    assert asker.ask("PATCH", f"{POLICY}/default", body).status == 400


@pytest.mark.parametrize(
    "body", [{"allowedCloudEndpoints": [{}]}, {"allowedCloudEndpoints": 5}, {"displayName": 5}]
)
def test_members_of_the_access_policy_have_their_forms(asker: Asker, body: dict[str, Any]) -> None:
    assert asker.ask("PATCH", POLICY, body).status == 400


@pytest.mark.parametrize(
    "given", [{"allowedToCreateApps": 5}, {"permissionGrantPoliciesAssigned": "x"}]
)
def test_permissions_of_users_have_their_forms(asker: Asker, given: dict[str, Any]) -> None:
    body = {"defaultUserRolePermissions": given}

    assert asker.ask("PATCH", "/policies/authorizationPolicy", body).status == 400


@pytest.mark.parametrize("value", [20_200_101, True, []])
def test_a_moment_is_a_text(asker: Asker, value: Any) -> None:
    assert asker.ask("PATCH", f"/users/{ONE}", {"employeeHireDate": value}).status == 400


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (f"/users/{ONE}", "employeeOrgData", 5),
        (f"/users/{ONE}", "passwordProfile", "x"),
        (f"/beta/groups/{EMPLOYEES}", "writebackConfiguration", True),
        (f"/groups/{EMPLOYEES}", "onPremisesExtensionAttributes", "x"),
        (f"/groups/{EMPLOYEES}", "assignedLabels", {}),
        (f"/groups/{EMPLOYEES}", "assignedLabels", ["x"]),
    ],
)
def test_complex_properties_are_objects(asker: Asker, path: str, name: str, value: Any) -> None:
    assert asker.ask("PATCH", path, {name: value}).status == 400


@pytest.mark.parametrize(
    "given",
    [
        {"primaryIdentityProviderPrecedenceOrder": {}},
        {"primaryIdentityProviderPrecedenceOrder": [5]},
        {"fallbackIdentityProvider": 5},
    ],
)
def test_how_people_redeem_is_said_in_texts(asker: Asker, given: dict[str, Any]) -> None:
    body = {"invitationRedemptionIdentityProviderConfiguration": given}

    assert asker.ask("PATCH", f"{POLICY}/default", body).status == 400


@pytest.mark.parametrize("top", ["²", "9" * 5_000, "-1", "1.5"])
@pytest.mark.parametrize("path", ["/users", "/auditLogs/directoryAudits"])
def test_the_size_of_a_page_is_a_number_of_few_digits(asker: Asker, path: str, top: str) -> None:
    request = replace(asker.request("GET", path), query={"$top": top})

    assert asker.world.answer(request).status == 400  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/users", "accountEnabled eq 1²"),
        ("/users", f"accountEnabled eq {'9' * 5_000}"),
    ],
)
def test_what_looks_like_a_number_in_a_filter_is_refused(
    asker: Asker, path: str, text: str
) -> None:
    asked = asker.request("GET", path)

    answer = asker.world.answer(replace(asked, query={"$filter": text}))

    assert answer.status == 400  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["²", "9" * 5_000])
def test_what_looks_like_a_number_in_a_filter_of_a_log_finds_nothing(text: str) -> None:
    took = {"durationinmilliseconds": frozenset({"eq"})}

    passes = log_filters.parse(f"durationInMilliseconds eq '{text}'", took)

    assert not passes({"durationInMilliseconds": 5})
