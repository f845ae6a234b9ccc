from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import Asker

POLICY = "/policies/crossTenantAccessPolicy"
CONTOSO = sandbox_id("tenant:contoso")
PARTNERS = f"{POLICY}/partners"
PARTNER = f"{PARTNERS}/{CONTOSO}"
SYNC = f"{PARTNER}/identitySynchronization"
ALLOW = {"displayName": "Contoso", "userSyncInbound": {"isSyncAllowed": True}}
BLOCKED = {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}


@pytest.fixture
def partnered(fabrikam: Asker) -> Asker:
    assert fabrikam.ask("POST", PARTNERS, {"tenantId": CONTOSO}).status == 201
    return fabrikam


def test_the_policy_and_its_default_are_there_from_the_start(fabrikam: Asker) -> None:
    default = fabrikam.get(f"{POLICY}/default")

    assert fabrikam.get(POLICY)["allowedCloudEndpoints"] == []
    assert default["isServiceDefault"] is True
    assert default["b2bCollaborationInbound"]["usersAndGroups"]["accessType"] == "allowed"
    assert default["b2bDirectConnectInbound"]["applications"]["accessType"] == "blocked"


def test_the_default_is_changed_and_reset(fabrikam: Asker) -> None:
    address = f"{POLICY}/default"
    trust = {"inboundTrust": {"isMfaAccepted": True}}
    consent = {"automaticUserConsentSettings": {"inboundAllowed": True}}

    assert fabrikam.ask("PATCH", address, trust).status == 204
    assert fabrikam.get(address)["isServiceDefault"] is False
    assert fabrikam.code("PATCH", address, consent) == (400, "Request_BadRequest")
    assert fabrikam.ask("POST", f"{address}/resetToSystemDefault").status == 204
    assert fabrikam.get(address)["inboundTrust"]["isMfaAccepted"] is False


def test_clouds_are_allowed_by_name(fabrikam: Asker) -> None:
    allowed = {"allowedCloudEndpoints": ["microsoftonline.us"]}

    assert fabrikam.ask("PATCH", POLICY, allowed).status == 204
    assert fabrikam.get(POLICY)["allowedCloudEndpoints"] == ["microsoftonline.us"]
    assert fabrikam.ask("PATCH", POLICY, {"allowedCloudEndpoints": ["x"]}).status == 400


def test_a_new_partner_inherits_everything(partnered: Asker) -> None:
    partner = partnered.get(PARTNER)

    assert partner["tenantId"] == CONTOSO
    assert partner["inboundTrust"] is None
    assert partner["automaticUserConsentSettings"] == {
        "inboundAllowed": None,
        "outboundAllowed": None,
    }
    assert "crossCloudMeetingConfiguration" in partner  # Graph answers members of no schema


def test_a_second_partner_of_one_tenant_is_a_409(partnered: Asker) -> None:
    assert partnered.code("POST", PARTNERS, {"tenantId": CONTOSO.upper()}) == (
        409,
        "Request_MultipleObjectsWithSameKeyValue",
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tenantId": "contoso.com"},
        {"tenantId": sandbox_id("tenant:fabrikam")},
        {"tenantId": CONTOSO, "isInMultiTenantOrganization": True},
        {"tenantId": CONTOSO, "shoeSize": 44},
    ],
)
def test_a_partner_that_cannot_be_is_refused(fabrikam: Asker, body: Any) -> None:
    assert fabrikam.code("POST", PARTNERS, body) == (400, "Request_BadRequest")


def test_a_patch_merges_complex_members_and_null_inherits(partnered: Asker) -> None:
    consent = {"automaticUserConsentSettings": {"inboundAllowed": True}}
    more = {"automaticUserConsentSettings": {"outboundAllowed": False}}
    trust = {"inboundTrust": {"isMfaAccepted": True}}
    for body in (consent, more, trust, {"inboundTrust": None}):
        assert partnered.ask("PATCH", PARTNER, body).status == 204

    partner = partnered.get(PARTNER)

    assert partner["inboundTrust"] is None
    assert partner["automaticUserConsentSettings"] == {
        "inboundAllowed": True,
        "outboundAllowed": False,
    }


@pytest.mark.parametrize(
    "body",
    [
        {"tenantId": CONTOSO},
        {"inboundTrust": {"isMfaAccepted": "yes"}},
        {"inboundTrust": {"isShoeAccepted": True}},
        {"b2bCollaborationInbound": {"usersAndGroups": {"accessType": "maybe", "targets": [{}]}}},
        {"b2bCollaborationInbound": {"usersAndGroups": {"accessType": "blocked", "targets": []}}},
        {"b2bCollaborationInbound": {"people": BLOCKED}},
        {"b2bDirectConnectOutbound": []},
    ],
)
def test_a_setting_that_cannot_be_is_refused(partnered: Asker, body: Any) -> None:
    assert partnered.code("PATCH", PARTNER, body) == (400, "Request_BadRequest")


