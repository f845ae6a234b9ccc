from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest

from reconcile.graph.holding import Kind
from sandbox.seeds import sandbox_id
from stacks.dynamic.identity_sync import IdentitySyncProvider
from stacks.dynamic.partner import PartnerProvider
from tests.dynamic.provider_host import Book, Host, Props, provider_host
from tests.served import Served

PARTNER = f"/policies/crossTenantAccessPolicy/partners/{sandbox_id('tenant:contoso')}"
SYNC = f"{PARTNER}/identitySynchronization"
OPEN = {"automaticUserConsentSettings": {"inboundAllowed": True}}
CLOSED = {"automaticUserConsentSettings": {"inboundAllowed": False}}
TRUSTING = {"inboundTrust": {"isMfaAccepted": True}}
WARY = {"inboundTrust": {"isMfaAccepted": False}}
CLOSED_SYNC = {"userSyncInbound": {"isSyncAllowed": False}}


def fabrikam(**props: Any) -> Props:
    return {
        "tenant": "fabrikam",
        "tenant_id": sandbox_id("tenant:fabrikam"),
        "partner": "contoso",
        "partner_id": sandbox_id("tenant:contoso"),
        "takeover": False,
        **props,
    }


def wanting(settings: Props, **props: Any) -> Props:
    return fabrikam(settings=settings, **props)


@pytest.fixture
def partner(host: Host, served: Served) -> Iterator[Book]:
    book = host.book(PartnerProvider())
    yield book
    if book.id:
        book.destroy()
    with suppress(httpx.HTTPStatusError):  # it is gone, or somebody's word keeps it there
        served.graph("fabrikam", "DELETE", PARTNER)


@pytest.fixture
def sync(host: Host, partner: Book) -> Iterator[Book]:
    partner.up(wanting(OPEN))
    book = host.book(IdentitySyncProvider())
    yield book
    if book.id:
        book.destroy()


def test_a_partner_is_made_and_a_second_preview_shows_nothing(partner: Book) -> None:
    partner.up(wanting({**OPEN, **TRUSTING}))
    partner.refresh()

    assert not partner.differs(wanting({**OPEN, **TRUSTING}))
    assert partner.id == f"{sandbox_id('tenant:fabrikam')}/{sandbox_id('tenant:contoso')}"


def test_inherit_survives_the_way_to_the_provider_and_back(partner: Book, served: Served) -> None:
    partner.up(wanting(TRUSTING))
    partner.up(wanting({"inboundTrust": "inherit"}))
    partner.refresh()

    assert partner.outputs["settings"] == {"inboundTrust": "inherit"}
    assert served.graph("fabrikam", "GET", PARTNER)["inboundTrust"] is None
    assert not partner.differs(wanting({"inboundTrust": "inherit"}))


def test_a_change_by_hand_is_in_the_refreshed_inputs_and_mended(
    partner: Book, served: Served
) -> None:
    partner.up(wanting(TRUSTING))
    served.graph("fabrikam", "PATCH", PARTNER, WARY)
    partner.refresh()
    assert partner.inputs["settings"] == WARY
    assert partner.differs(wanting(TRUSTING))

    partner.up(wanting(TRUSTING))

    assert served.graph("fabrikam", "GET", PARTNER)["inboundTrust"] == TRUSTING["inboundTrust"]


def test_what_the_target_closed_is_no_difference_and_is_told(partner: Book, served: Served) -> None:
    partner.up(wanting(OPEN))
    served.graph("fabrikam", "PATCH", PARTNER, CLOSED)
    partner.refresh()

    assert not partner.differs(wanting(OPEN))
    assert "contoso → fabrikam: stopped by fabrikam" in partner.outputs["stopped"]
    assert "tenantry resume contoso-to-fabrikam" in partner.outputs["stopped"]


def test_a_preview_of_another_change_shows_the_switch_as_it_stands(
    partner: Book, served: Served
) -> None:
    partner.up(wanting(OPEN))
    served.graph("fabrikam", "PATCH", PARTNER, CLOSED)
    partner.refresh()

    shown = partner.checked(wanting({**OPEN, **TRUSTING}))

    assert shown["settings"] == {**CLOSED, **TRUSTING}
    assert shown["stopped"] == partner.outputs["stopped"]


def test_another_change_leaves_the_switch_off(partner: Book, served: Served) -> None:
    partner.up(wanting(OPEN))
    served.graph("fabrikam", "PATCH", PARTNER, CLOSED)
    partner.refresh()

    for _ in range(2):
        partner.up(wanting({**OPEN, **TRUSTING}))

    found = served.graph("fabrikam", "GET", PARTNER)
    assert found["automaticUserConsentSettings"]["inboundAllowed"] is False
    assert found["inboundTrust"] == TRUSTING["inboundTrust"]
    assert partner.outputs["stopped"]


