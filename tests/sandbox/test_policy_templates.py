from __future__ import annotations

from typing import Any

import pytest

from sandbox.world import Sandbox
from tests.sandbox.asking import Asker
from tests.sandbox.organized import TENANTS, add, found, join, of, three_tenants, tid, wait

POLICY = "/policies/crossTenantAccessPolicy"
PARTNERS = f"{POLICY}/partners"
TEMPLATE = f"{POLICY}/templates/multiTenantOrganizationPartnerConfiguration"
SYNC_TEMPLATE = f"{POLICY}/templates/multiTenantOrganizationIdentitySynchronization"
CONSENT = {"automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True}}
ALLOW = {"userSyncInbound": {"isSyncAllowed": True}}
TO_FABRIKAM = f"{PARTNERS}/{tid('fabrikam')}"
TO_CONTOSO = f"{PARTNERS}/{tid('contoso')}"


def set_template(asker: Asker, **more: Any) -> None:
    for path, body in ((TEMPLATE, CONSENT), (SYNC_TEMPLATE, ALLOW)):
        assert asker.ask("PATCH", path, {**body, **more}).status == 204


def unite(world: Sandbox) -> None:
    contoso = of(world, "contoso")
    found(contoso)
    add(contoso, "fabrikam")
    join(world, "fabrikam")


def test_a_new_template_says_nothing_to_everybody() -> None:
    contoso = of(three_tenants(), "contoso")

    for path in (TEMPLATE, SYNC_TEMPLATE):
        assert contoso.get(path)["templateApplicationLevel"] == "newPartners,existingPartners"
    assert contoso.get(TEMPLATE)["inboundTrust"] is None
    assert contoso.get(SYNC_TEMPLATE)["userSyncInbound"] == {"isSyncAllowed": None}


def test_a_template_is_changed_and_reset() -> None:
    contoso = of(three_tenants(), "contoso")
    set_template(contoso)
    changed = contoso.get(TEMPLATE), contoso.get(SYNC_TEMPLATE)
    resets = [
        contoso.ask("POST", f"{path}/resetToDefaultSettings").status
        for path in (TEMPLATE, SYNC_TEMPLATE)
    ]

    assert changed[0].items() >= CONSENT.items()
    assert changed[1].items() >= ALLOW.items()
    assert resets == [204, 204]
    assert contoso.get(TEMPLATE)["automaticUserConsentSettings"]["inboundAllowed"] is None
    assert contoso.get(SYNC_TEMPLATE)["userSyncInbound"]["isSyncAllowed"] is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (TEMPLATE, {"id": "mine"}),
        (TEMPLATE, {"tenantRestrictions": None}),
        (TEMPLATE, {"inboundTrust": {"isShoeAccepted": True}}),
        (TEMPLATE, {"templateApplicationLevel": "everyone"}),
        (TEMPLATE, {"templateApplicationLevel": None}),
        (SYNC_TEMPLATE, {"groupSyncInbound": {"isSyncAllowed": True}}),
        (SYNC_TEMPLATE, {"userSyncInbound": {"isSyncAllowed": "yes"}}),
        (SYNC_TEMPLATE, {"userSyncInbound": True}),
    ],
)
def test_a_template_that_cannot_be_is_refused(path: str, body: dict[str, Any]) -> None:
    contoso = of(three_tenants(), "contoso")

    assert contoso.code("PATCH", path, body) == (400, "Request_BadRequest")


def test_tenants_of_an_organization_get_settings_toward_each_other() -> None:
    world = three_tenants()
    unite(world)

    for alias, path in (("contoso", TO_FABRIKAM), ("fabrikam", TO_CONTOSO)):
        partner = of(world, alias).get(f"{path}?$expand=identitySynchronization")
        assert partner["isInMultiTenantOrganization"] is True
        assert partner["automaticUserConsentSettings"]["inboundAllowed"] is None
        assert partner["identitySynchronization"]["userSyncInbound"] is None


def test_each_tenant_applies_its_own_template() -> None:
    world = three_tenants()
    set_template(of(world, "contoso"))
    unite(world)

    partner = of(world, "contoso").get(TO_FABRIKAM)
    sync = of(world, "contoso").get(f"{TO_FABRIKAM}/identitySynchronization")

    assert partner.items() >= CONSENT.items()
    assert (sync["displayName"], sync["userSyncInbound"]) == ("Fabrikam", ALLOW["userSyncInbound"])
    other = of(world, "fabrikam").get(TO_CONTOSO)["automaticUserConsentSettings"]
    assert other["inboundAllowed"] is None


@pytest.mark.parametrize(
    ("level", "existing", "amended"),
    [
        ("newPartners", False, True),
        ("newPartners", True, False),
        ("existingPartners", False, False),
        ("existingPartners", True, True),
        ("newPartners, existingPartners", True, True),
        ("none", False, False),
        ("", True, False),
    ],
)
def test_the_level_says_which_settings_are_amended(
    *, level: str, existing: bool, amended: bool
) -> None:
    world = three_tenants()
    contoso = of(world, "contoso")
    set_template(contoso, templateApplicationLevel=level)
    if existing:
        contoso.ask("POST", PARTNERS, {"tenantId": tid("fabrikam")})
    unite(world)

    consent = contoso.get(TO_FABRIKAM)["automaticUserConsentSettings"]["inboundAllowed"]
    assert (consent is True) is amended


def test_what_a_template_leaves_open_stays() -> None:
    world = three_tenants()
    contoso = of(world, "contoso")
    trust = {"isMfaAccepted": True, "isCompliantDeviceAccepted": False}
    contoso.ask("POST", PARTNERS, {"tenantId": tid("fabrikam"), "inboundTrust": trust})
    contoso.ask("PATCH", TEMPLATE, {"inboundTrust": {"isCompliantDeviceAccepted": True}})
    unite(world)

    partner = contoso.get(TO_FABRIKAM)
    assert partner["inboundTrust"] == {"isMfaAccepted": True, "isCompliantDeviceAccepted": True}
    assert partner["b2bCollaborationInbound"] is None


def test_settings_stay_when_a_tenant_leaves() -> None:
    world = three_tenants()
    set_template(of(world, "contoso"))
    unite(world)
    contoso = of(world, "contoso")
    contoso.ask("DELETE", f"{TENANTS}/{tid('fabrikam')}")
    wait(world)

    partner = contoso.get(TO_FABRIKAM)
    assert partner["isInMultiTenantOrganization"] is False
    assert partner.items() >= CONSENT.items()
