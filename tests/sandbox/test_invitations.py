from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import Asker, a_user

ADA = "ada@contoso.com"
SELECT = (
    "$select=id,mail,otherMails,proxyAddresses,userPrincipalName,userType,creationType,"
    "externalUserState,displayName,mailNickname,identities,accountEnabled"
)


def consent(fabrikam: Asker, *, inbound: bool = True, outbound: bool = True) -> None:
    source = fabrikam.world.tenant("contoso")
    for asker, partner, settings in (
        (fabrikam, source.tenant_id, {"inboundAllowed": inbound}),
        (
            Asker(fabrikam.world, "contoso"),
            fabrikam.world.tenant("fabrikam").tenant_id,
            {"outboundAllowed": outbound},
        ),
    ):
        body = {"tenantId": partner, "automaticUserConsentSettings": settings}
        assert asker.ask("POST", "/policies/crossTenantAccessPolicy/partners", body).status == 201


def test_an_invited_user_is_an_external_guest(fabrikam: Asker) -> None:
    answer = fabrikam.invite(ADA, invitedUserDisplayName="Ada")
    user = fabrikam.get(f"/users/{answer.body['invitedUser']['id']}?{SELECT}")

    assert answer.body["status"] == "PendingAcceptance"
    assert answer.body["inviteRedeemUrl"].startswith("https://")
    assert user["userPrincipalName"] == "ada_contoso.com#EXT#@fabrikam.onmicrosoft.com"
    assert (user["userType"], user["creationType"]) == ("Guest", "Invitation")
    assert (user["externalUserState"], user["accountEnabled"]) == ("PendingAcceptance", True)
    assert (user["mail"], user["otherMails"]) == (ADA, [ADA])
    assert (user["displayName"], user["mailNickname"]) == ("Ada", "ada_contoso.com#EXT#")
    assert user["identities"][0]["issuer"] == "contoso.com"


def test_inviting_again_returns_the_same_user(fabrikam: Asker) -> None:
    first = fabrikam.invited(ADA)
    fabrikam.ask("PATCH", f"/users/{first}", {"mail": "changed@contoso.com"})

    assert fabrikam.invited("ADA@contoso.com") == first  # still known by an other mail
    assert fabrikam.world.invitations == {("fabrikam", ADA): 2}
    assert len(fabrikam.ids("/users?$filter=creationType eq 'Invitation'")) == 1


def test_a_deleted_guest_does_not_stand_in_the_way(fabrikam: Asker) -> None:
    first = fabrikam.invited(ADA)
    fabrikam.ask("DELETE", f"/users/{first}")

    assert fabrikam.invited(ADA) != first


def test_two_people_get_two_names(fabrikam: Asker) -> None:
    tenant = fabrikam.world.tenant("fabrikam")
    name = "ada_contoso.com#EXT#@fabrikam.onmicrosoft.com"
    tenant.add_user(a_user(77, "fabrikam", userPrincipalName=name))
    user = fabrikam.get(f"/users/{fabrikam.invited(ADA)}")

    assert user["userPrincipalName"] == "ada_contoso.com#EXT#1@fabrikam.onmicrosoft.com"


@pytest.mark.parametrize("character", list('~!#$%^&*()+=[]{}\\/|;:"<>?, '))
def test_a_refused_character_refuses_the_address(fabrikam: Asker, character: str) -> None:
    assert fabrikam.invite(f"ada{character}l@contoso.com").status == 400


@pytest.mark.parametrize(
    "address", ["ada.contoso.com", "@contoso.com", ".ada@contoso.com", "ada-@contoso.com", "a@b"]
)
def test_what_is_no_address_is_refused(fabrikam: Asker, address: str) -> None:
    assert fabrikam.invite(address).status == 400


@pytest.mark.parametrize("address", ["o'neil@contoso.com", "a_b.c-d@contoso.com", "å@contoso.com"])
def test_unusual_addresses_are_invited(fabrikam: Asker, address: str) -> None:
    assert fabrikam.invite(address).status == 201


@pytest.mark.parametrize(
    "change",
    [
        {"inviteRedirectUrl": None},
        {"invitedUserType": "Owner"},
        {"invitedUserMessageInfo": {"ccRecipients": [{}, {}]}},
        {"shoeSize": 44},
        {"resetRedemption": True},
    ],
)
def test_an_incomplete_invitation_is_refused(fabrikam: Asker, change: dict[str, Any]) -> None:
    assert fabrikam.invite(ADA, **change).status == 400


def test_ones_own_domain_is_not_b2b(fabrikam: Asker) -> None:
    nobody = fabrikam.invite("nobody@fabrikam.com")
    somebody = fabrikam.invite("person1@fabrikam.com")

    assert (nobody.status, somebody.status) == (400, 400)
    assert sandbox_id("user:fabrikam:1") in somebody.body["error"]["message"]


def test_an_internal_account_with_the_address_is_no_guest(fabrikam: Asker) -> None:
    tenant = fabrikam.world.tenant("fabrikam")
    tenant.patch_user(sandbox_id("user:fabrikam:1"), {"otherMails": [ADA]})

    assert fabrikam.invite(ADA).status == 400
    assert tenant.invitations == {}


