from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.graph.settings import (
    before_image,
    change_body,
    differences,
    joined,
    merged,
)

ALLOWED = {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]}
TRUST = {"isMfaAccepted": True, "isCompliantDeviceAccepted": None}

flags = st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), st.booleans()), min_size=1)
settings = st.dictionaries(st.sampled_from("xyz"), st.one_of(st.none(), st.booleans(), flags))


@pytest.mark.parametrize(
    ("existing", "wanted", "keys"),
    [
        ({}, {}, []),
        ({"inboundTrust": TRUST}, {}, []),
        ({"inboundTrust": TRUST}, {"inboundTrust": {"isMfaAccepted": True}}, []),
        ({"inboundTrust": None}, {"inboundTrust": TRUST}, ["inboundTrust.isMfaAccepted"]),
        ({"inboundTrust": TRUST}, {"inboundTrust": None}, ["inboundTrust"]),
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
    wanted = {"b2b": {"usersAndGroups": ALLOWED}}

    assert [one.key for one in differences(existing, wanted)] == ["b2b.usersAndGroups"]
    assert change_body(existing, wanted) == wanted


def test_a_changed_member_is_sent_whole_with_what_nobody_manages() -> None:
    existing = {"inboundTrust": {"isMfaAccepted": False, "isNew": 7, "@odata.type": "#x"}}
    wanted = {"inboundTrust": {"isMfaAccepted": True}}

    assert change_body(existing, wanted) == {"inboundTrust": {"isMfaAccepted": True, "isNew": 7}}


def test_only_what_differs_is_sent() -> None:
    existing = {"isServiceProvider": None, "inboundTrust": TRUST}
    wanted = {"isServiceProvider": True, "inboundTrust": {"isMfaAccepted": True}}

    assert change_body(existing, wanted) == {"isServiceProvider": True}


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


@given(settings, settings)
def test_what_was_sent_leaves_nothing_to_send(
    existing: dict[str, Any], wanted: dict[str, Any]
) -> None:
    after = {**existing, **change_body(existing, wanted)}

    assert differences(after, wanted) == ()


@given(settings, settings)
def test_the_before_image_restores_what_was(
    existing: dict[str, Any], wanted: dict[str, Any]
) -> None:
    after = {**existing, **change_body(existing, wanted), **before_image(existing, wanted)}

    assert differences(after, existing) == ()
    assert all(after[name] is None for name in after.keys() - existing.keys())


@given(settings, settings)
def test_what_nobody_manages_is_kept(existing: dict[str, Any], wanted: dict[str, Any]) -> None:
    body = change_body(existing, wanted)

    for key, value in body.items():
        assert value == merged(existing.get(key), wanted[key])
    assert set(body) <= set(wanted)