def test_a_stop_is_respected_without_a_refresh(partner: Book, served: Served) -> None:
    partner.up(wanting(OPEN))
    served.graph("fabrikam", "PATCH", PARTNER, CLOSED)

    partner.up(wanting({**OPEN, **TRUSTING}))
    partner.up(wanting({**OPEN, "inboundTrust": {"isCompliantDeviceAccepted": True}}))

    consent = served.graph("fabrikam", "GET", PARTNER)["automaticUserConsentSettings"]
    assert consent["inboundAllowed"] is False


def test_a_stop_is_over_once_the_switch_is_on_again(partner: Book, served: Served) -> None:
    partner.up(wanting(OPEN))
    served.graph("fabrikam", "PATCH", PARTNER, CLOSED)
    partner.refresh()
    served.graph("fabrikam", "PATCH", PARTNER, OPEN)

    partner.refresh()

    assert partner.outputs["stopped"] == ""
    assert not partner.differs(wanting(OPEN))


def test_synchronization_that_the_target_closed_stays_closed(sync: Book, served: Served) -> None:
    sync.up(fabrikam(allowed=True))
    served.graph("fabrikam", "PATCH", SYNC, CLOSED_SYNC)
    sync.refresh()

    assert not sync.differs(fabrikam(allowed=True))
    assert "identitySynchronization.userSyncInbound.isSyncAllowed" in sync.outputs["stopped"]
    assert sync.checked(fabrikam(allowed=True))["allowed"] is False


def test_what_is_gone_has_no_id(partner: Book, served: Served) -> None:
    partner.up(wanting(OPEN))
    served.graph("fabrikam", "DELETE", PARTNER)

    partner.refresh()

    assert partner.id == ""


def test_another_partner_is_another_object(partner: Book) -> None:
    partner.up(wanting(OPEN))

    other = wanting(OPEN, partner="tailspin", partner_id=sandbox_id("tenant:tailspin"))

    assert partner.replaced(other) == ["partner_id"]


def test_a_new_alias_replaces_nothing(partner: Book) -> None:
    partner.up(wanting(OPEN))

    assert partner.replaced(wanting(OPEN, partner="contoso-group")) == []


def test_a_refusal_is_a_message_without_frames(partner: Book, served: Served) -> None:
    contoso = {"tenantId": sandbox_id("tenant:contoso")}
    served.graph("fabrikam", "POST", PARTNER.rpartition("/")[0], {**contoso, **WARY})

    with pytest.raises(grpc.RpcError) as caught:
        partner.up(wanting(TRUSTING))

    said = str(caught.value.details())
    assert "inboundTrust.isMfaAccepted is false, the topology wants true" in said
    assert "File " not in said


def test_a_preview_refuses_what_up_would_refuse(partner: Book, served: Served) -> None:
    partner.up(wanting(OPEN))
    served.graph("fabrikam", "PATCH", PARTNER, WARY)

    with pytest.raises(grpc.RpcError) as caught:
        partner.checked(wanting({**OPEN, **TRUSTING}))

    assert "inboundTrust.isMfaAccepted is false" in str(caught.value.details())


def test_a_takeover_is_undone_by_destroy(partner: Book, served: Served) -> None:
    contoso = {"tenantId": sandbox_id("tenant:contoso")}
    served.graph("fabrikam", "POST", PARTNER.rpartition("/")[0], {**contoso, **WARY})
    partner.up(wanting(TRUSTING, takeover=True))
    partner.refresh()
    assert partner.outputs["before"] == WARY

    partner.destroy()

    assert served.graph("fabrikam", "GET", PARTNER)["inboundTrust"] == WARY["inboundTrust"]


def test_a_tenant_that_no_environment_binds_is_named(host: Host) -> None:
    book = host.book(PartnerProvider())

    with pytest.raises(grpc.RpcError) as caught:
        book.up(wanting(OPEN, tenant_id="00000000-0000-0000-0000-000000000001"))

    assert "the environment sandbox binds no tenant with this id" in str(caught.value.details())


def test_no_secret_is_in_a_state(partner: Book, served: Served) -> None:
    partner.up(wanting(OPEN))

    secret = served.sandbox.variables["TENANTRY_SANDBOX_SECRET"]
    assert secret not in str((partner.inputs, partner.outputs))


def test_a_partner_that_has_to_stay_is_told(served: Served, tmp_path: Path) -> None:
    with provider_host(served, tmp_path) as host:
        book = host.book(PartnerProvider())
        book.up(wanting(OPEN))
        served.graph("fabrikam", "PATCH", PARTNER, TRUSTING)
        book.destroy()
        served.graph("fabrikam", "DELETE", PARTNER)

    assert host.said == (
        f"fabrikam toward contoso: the {Kind.PARTNER} stays, since somebody else set "
        "inboundTrust.isMfaAccepted in it. What we set is no longer in it.\n"
    )
