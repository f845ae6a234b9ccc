from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import WORKING, Asker, a_user
from tests.sandbox.organized import of, organized

POLICIES = "/beta/policies/b2bManagementPolicies"
PARTNERS = "/policies/crossTenantAccessPolicy/partners"
DEFAULT = "/policies/crossTenantAccessPolicy/default"
ADA = "ada@contoso.com"
CONTOSO = sandbox_id("tenant:contoso")
FABRIKAM = sandbox_id("tenant:fabrikam")
PERSON = "person1@contoso.com"
PERSON_ID = sandbox_id("user:contoso:1")
AS_TEXT = {"isOrganizationDefault": "true"}
EMPLOYEES = sandbox_id("group:contoso:employees")


@pytest.fixture
def inviting(world: Sandbox) -> Asker:
    rights = {"Policy.ReadWrite.B2BManagementPolicy"}
    return Asker(world, permissions=WORKING | rights)


def a_policy(**lists: list[str]) -> dict[str, Any]:
    rules = {"B2BManagementPolicy": {"InvitationsAllowedAndBlockedDomainsPolicy": lists}}
    return {
        "displayName": "B2BManagementPolicy",
        "description": "Domains",
        "definition": [json.dumps(rules)],
        "isOrganizationDefault": True,
    }


def test_a_policy_is_made_read_changed_and_deleted(inviting: Asker) -> None:
    made = inviting.ask("POST", POLICIES, a_policy(BlockedDomains=["x.com"]))
    path = f"{POLICIES}/{made.body['id']}"
    changed = inviting.ask("PATCH", path, {"displayName": "Domains", "deletedDateTime": None})

    assert (made.status, changed.status) == (201, 200)
    assert made.body["@odata.type"] == "#microsoft.graph.b2bManagementPolicy"
    assert changed.body["displayName"] == inviting.get(path)["displayName"] == "Domains"
    assert len(inviting.get(POLICIES)["value"]) == 1
    assert inviting.ask("DELETE", path).status == 204
    assert inviting.code("GET", path) == (404, "Request_ResourceNotFound")


def test_the_documented_policy_is_taken_with_its_single_quotes(inviting: Asker) -> None:
    body = {**a_policy(), "definition": ["{'B2BManagementPolicy':{'Version':1}}"]}

    made = inviting.ask("POST", POLICIES, body)
    changed = inviting.ask("PATCH", f"{POLICIES}/{made.body['id']}", {**body, **AS_TEXT})

    assert (made.status, changed.status) == (201, 200)
    assert changed.body["isOrganizationDefault"] is True
    assert inviting.invite(ADA).status == 201


@pytest.mark.parametrize(
    "change",
    [
        {"definition": []},
        {"definition": ["rules"]},
        {"definition": ['{"B2BManagementPolicy": 1}']},
        {"definition": "{}"},
        {"displayName": ""},
        {"isOrganizationDefault": "perhaps"},
        {"colour": "red"},
        {"definition": a_policy(AllowedDomains=["a.com"], BlockedDomains=["b.com"])["definition"]},
    ],
)
def test_a_policy_that_cannot_be_is_refused(inviting: Asker, change: dict[str, Any]) -> None:
    assert inviting.code("POST", POLICIES, {**a_policy(), **change}) == (400, "Request_BadRequest")


def test_one_policy_is_the_default(inviting: Asker) -> None:
    inviting.ask("POST", POLICIES, a_policy())

    assert inviting.code("POST", POLICIES, a_policy())[0] == 400
    other = inviting.ask("POST", POLICIES, {**a_policy(), "isOrganizationDefault": False})
    assert other.status == 201
    assert inviting.code("PATCH", f"{POLICIES}/{other.body['id']}", AS_TEXT)[0] == 400


@pytest.mark.parametrize(
    ("lists", "status"),
    [
        ({"BlockedDomains": ["contoso.com"]}, 403),
        ({"BlockedDomains": ["CONTOSO.COM"]}, 403),
        ({"BlockedDomains": ["contoso.org"], "AllowedDomains": []}, 201),
        ({"AllowedDomains": ["contoso.com"]}, 201),
        ({"AllowedDomains": ["contoso.org"]}, 403),
        ({}, 201),
    ],
)
def test_the_lists_decide_who_is_invited(
    inviting: Asker, lists: dict[str, list[str]], status: int
) -> None:
    inviting.ask("POST", POLICIES, a_policy(**lists))

    assert inviting.invite(ADA).status == status