def test_b2b_settings_are_kept(partnered: Asker) -> None:
    setting = {"b2bDirectConnectOutbound": {"usersAndGroups": BLOCKED}}

    assert partnered.ask("PATCH", PARTNER, setting).status == 204
    assert partnered.get(PARTNER)["b2bDirectConnectOutbound"]["usersAndGroups"] == BLOCKED


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("GET", PARTNER, None),
        ("PATCH", PARTNER, {}),
        ("DELETE", PARTNER, None),
        ("GET", SYNC, None),
        ("PUT", SYNC, ALLOW),
        ("PATCH", SYNC, ALLOW),
        ("DELETE", SYNC, None),
    ],
)
def test_without_the_partner_there_is_nothing(
    fabrikam: Asker, method: str, address: str, body: Any
) -> None:
    assert fabrikam.code(method, address, body) == (404, "Directory_ObjectNotFound")


def test_identity_synchronization_is_put_once_then_patched(partnered: Asker) -> None:
    first = partnered.ask("PUT", SYNC, ALLOW)
    again = partnered.code("PUT", SYNC, ALLOW)
    patched = partnered.ask("PATCH", SYNC, {"userSyncInbound": {"isSyncAllowed": False}})

    assert (first.status, first.body, patched.status) == (204, None, 204)
    assert again == (409, "Request_MultipleObjectsWithSameKeyValue")
    assert partnered.get(SYNC)["userSyncInbound"] == {"isSyncAllowed": False}
    assert partnered.get(SYNC)["displayName"] == "Contoso"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_identity_synchronization_that_is_not_there(partnered: Asker, method: str) -> None:
    body = ALLOW if method == "PATCH" else None

    assert partnered.code(method, SYNC, body) == (404, "Directory_ObjectNotFound")


def test_identity_synchronization_goes_before_its_partner(partnered: Asker) -> None:
    partnered.ask("PUT", SYNC, ALLOW)
    too_early = partnered.code("DELETE", PARTNER)
    statuses = [partnered.ask("DELETE", address).status for address in (SYNC, PARTNER)]

    assert too_early == (400, "Request_BadRequest")
    assert statuses == [204, 204]
    assert partnered.code("GET", PARTNER)[0] == 404


def test_groups_are_synchronized_on_beta_only(partnered: Asker) -> None:
    body = {"groupSyncInbound": {"isSyncAllowed": True}}

    assert partnered.code("PUT", SYNC, body) == (400, "Request_BadRequest")
    assert partnered.ask("PUT", f"/beta{SYNC}", body).status == 204


def test_partners_are_listed_with_their_identity_synchronization(partnered: Asker) -> None:
    partnered.ask("POST", PARTNERS, {"tenantId": sandbox_id("tenant:northwind")})
    partnered.ask("PUT", SYNC, ALLOW)

    plain = partnered.get(PARTNERS)["value"]
    expanded = partnered.get(f"{PARTNERS}?$expand=identitySynchronization")["value"]

    assert "identitySynchronization" not in plain[0]
    assert expanded[0]["identitySynchronization"]["userSyncInbound"]["isSyncAllowed"] is True
    assert expanded[1]["identitySynchronization"] is None
    one = partnered.get(f"{PARTNER}?$expand=identitySynchronization")
    assert one["identitySynchronization"]["displayName"] == "Contoso"


def test_v1_has_no_groups_and_no_other_cloud(partnered: Asker) -> None:
    body = {"groupSyncInbound": {"isSyncAllowed": True}}
    partnered.ask("PUT", f"/beta{SYNC}", {**ALLOW, **body})

    assert partnered.get(f"/beta{SYNC}")["groupSyncInbound"] == {"isSyncAllowed": True}
    assert partnered.get(f"/beta{SYNC}")["externalCloudAuthorizedApplicationId"] is None
    shown = set(partnered.get(SYNC)) - {"@odata.context"}
    assert shown == {"tenantId", "displayName", "userSyncInbound"}


def test_a_setting_of_beta_is_unknown_to_v1(partnered: Asker) -> None:
    body = {"blockServiceProviderOutboundAccess": True}

    assert partnered.code("PATCH", PARTNER, body) == (400, "Request_BadRequest")
    assert partnered.ask("PATCH", f"/beta{PARTNER}", body).status == 204
    assert partnered.get(f"/beta{PARTNER}")["blockServiceProviderOutboundAccess"] is True
    assert "blockServiceProviderOutboundAccess" not in partnered.get(PARTNER)


