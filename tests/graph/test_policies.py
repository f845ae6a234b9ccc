from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconcile.errors import PolicyConflictError
from reconcile.graph.gate import gate
from reconcile.graph.policies import Review, Wish, compose, remove, review, settle
from reconcile.graph.settings import Settings
from reconcile.model.cycles import Gate
from reconcile.model.links import Link, LinkName, LinkPolicy, Scope
from reconcile.model.tenants import Alias, Environment
from sandbox.seeds import sandbox_id
from tests.graph.worlds import NAMES, World, a_job, in_world, tenant

CONTOSO = tenant("contoso").id
WANTED: dict[str, Any] = {
    "automaticUserConsentSettings": {"inboundAllowed": True},
    "inboundTrust": {"isMfaAccepted": True},
}


def a_wish(settings: Settings = WANTED, *, sync: bool | None = True) -> Wish:
    return Wish(
        tenant=Alias("fabrikam"),
        partner=Alias("contoso"),
        partner_id=CONTOSO,
        settings=settings,
        sync=sync,
    )


def writes(world: World) -> int:
    return world.sandbox.requests.writes


async def settled(world: World, wish: Wish, **flags: bool) -> Review:
    return await settle(world.client(wish.tenant), wish, **flags)


def partner(world: World) -> dict[str, Any] | None:
    return world.sandbox.tenant("fabrikam").partners.get(CONTOSO)


def test_a_partner_is_made_and_a_second_time_nothing_is_written() -> None:
    async def play(world: World) -> None:
        await settled(world, a_wish())
        made = writes(world)
        again = await settled(world, a_wish())
        assert again.changes == ()
        assert writes(world) == made == 2
        assert world.sandbox.tenant("fabrikam").identity_sync[CONTOSO]["userSyncInbound"] == {
            "isSyncAllowed": True
        }

    in_world(play)


def test_what_somebody_chose_is_not_overruled_unasked() -> None:
    by_hand = {"inboundTrust": {"isMfaAccepted": False}}

    async def play(world: World) -> None:
        await settled(world, a_wish(by_hand, sync=None))
        before = writes(world)
        with pytest.raises(PolicyConflictError) as caught:
            await settled(world, a_wish())
        assert caught.value.keys == ("inboundTrust.isMfaAccepted",)
        assert "fabrikam toward contoso: inboundTrust.isMfaAccepted is false" in str(caught.value)
        assert writes(world) == before

    in_world(play)


def test_a_takeover_keeps_what_it_replaced_and_removal_restores_it() -> None:
    by_hand = {"inboundTrust": {"isMfaAccepted": False, "isCompliantDeviceAccepted": True}}

    async def play(world: World) -> None:
        await settled(world, a_wish(by_hand, sync=None))
        taken = await settled(world, a_wish(), takeover=True)
        found = partner(world)
        assert found is not None
        assert found["inboundTrust"] == {"isMfaAccepted": True, "isCompliantDeviceAccepted": True}
        await remove(world.client("fabrikam"), a_wish(), taken.before)
        found = partner(world)
        assert found is not None
        assert found["inboundTrust"] == by_hand["inboundTrust"]
        assert CONTOSO not in world.sandbox.tenant("fabrikam").identity_sync

    in_world(play)


def test_null_is_sent_and_an_absent_key_is_not_touched() -> None:
    first = {"inboundTrust": {"isMfaAccepted": True}, "isServiceProvider": True}

    async def play(world: World) -> None:
        await settled(world, a_wish(first, sync=None))
        await settled(world, a_wish({"inboundTrust": None}, sync=None), takeover=True)
        found = partner(world)
        assert found is not None
        assert found["inboundTrust"] is None
        assert found["isServiceProvider"] is True

    in_world(play)


def test_removal_takes_synchronization_first_and_is_content_with_nothing() -> None:
    async def play(world: World) -> None:
        await settled(world, a_wish())
        await remove(world.client("fabrikam"), a_wish())
        await remove(world.client("fabrikam"), a_wish())
        assert partner(world) is None

    in_world(play)


def test_synchronization_that_exists_is_patched_not_put() -> None:
    async def play(world: World) -> None:
        await settled(world, a_wish(sync=False))
        await settled(world, a_wish(), takeover=True)
        sync = world.sandbox.tenant("fabrikam").identity_sync[CONTOSO]
        assert sync["userSyncInbound"] == {"isSyncAllowed": True}

    in_world(play)


def test_a_partner_made_between_look_and_write_is_judged_again() -> None:
    async def play(world: World) -> None:
        fabrikam = world.sandbox.tenant("fabrikam")
        client = world.client("fabrikam")
        ordinary = client.write

        async def late(call: Any) -> Any:
            client.write = ordinary  # type: ignore[method-assign]
            await ordinary(replace(call, body={"tenantId": CONTOSO, "isServiceProvider": None}))
            return await ordinary(call)

        client.write = late  # type: ignore[method-assign]
        await settle(client, a_wish())
        assert fabrikam.partners[CONTOSO]["inboundTrust"] == {"isMfaAccepted": True}

    in_world(play)


def test_both_links_of_a_pair_make_one_wish_for_each_tenant() -> None:
    links = [
        Link(
            name=LinkName(Alias(source), Alias(target)),
            topology="pair",
            origin="pair:1",
            scope=Scope(everyone=True),
            mappings=(),
            policy=LinkPolicy(
                source={"automaticUserConsentSettings": {"outboundAllowed": True}},
                target={"automaticUserConsentSettings": {"inboundAllowed": True}},
            ),
        )
        for source, target in (("contoso", "fabrikam"), ("fabrikam", "contoso"))
    ]
    environment = Environment(name="sandbox", tenants={Alias(name): tenant(name) for name in NAMES})

    wishes = compose(links, environment)

    both = {"automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True}}
    assert [(one.tenant, one.partner, one.settings, one.sync) for one in wishes] == [
        ("contoso", "fabrikam", both, True),
        ("fabrikam", "contoso", both, True),
    ]


async def open_gate(world: World) -> None:
    await settled(world, a_wish())
    outbound = Wish(
        tenant=Alias("contoso"),
        partner=Alias("fabrikam"),
        partner_id=tenant("fabrikam").id,
        settings={"automaticUserConsentSettings": {"outboundAllowed": True}},
    )
    await settle(world.client("contoso"), outbound)


async def the_gate(world: World) -> Gate:
    return await gate(world.client("contoso"), world.client("fabrikam"), a_job())


def test_a_gate_nobody_opened_is_closed() -> None:
    found = in_world(the_gate)

    assert not found.open
    assert found == Gate(sync_allowed=False, inbound_consent=False, outbound_consent=False)


def test_a_gate_opens_when_both_tenants_agree() -> None:
    async def play(world: World) -> Gate:
        await open_gate(world)
        return await the_gate(world)

    found = in_world(play)

    assert found.open
    assert found.native_job is None


@pytest.mark.parametrize("chosen", ["none", "adminsAndGuestInviters"])
def test_a_target_that_lets_no_application_invite_says_so(chosen: str) -> None:
    async def play(world: World) -> Gate:
        world.sandbox.tenant("fabrikam").authorization_policy["allowInvitesFrom"] = chosen
        return await the_gate(world)

    assert not in_world(play).invitations_allowed


def test_a_review_of_an_unknown_partner_writes_nothing() -> None:
    async def play(world: World) -> None:
        found = await review(world.client("fabrikam"), a_wish())
        assert found.standing.partner is None
        assert writes(world) == 0
        assert sandbox_id("tenant:contoso") not in world.sandbox.tenant("fabrikam").partners

    in_world(play)
