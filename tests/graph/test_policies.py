from __future__ import annotations

import pytest

from reconcile.graph.gate import gate
from reconcile.graph.partners import take
from reconcile.graph.policies import Wish, compose, review
from reconcile.model.cycles import Gate
from reconcile.model.links import Link, LinkName, LinkPolicy, Scope
from reconcile.model.tenants import Alias, Environment
from sandbox.seeds import sandbox_id
from tests.graph.fabrikam import Fabrikam, a_wish
from tests.graph.worlds import NAMES, World, a_job, in_world, tenant


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


def test_a_takeover_of_one_link_is_one_of_both_objects_of_its_pair() -> None:
    names = (("contoso", "fabrikam", True), ("fabrikam", "tailspin", False))
    links = [
        Link(
            name=LinkName(Alias(source), Alias(target)),
            topology="chain",
            origin="chain:1",
            scope=Scope(everyone=True),
            mappings=(),
            policy=LinkPolicy(takeover=takeover),
        )
        for source, target, takeover in names
    ]
    environment = Environment(name="sandbox", tenants={Alias(name): tenant(name) for name in NAMES})

    wishes = compose(links, environment)

    assert [(one.tenant, one.partner) for one in wishes if one.takeover] == [
        ("contoso", "fabrikam"),
        ("fabrikam", "contoso"),
    ]


async def open_gate(world: World) -> None:
    await Fabrikam(world).made(a_wish())
    outbound = Wish(
        tenant=Alias("contoso"),
        partner=Alias("fabrikam"),
        partner_id=tenant("fabrikam").id,
        settings={"automaticUserConsentSettings": {"outboundAllowed": True}},
    )
    (part,) = outbound.parts
    await take(world.client("contoso"), part)


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
        assert world.sandbox.requests.writes == 0
        assert sandbox_id("tenant:contoso") not in world.sandbox.tenant("fabrikam").partners

    in_world(play)