@pytest.mark.parametrize(
    "setting",
    [
        {"isServiceProvider": True},
        {"appServiceConnectInbound": {"applications": BLOCKED}},
        {"m365CollaborationInbound": {"users": BLOCKED}},
        {"m365CollaborationOutbound": {"usersAndGroups": BLOCKED}},
        {"tenantRestrictions": {"usersAndGroups": BLOCKED, "devices": {"mode": "allowed"}}},
        {"crossCloudMeetingConfiguration": {"inboundAllowed": True, "outboundAllowed": None}},
        {"protectedContentSharing": {"inboundAllowed": False, "outboundAllowed": None}},
        {
            "invitationRedemptionIdentityProviderConfiguration": {
                "primaryIdentityProviderPrecedenceOrder": ["externalFederation"],
                "fallbackIdentityProvider": "emailOneTimePasscode",
            }
        },
    ],
)
def test_every_published_setting_is_kept(partnered: Asker, setting: dict[str, Any]) -> None:
    assert partnered.ask("PATCH", PARTNER, setting).status == 204
    assert partnered.get(PARTNER).items() >= setting.items()


@pytest.mark.parametrize(
    "body",
    [
        {"isServiceProvider": "yes"},
        {"m365CollaborationInbound": {"usersAndGroups": BLOCKED}},
        {"tenantRestrictions": {"devices": {"colour": "red"}}},
        {"b2bCollaborationInbound": {"usersAndGroups": "blocked"}},
        {"b2bCollaborationInbound": {"usersAndGroups": {"accessType": "allowed", "targets": [1]}}},
        {"invitationRedemptionIdentityProviderConfiguration": {"colour": "red"}},
    ],
)
def test_a_published_setting_of_another_form_is_refused(partnered: Asker, body: Any) -> None:
    assert partnered.code("PATCH", PARTNER, body) == (400, "Request_BadRequest")


@pytest.mark.unwitnessed
def test_members_of_no_schema_survive_a_patch(partnered: Asker) -> None:
    partner = partnered.world.tenant("fabrikam").partners[CONTOSO]
    partner["somethingNew"] = {"inboundAllowed": True}
    partnered.ask("PATCH", PARTNER, {"isServiceProvider": True})

    assert partnered.get(PARTNER)["somethingNew"] == {"inboundAllowed": True}


def test_a_default_that_is_set_to_null_starts_anew(fabrikam: Asker) -> None:
    address = f"{POLICY}/default"
    fabrikam.ask("PATCH", address, {"inboundTrust": {"isMfaAccepted": True}})

    assert fabrikam.ask("PATCH", address, {"inboundTrust": None}).status == 204
    assert fabrikam.get(address)["inboundTrust"]["isMfaAccepted"] is False


def test_selected_members_are_shown_with_what_is_expanded(partnered: Asker) -> None:
    partnered.ask("PUT", SYNC, ALLOW)

    partner = partnered.get(f"{PARTNER}?$select=tenantId&$expand=identitySynchronization")

    assert set(partner) == {"@odata.context", "tenantId", "identitySynchronization"}
    assert set(partnered.get(f"{POLICY}/default?$select=inboundTrust")) == {
        "@odata.context",
        "inboundTrust",
    }


def test_inbound_synchronization_says_one_thing_only(partnered: Asker) -> None:
    body = {"userSyncInbound": {"isSyncAllowed": True, "foo": 1}}

    assert partnered.code("PUT", SYNC, body) == (400, "Request_BadRequest")


def test_a_default_that_nothing_was_said_about_stays_the_services(fabrikam: Asker) -> None:
    assert fabrikam.ask("PATCH", f"{POLICY}/default", {}).status == 204
    assert fabrikam.get(f"{POLICY}/default")["isServiceDefault"] is True


def test_beta_says_when_a_policy_was_deleted(partnered: Asker) -> None:
    partnered.ask("PUT", SYNC, ALLOW)

    assert partnered.get(f"/beta{PARTNER}")["deletedDateTime"] is None
    assert partnered.get(f"/beta{SYNC}")["deletedDateTime"] is None
    assert "deletedDateTime" not in partnered.get(PARTNER)
    assert partnered.ask("GET", f"{PARTNER}?$select=deletedDateTime").status == 400


def test_the_policy_is_read_with_its_default_and_its_partners(partnered: Asker) -> None:
    whole = partnered.get(f"{POLICY}?$expand=default,partners")

    assert whole["default"]["isServiceDefault"] is True
    assert [one["tenantId"] for one in whole["partners"]] == [CONTOSO]
    assert partnered.ask("GET", f"{POLICY}?$expand=friends").status == 400