def test_a_policy_that_is_not_the_default_blocks_nobody(inviting: Asker) -> None:
    body = {**a_policy(BlockedDomains=["contoso.com"]), "isOrganizationDefault": False}
    inviting.ask("POST", POLICIES, body)

    assert inviting.invite(ADA).status == 201


@pytest.mark.parametrize(("state", "status"), [("Accepted", 201), ("PendingAcceptance", 403)])
def test_the_lists_spare_who_has_accepted(inviting: Asker, state: str, status: int) -> None:
    user_id = inviting.invited(ADA)
    inviting.world.tenant("fabrikam").patch_user(user_id, {"externalUserState": state})
    inviting.ask("POST", POLICIES, a_policy(BlockedDomains=["contoso.com"]))

    assert inviting.invite(ADA).status == status


def only(access: str, *targets: str, kind: str = "user") -> dict[str, Any]:
    named = [{"target": target, "targetType": kind} for target in targets]
    return {"usersAndGroups": {"accessType": access, "targets": named}}


@pytest.mark.parametrize(
    ("setting", "status"),
    [
        (only("allowed", PERSON_ID), 201),
        (only("blocked", PERSON_ID), 403),
        (only("allowed", EMPLOYEES, kind="group"), 201),
        (only("blocked", EMPLOYEES, kind="group"), 403),
        (only("allowed", "somebody"), 403),
        (only("blocked", "somebody"), 201),
        ({"applications": only("blocked", "AllApplications")["usersAndGroups"]}, 201),
    ],
)
@pytest.mark.parametrize("side", ["inbound", "outbound"])
def test_both_sides_settings_name_who_may_come(
    inviting: Asker, side: str, setting: dict[str, Any], status: int
) -> None:
    if side == "inbound":
        body = {"tenantId": CONTOSO, "b2bCollaborationInbound": setting}
        inviting.ask("POST", PARTNERS, body)
    else:
        body = {"tenantId": FABRIKAM, "b2bCollaborationOutbound": setting}
        Asker(inviting.world, "contoso").ask("POST", PARTNERS, body)

    assert inviting.invite(PERSON).status == status


def test_a_partner_may_come_although_the_default_is_closed(inviting: Asker) -> None:
    inviting.ask("PATCH", DEFAULT, {"b2bCollaborationInbound": only("blocked", "AllUsers")})
    closed = inviting.invite(ADA).status
    open_to = {"tenantId": CONTOSO, "b2bCollaborationInbound": only("allowed", "AllUsers")}
    inviting.ask("POST", PARTNERS, open_to)

    assert closed == 403
    assert inviting.invite(ADA).status == 201
    assert inviting.invite("ada@elsewhere.com").status == 403


def test_what_is_blocked_is_said_in_the_documented_words(inviting: Asker) -> None:
    inviting.ask("PATCH", DEFAULT, {"b2bCollaborationInbound": only("blocked", "AllUsers")})

    message = inviting.invite(ADA).body["error"]["message"]

    assert message.startswith("This invitation is blocked by cross-tenant access settings.")


def test_nobody_is_reset_inside_an_organization_after_accepting() -> None:
    world = organized("fabrikam")
    contoso = of(world, "contoso")
    user_id = contoso.invited("guest@fabrikam.com")
    reset = {"resetRedemption": True, "invitedUser": {"id": user_id}}
    pending = contoso.invite("guest@fabrikam.com", **reset).status
    world.tenant("contoso").patch_user(user_id, {"externalUserState": "Accepted"})

    assert pending == 201
    assert contoso.invite("guest@fabrikam.com", **reset).status == 400


def test_an_external_user_made_by_hand_is_found_by_its_address(inviting: Asker) -> None:
    guest = a_user(9, "fabrikam", mail=ADA, externalUserState="Accepted", proxyAddresses=[])
    made = inviting.world.tenant("fabrikam").add_user(guest)

    assert inviting.invited(ADA) == made