@pytest.mark.parametrize(
    ("setting", "status"),
    [
        ("everyone", 201),
        ("adminsGuestInvitersAndAllMembers", 201),
        ("adminsAndGuestInviters", 403),
        ("none", 403),
    ],
)
def test_the_authorization_policy_decides(fabrikam: Asker, setting: str, status: int) -> None:
    patched = fabrikam.ask("PATCH", "/policies/authorizationPolicy", {"allowInvitesFrom": setting})

    assert patched.status == 204
    assert fabrikam.invite(ADA).status == status


def test_blocked_inbound_collaboration_blocks_invitations(fabrikam: Asker) -> None:
    everyone = {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}
    body = {
        "tenantId": fabrikam.world.tenant("contoso").tenant_id,
        "b2bCollaborationInbound": {"usersAndGroups": everyone},
    }
    fabrikam.ask("POST", "/policies/crossTenantAccessPolicy/partners", body)

    assert fabrikam.invite(ADA).status == 403
    assert fabrikam.invite("ada@elsewhere.com").status == 201


@pytest.mark.parametrize(
    ("inbound", "outbound", "at_once", "state"),
    [
        (True, True, True, "Accepted"),
        (True, True, False, "PendingAcceptance"),
        (True, False, True, "PendingAcceptance"),
        (False, True, True, "PendingAcceptance"),
    ],
)
def test_automatic_redemption_needs_both_sides(
    fabrikam: Asker, *, inbound: bool, outbound: bool, at_once: bool, state: str
) -> None:
    fabrikam.world.store.switches.redemption_completes_at_once = at_once
    consent(fabrikam, inbound=inbound, outbound=outbound)

    user = fabrikam.get(f"/users/{fabrikam.invited(ADA)}?$select=externalUserState")

    assert user["externalUserState"] == state


def test_mails_are_counted(fabrikam: Asker) -> None:
    fabrikam.invite("silent@contoso.com")
    fabrikam.invite("told@contoso.com", sendInvitationMessage=True)
    consent(fabrikam)
    fabrikam.invite("quiet@contoso.com")
    fabrikam.invite("noted@contoso.com", sendInvitationMessage=True)
    fabrikam.world.store.switches.silent_invitations_notify = True
    fabrikam.invite("surprised@contoso.com")

    assert fabrikam.world.mails == [
        ("fabrikam", "invitation", "told@contoso.com"),
        ("fabrikam", "notification", "noted@contoso.com"),
        ("fabrikam", "notification", "surprised@contoso.com"),
    ]


def test_a_reset_keeps_the_object(fabrikam: Asker) -> None:
    user_id = fabrikam.invited(ADA)
    fabrikam.world.tenant("fabrikam").patch_user(user_id, {"externalUserState": "Accepted"})

    answer = fabrikam.invite(ADA, resetRedemption=True, invitedUser={"id": user_id})

    assert answer.body["invitedUser"]["id"] == user_id
    user = fabrikam.get(f"/users/{user_id}?$select=externalUserState")
    assert user["externalUserState"] == "PendingAcceptance"


def test_a_guest_is_made_a_member_by_a_patch(fabrikam: Asker) -> None:
    user_id = fabrikam.invited(ADA)

    assert fabrikam.ask("PATCH", f"/users/{user_id}", {"userType": "Member"}).status == 204
    assert fabrikam.get(f"/users/{user_id}?$select=userType")["userType"] == "Member"


def test_whose_addresses_have_all_changed_is_still_who_was_invited(fabrikam: Asker) -> None:
    fabrikam.world.store.switches.invitations_remember_names = True
    first = fabrikam.invited(ADA)
    change = {"mail": "grace@contoso.com", "otherMails": ["grace@contoso.com"]}
    fabrikam.ask("PATCH", f"/users/{first}", change)

    assert fabrikam.invited(ADA) == first
    assert fabrikam.invited("alan@contoso.com") != first


def test_who_got_a_second_name_is_found_by_it(fabrikam: Asker) -> None:
    fabrikam.world.store.switches.invitations_remember_names = True
    name = "ada_contoso.com#EXT#@fabrikam.onmicrosoft.com"
    fabrikam.world.tenant("fabrikam").add_user(a_user(77, "fabrikam", userPrincipalName=name))
    first = fabrikam.invited(ADA)
    fabrikam.ask("PATCH", f"/users/{first}", {"mail": "b@c.de", "otherMails": ["b@c.de"]})

    assert fabrikam.invited(ADA) == first


def test_nobody_s_own_account_is_reset(fabrikam: Asker) -> None:
    one = sandbox_id("user:fabrikam:1")
    fabrikam.ask("PATCH", f"/users/{one}", {"otherMails": [ADA]})

    assert fabrikam.invite(ADA, resetRedemption=True, invitedUser={"id": one}).status == 400
    user = fabrikam.get(f"/users/{one}?$select=externalUserState")
    assert user["externalUserState"] is None


def test_a_reset_takes_an_address_that_the_user_already_has(fabrikam: Asker) -> None:
    guest = fabrikam.invited(ADA)
    wish = {"resetRedemption": True, "invitedUser": {"id": guest.upper()}}

    early = fabrikam.invite("ada@elsewhere.com", **wish)
    fabrikam.ask("PATCH", f"/users/{guest}", {"otherMails": ["ada@elsewhere.com"]})
    late = fabrikam.invite("Ada@elsewhere.com", **wish)

    assert (early.status, late.status) == (400, 201)
    identities = fabrikam.get(f"/users/{guest}?$select=identities")["identities"]
    assert identities[0]["issuer"] == "elsewhere.com"
