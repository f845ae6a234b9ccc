from __future__ import annotations

import pytest

from sandbox.clock import ManualClock
from sandbox.seeds import sandbox_id
from tests.sandbox.asking import Asker

CONTOSO = sandbox_id("tenant:contoso")
PARTNERS = "/policies/crossTenantAccessPolicy/partners"
PARTNER = f"{PARTNERS}/{CONTOSO}"
SYNC = f"{PARTNER}/identitySynchronization"
DELETED = "/beta/policies/deletedItems/crossTenantPartners"
DELETED_SYNCS = "/beta/policies/deletedItems/crossTenantSyncPolicyPartners"
TRUST = {"inboundTrust": {"isMfaAccepted": True}}
ALLOW = {"displayName": "Contoso", "userSyncInbound": {"isSyncAllowed": True}}


@pytest.fixture
def emptied(fabrikam: Asker) -> Asker:
    """Fabrikam after its policies toward contoso were made and deleted."""
    for method, address, body in (
        ("POST", PARTNERS, {"tenantId": CONTOSO, **TRUST}),
        ("PUT", SYNC, ALLOW),
        ("DELETE", SYNC, None),
        ("DELETE", PARTNER, None),
    ):
        assert fabrikam.ask(method, address, body).status in {201, 204}
    return fabrikam


def pass_days(asker: Asker, days: float) -> None:
    clock = asker.world.clock
    assert isinstance(clock, ManualClock)
    clock.advance(days * 86400)


def test_deleted_policies_are_listed_with_their_day(emptied: Asker) -> None:
    (partner,) = emptied.get(DELETED)["value"]
    (sync,) = emptied.get(DELETED_SYNCS)["value"]

    assert partner["inboundTrust"] == {"isMfaAccepted": True}
    assert partner["displayName"] is None
    assert sync["userSyncInbound"] == {"isSyncAllowed": True}
    assert partner["deletedDateTime"] == sync["deletedDateTime"] == "2026-01-05T08:00:00Z"


def test_only_beta_has_deleted_policies(emptied: Asker) -> None:
    assert emptied.code("GET", "/policies/deletedItems/crossTenantPartners")[0] == 400


def test_a_deleted_policy_is_read_by_its_tenant(emptied: Asker) -> None:
    assert emptied.get(f"{DELETED}/{CONTOSO.upper()}")["tenantId"] == CONTOSO
    assert emptied.get(f"{DELETED_SYNCS}/{CONTOSO}")["displayName"] == "Contoso"
    assert emptied.code("GET", f"{DELETED}/{sandbox_id('tenant:nobody')}") == (
        404,
        "Directory_ObjectNotFound",
    )


def test_restored_policies_are_as_they_were(emptied: Asker) -> None:
    partner = emptied.ask("POST", f"{DELETED}/{CONTOSO}/restore")
    sync = emptied.ask("POST", f"{DELETED_SYNCS}/{CONTOSO}/restore")

    assert (partner.status, sync.status) == (200, 200)
    assert partner.body["tenantId"] == sync.body["tenantId"] == CONTOSO
    assert emptied.get(PARTNER)["inboundTrust"] == {"isMfaAccepted": True}
    assert emptied.get(SYNC)["userSyncInbound"] == {"isSyncAllowed": True}
    assert "displayName" not in emptied.get(f"/beta{PARTNER}")
    assert emptied.get(DELETED)["value"] == emptied.get(DELETED_SYNCS)["value"] == []


def test_identity_synchronization_comes_back_after_its_partner(emptied: Asker) -> None:
    assert emptied.code("POST", f"{DELETED_SYNCS}/{CONTOSO}/restore") == (
        400,
        "Request_BadRequest",
    )


def test_what_was_made_anew_is_not_overwritten(emptied: Asker) -> None:
    emptied.ask("POST", PARTNERS, {"tenantId": CONTOSO})
    emptied.ask("PUT", SYNC, ALLOW)
    conflict = (409, "Request_MultipleObjectsWithSameKeyValue")

    assert emptied.code("POST", f"{DELETED}/{CONTOSO}/restore") == conflict
    assert emptied.code("POST", f"{DELETED_SYNCS}/{CONTOSO}/restore") == conflict


def test_deleting_again_is_for_good(emptied: Asker) -> None:
    statuses = [
        emptied.ask("DELETE", f"{address}/{CONTOSO}").status for address in (DELETED, DELETED_SYNCS)
    ]

    assert statuses == [204, 204]
    assert emptied.code("GET", f"{DELETED}/{CONTOSO}")[0] == 404
    assert emptied.code("POST", f"{DELETED_SYNCS}/{CONTOSO}/restore")[0] == 404


def test_deleted_policies_stay_thirty_days(emptied: Asker) -> None:
    pass_days(emptied, 29.9)
    before = len(emptied.get(DELETED)["value"])
    pass_days(emptied, 0.1)

    assert before == 1
    assert emptied.get(DELETED)["value"] == emptied.get(DELETED_SYNCS)["value"] == []


def test_of_a_deleted_policy_is_shown_what_is_selected(emptied: Asker) -> None:
    one = emptied.get(f"{DELETED}/{CONTOSO}?$select=tenantId")

    assert [name for name in one if "@" not in name] == ["tenantId"]
    assert emptied.ask("GET", f"{DELETED}/{CONTOSO}?$select=foo").status == 400
