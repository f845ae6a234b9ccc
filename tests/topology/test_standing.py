"""What stands in tenants is written down as a topology says it, or listed as unsaid."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.graph.policies import Wish, compose, review
from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias, Environment
from reconcile.topology.compile import compile_topologies
from reconcile.topology.load import read_document
from reconcile.topology.standing import Spoken, spoken
from reconcile.topology.validate import check
from sandbox.policy_objects import partner_of
from tests.graph.worlds import World, in_world, tenant

LINK = LinkName(Alias("contoso"), Alias("fabrikam"))
SOURCE, TARGET = tenant("contoso"), tenant("fabrikam")
ENVIRONMENT = Environment(name="test", tenants={one.alias: one for one in (SOURCE, TARGET)})
APPLICATIONS = ["Office365", "3f6bd0a2-6a54-4b0e-9d8b-0f6b1c9e7a10"]

either = st.sampled_from(["allowed", "blocked"])
chosen_applications = st.lists(st.sampled_from(APPLICATIONS), min_size=1, unique=True)


def some(members: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """A map with at least one of these members."""
    return st.fixed_dictionaries({}, optional=members).filter(bool)


def accesses(users: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    whole = some({"users": users, "applications": either | chosen_applications})
    return st.just("inherit") | whole


inbound = {
    "b2b_collaboration": accesses(st.just("allowed")),
    "b2b_direct_connect": accesses(either),
}
trusts = some(dict.fromkeys(("mfa", "compliant_device", "hybrid_joined_device"), st.booleans()))
policies = st.fixed_dictionaries(
    {},
    optional={
        "automatic_redemption": st.sampled_from([True, False, "inherit"]),
        "source": st.fixed_dictionaries({}, optional=inbound),
        "target": st.fixed_dictionaries(
            {}, optional=inbound | {"trust": st.just("inherit") | trusts}
        ),
    },
)


def wishes(policy: Any) -> tuple[Wish, ...]:
    """What a topology with this `policy:` wants of both tenants."""
    topology = {
        "version": 1,
        "name": "pasted",
        "shape": "single-to-single",
        "source": "contoso",
        "target": "fabrikam",
        "sync": {"scope": {"all": True}},
        "policy": policy,
    }
    document = read_document(yaml.safe_dump(topology, sort_keys=False), "pasted.yaml")
    assert check([document]) == []
    return compose(compile_topologies([document]), ENVIRONMENT)


def stand(world: World, wish: Wish) -> None:
    """The tenant says what is wished, and nothing else."""
    said = world.sandbox.tenant(wish.tenant)
    said.partners[wish.partner_id] = partner_of({"tenantId": wish.partner_id, **wish.settings})
    if wish.sync is not None:
        said.identity_sync[wish.partner_id] = {"userSyncInbound": {"isSyncAllowed": wish.sync}}


@given(policies)
@settings(max_examples=40)
def test_a_policy_that_was_written_down_changes_nothing_when_it_is_pasted(policy: Any) -> None:
    async def play(world: World) -> None:
        for wish in wishes(policy):
            stand(world, wish)
        found = imported(world)
        reviews = [await review(world.client(w.tenant), w) for w in wishes(dict(found.policy))]
        assert [one.changes for one in reviews] == [(), ()]
        assert found.unsaid == ()

    in_world(play, people=1)


def imported(world: World) -> Spoken:
    target, source = world.sandbox.tenant("fabrikam"), world.sandbox.tenant("contoso")
    return spoken(
        LINK,
        target=target.partners.get(SOURCE.id),
        source=source.partners.get(TARGET.id),
        sync=target.identity_sync.get(SOURCE.id),
    )


def access(kind: str, *targets: str, access_type: str = "allowed") -> dict[str, Any]:
    listed = [{"target": target, "targetType": kind} for target in targets]
    return {"accessType": access_type, "targets": listed}


GROUP = "0e4d7b96-51f8-4a3c-b2e7-d8c6a5f39154"
OPEN = {"userSyncInbound": {"isSyncAllowed": True}}
BLOCKED_USERS = {"usersAndGroups": access("user", "AllUsers", access_type="blocked")}


@pytest.mark.parametrize(
    ("target", "source", "sync", "unsaid"),
    [
        pytest.param(
            {"b2bCollaborationInbound": {"usersAndGroups": access("group", GROUP)}},
            {},
            OPEN,
            {"b2bCollaborationInbound.usersAndGroups"},
            id="some groups",
        ),
        pytest.param(
            {
                "b2bDirectConnectInbound": {
                    "applications": access("application", GROUP) | {"accessType": "blocked"}
                }
            },
            {},
            OPEN,
            {"b2bDirectConnectInbound.applications"},
            id="all applications but one",
        ),
        pytest.param(
            {"b2bCollaborationInbound": BLOCKED_USERS},
            {},
            OPEN,
            {"b2bCollaborationInbound.usersAndGroups"},
            id="nobody",
        ),
        pytest.param(
            {"automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": None}},
            {"automaticUserConsentSettings": {"outboundAllowed": False}},
            OPEN,
            {
                "automaticUserConsentSettings.inboundAllowed",
                "automaticUserConsentSettings.outboundAllowed",
            },
            id="consent on one side",
        ),
        pytest.param(
            {"tenantRestrictions": BLOCKED_USERS, "b2bCollaborationOutbound": BLOCKED_USERS},
            {"inboundTrust": {"isMfaAccepted": True}},
            OPEN,
            {"b2bCollaborationOutbound", "inboundTrust", "tenantRestrictions"},
            id="what no link or another link owns",
        ),
        pytest.param(
            {"inboundTrust": {"isMfaAccepted": None, "isNewKindAccepted": True}},
            {},
            OPEN,
            {"inboundTrust.isNewKindAccepted"},
            id="a claim of tomorrow",
        ),
        pytest.param(
            None,
            None,
            None,
            {"identitySynchronization.userSyncInbound.isSyncAllowed"},
            id="nothing",
        ),
        pytest.param(
            {},
            {},
            OPEN | {"groupSyncInbound": {"isSyncAllowed": True}},
            {"identitySynchronization.groupSyncInbound"},
            id="groups are synchronized too",
        ),
    ],
)
def test_what_no_topology_can_say_is_listed(
    target: Any, source: Any, sync: Any, unsaid: set[str]
) -> None:
    found = spoken(LINK, target=target, source=source, sync=sync)

    assert {one.key for one in found.unsaid} == unsaid
    assert found.policy == {}


def test_one_half_of_an_access_is_said_when_the_other_cannot_be() -> None:
    half = {
        "usersAndGroups": access("group", GROUP),
        "applications": access("application", "Office365"),
    }

    found = spoken(LINK, target={"b2bCollaborationInbound": half}, source={}, sync=OPEN)

    assert found.policy == {"target": {"b2b_collaboration": {"applications": ["Office365"]}}}
