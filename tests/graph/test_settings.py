from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from reconcile.graph.settings import (
    before_image,
    change_body,
    differences,
    joined,
    keyed,
    nested,
    same,
    value_at,
)
from tests.graph.policy_settings import ALL_USERS, settings

TRUST = {"isMfaAccepted": True, "isCompliantDeviceAccepted": None}
INHERITED_TRUST = [
    "inboundTrust.isCompliantDeviceAccepted",
    "inboundTrust.isHybridAzureADJoinedDeviceAccepted",
    "inboundTrust.isMfaAccepted",
]


@pytest.mark.parametrize(
    ("existing", "wanted", "keys"),
    [
        ({}, {}, []),
        ({"inboundTrust": TRUST}, {}, []),
        ({"inboundTrust": TRUST}, {"inboundTrust": {"isMfaAccepted": True}}, []),
        ({"inboundTrust": None}, {"inboundTrust": TRUST}, ["inboundTrust.isMfaAccepted"]),
        ({"inboundTrust": TRUST}, {"inboundTrust": None}, ["inboundTrust.isMfaAccepted"]),
        ({"inboundTrust": {"isMfaAccepted": None}}, {"inboundTrust": None}, []),
        ({}, {"inboundTrust": None}, []),
        ({"isServiceProvider": None}, {"isServiceProvider": False}, ["isServiceProvider"]),
        ({"unknown": {"x": 1}}, {"isServiceProvider": None}, []),
    ],
)
def test_only_managed_keys_are_compared_and_null_is_inherit(
    existing: dict[str, Any], wanted: dict[str, Any], keys: list[str]
) -> None:
    assert [one.key for one in differences(existing, wanted)] == keys


def test_the_order_of_targets_and_the_case_of_ids_do_not_count() -> None:
    one, other = {"target": "AB", "targetType": "user"}, {"target": "cd", "targetType": "group"}
    existing = {"users": {"accessType": "allowed", "targets": [one, other]}}
    wanted = {"users": {"accessType": "allowed", "targets": [other, {**one, "target": "ab"}]}}

    assert differences(existing, wanted) == ()


def test_who_is_allowed_is_one_choice_and_replaced_whole() -> None:
    group = {"target": "1", "targetType": "group"}
    existing = {"b2b": {"usersAndGroups": {"accessType": "allowed", "targets": [group]}}}
    wanted = {"b2b": {"usersAndGroups": ALL_USERS}}

    assert [one.key for one in differences(existing, wanted)] == ["b2b.usersAndGroups"]
    assert change_body(existing, keyed(wanted)) == wanted


def test_a_member_that_inherits_speaks_about_all_of_its_keys() -> None:
    assert list(keyed({"inboundTrust": None})) == INHERITED_TRUST


def test_a_changed_member_is_sent_whole_with_what_nobody_manages() -> None:
    existing = {"inboundTrust": {"isMfaAccepted": False, "isNew": 7, "@odata.type": "#x"}}

    body = change_body(existing, {"inboundTrust.isMfaAccepted": True})

    assert body == {"inboundTrust": {"isMfaAccepted": True, "isNew": 7}}


def test_a_member_whose_keys_all_inherit_is_sent_as_null() -> None:
    body = change_body({"inboundTrust": TRUST}, {"inboundTrust.isMfaAccepted": None})

    assert body == {"inboundTrust": None}


def test_consent_that_inherits_is_sent_as_graph_answers_it() -> None:
    existing = {"automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": None}}

    body = change_body(existing, {"automaticUserConsentSettings.inboundAllowed": None})

    both = {"inboundAllowed": None, "outboundAllowed": None}
    assert body == {"automaticUserConsentSettings": both}


def test_a_choice_contradicts_and_an_inherited_value_does_not() -> None:
    existing = {"inboundTrust": {"isMfaAccepted": False, "isCompliantDeviceAccepted": None}}
    wanted = {"inboundTrust": {"isMfaAccepted": True, "isCompliantDeviceAccepted": True}}

    found = {one.key: one.contradicts for one in differences(existing, wanted)}

    assert found == {
        "inboundTrust.isCompliantDeviceAccepted": False,
        "inboundTrust.isMfaAccepted": True,
    }


def test_two_links_of_a_pair_share_a_complex_member() -> None:
    inbound = {"automaticUserConsentSettings": {"inboundAllowed": True}}
    outbound = {"automaticUserConsentSettings": {"outboundAllowed": True}}

    assert joined([inbound, outbound]) == {
        "automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True}
    }


def test_a_before_image_holds_what_somebody_chose_and_nothing_else() -> None:
    existing = {"inboundTrust": TRUST, "isServiceProvider": True}
    wanted = {"inboundTrust": {"isMfaAccepted": False, "isCompliantDeviceAccepted": True}}

    assert before_image(existing, wanted) == {"inboundTrust": {"isMfaAccepted": True}}


@given(settings)
def test_settings_survive_their_keys(wanted: dict[str, Any]) -> None:
    assert keyed(nested(keyed(wanted))) == keyed(wanted)


@given(settings, settings)
def test_what_was_sent_leaves_nothing_to_send(
    existing: dict[str, Any], wanted: dict[str, Any]
) -> None:
    after = {**existing, **change_body(existing, keyed(wanted))}

    assert differences(after, wanted) == ()


@given(settings, settings)
def test_what_nobody_manages_keeps_its_value(
    existing: dict[str, Any], wanted: dict[str, Any]
) -> None:
    after = {**existing, **change_body(existing, keyed(wanted))}

    for key, value in keyed(existing).items():
        assert key in keyed(wanted) or same(value_at(after, key), value)
