from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reconcile.graph.holding import NOTHING, Held, Kind, change, release, seen
from reconcile.graph.settings import Settings, change_body, keyed, same, value_at
from tests.graph.policy_settings import flags, settings

SWITCH = Kind.PARTNER.switch
KEYS = sorted(
    {
        SWITCH,
        "automaticUserConsentSettings.outboundAllowed",
        "b2bCollaborationInbound.usersAndGroups",
        "inboundTrust.isCompliantDeviceAccepted",
        "inboundTrust.isMfaAccepted",
        "isServiceProvider",
    }
)
ON = {"automaticUserConsentSettings": {"inboundAllowed": True}}
OFF = {"automaticUserConsentSettings": {"inboundAllowed": False}}
TRUSTING = {"inboundTrust": {"isMfaAccepted": True}}
WARY = {"inboundTrust": {"isMfaAccepted": False}}


def after(standing: Settings, values: Settings) -> dict[str, Any]:
    """What Graph holds once the values were sent."""
    return {**deepcopy(dict(standing)), **change_body(standing, values)}


def taken(standing: Settings, wanted: Settings) -> tuple[dict[str, Any], Held]:
    found = change(Kind.PARTNER, standing, wanted, NOTHING, takeover=True)
    return after(standing, found.send), found.held


def test_what_agrees_is_taken_and_nothing_is_sent() -> None:
    found = change(Kind.PARTNER, TRUSTING, TRUSTING, NOTHING, takeover=False)

    assert found.send == {}
    assert found.held == Held(settings=TRUSTING)


def test_silence_is_filled_in_and_contradicts_nothing() -> None:
    found = change(Kind.PARTNER, {"inboundTrust": None}, TRUSTING, NOTHING, takeover=False)

    assert found.send == {"inboundTrust.isMfaAccepted": True}
    assert found.refused == ()


def test_a_choice_of_somebody_else_is_refused_by_its_key() -> None:
    found = change(Kind.PARTNER, WARY, {**TRUSTING, **ON}, NOTHING, takeover=False)

    assert [one.key for one in found.refused] == ["inboundTrust.isMfaAccepted"]


def test_a_key_that_is_new_to_us_is_judged_like_at_the_beginning() -> None:
    standing, held = taken(WARY, ON)

    found = change(Kind.PARTNER, standing, {**ON, **TRUSTING}, held, takeover=False)

    assert [one.key for one in found.refused] == ["inboundTrust.isMfaAccepted"]


def test_a_key_that_we_hold_is_mended() -> None:
    _, held = taken({}, TRUSTING)

    found = change(Kind.PARTNER, WARY, TRUSTING, held, takeover=False)

    assert found.send == {"inboundTrust.isMfaAccepted": True}


@pytest.mark.parametrize("closed", [OFF, {}, {"automaticUserConsentSettings": None}])
def test_a_switch_that_was_on_by_our_hand_and_is_off_stays_off(closed: dict[str, Any]) -> None:
    _, held = taken({}, {**ON, **TRUSTING})

    found = change(Kind.PARTNER, closed, {**ON, **TRUSTING}, held, takeover=True)

    assert SWITCH not in found.send
    assert found.held.stopped
    assert found.held.settings["inboundTrust"] == {"isMfaAccepted": True}


def test_another_key_of_a_member_is_sent_with_the_switch_as_it_stands() -> None:
    _, held = taken({}, ON)
    both = {"automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True}}

    found = change(Kind.PARTNER, OFF, both, held, takeover=False)

    sent = {"inboundAllowed": False, "outboundAllowed": True}
    assert change_body(OFF, found.send) == {"automaticUserConsentSettings": sent}


@pytest.mark.parametrize("wanted", [TRUSTING, {**TRUSTING, **OFF}])
def test_a_switch_that_was_on_before_us_stays_off_as_well(wanted: Settings) -> None:
    standing, held = taken({**ON, **WARY}, {**ON, **TRUSTING})
    stopped = seen(Kind.PARTNER, {**standing, **OFF}, held)

    less = change(Kind.PARTNER, {**standing, **OFF}, wanted, stopped, takeover=False)
    end = release(Kind.PARTNER, {**standing, **OFF}, stopped)

    assert less.send.get(SWITCH) is None
    assert end.send == {SWITCH: None, "inboundTrust.isMfaAccepted": False}


def test_a_stop_that_is_over_has_not_lost_what_was_taken_over() -> None:
    standing, held = taken({**ON, **WARY}, {**ON, **TRUSTING})
    closed = change(Kind.PARTNER, {**standing, **OFF}, {**ON, **TRUSTING}, held, takeover=True)

    end = release(Kind.PARTNER, standing, seen(Kind.PARTNER, standing, closed.held))

    assert closed.held.stopped
    assert end.send == {"inboundTrust.isMfaAccepted": False}


def test_a_topology_that_wants_the_switch_off_ends_the_stop() -> None:
    _, held = taken({}, ON)
    stopped = seen(Kind.PARTNER, OFF, held)

    found = change(Kind.PARTNER, OFF, OFF, stopped, takeover=False)

    assert not found.held.stopped


def test_a_switch_that_is_on_again_is_no_stop_any_more() -> None:
    _, held = taken({}, ON)
    stopped = seen(Kind.PARTNER, OFF, held)

    assert stopped.stopped
    assert not seen(Kind.PARTNER, ON, stopped).stopped


def test_an_object_that_holds_nothing_but_ours_is_deleted() -> None:
    standing, held = taken({}, {**ON, **TRUSTING})

    assert release(Kind.PARTNER, standing, held).delete


@pytest.mark.parametrize(
    ("somebody", "kept"),
    [
        ({"isServiceProvider": True}, "isServiceProvider"),
        ({"inboundTrust": {"isMfaAccepted": False}}, "inboundTrust.isMfaAccepted"),
        ({"isInMultiTenantOrganization": True}, "isInMultiTenantOrganization"),
        ({"identitySynchronization": {"displayName": "x"}}, "identitySynchronization"),
    ],
)
def test_an_object_that_somebody_else_speaks_in_stays(somebody: Settings, kept: str) -> None:
    standing, held = taken(somebody, ON)

    found = release(Kind.PARTNER, standing, held)

    assert (found.delete, found.kept, found.send) == (False, (kept,), {SWITCH: None})


def test_members_that_nobody_documents_keep_no_object() -> None:
    standing, held = taken({"somethingNew": {"on": True}, "isServiceProvider": False}, ON)

    assert release(Kind.PARTNER, standing, held).delete


@given(settings, settings, settings)
def test_only_keys_that_differ_are_sent(
    standing: dict[str, Any], first: dict[str, Any], second: dict[str, Any]
) -> None:
    now, held = taken(standing, first)

    found = change(Kind.PARTNER, now, second, held, takeover=True)

    assert all(not same(value_at(now, key), value) for key, value in found.send.items())


@given(settings, settings)
def test_a_takeover_and_its_end_leave_what_was_there(
    standing: dict[str, Any], wanted: dict[str, Any]
) -> None:
    now, held = taken(standing, wanted)

    found = release(Kind.PARTNER, now, held)

    end = {} if found.delete else after(now, found.send)
    for key in keyed(standing) | keyed(wanted):
        before = value_at(standing, key)
        # What agreed with us in everything may have been ours, from a run that was broken off.
        agreed = not held.before and key in keyed(wanted) and same(before, value_at(wanted, key))
        assert agreed or same(value_at(end, key), before)


def test_a_takeover_gives_back_what_agreed_with_us_as_well() -> None:
    somebody = {**ON, "inboundTrust": {"isMfaAccepted": False}}
    standing, held = taken(somebody, {**ON, **TRUSTING})

    found = release(Kind.PARTNER, standing, held)

    assert (found.delete, found.send) == (False, {"inboundTrust.isMfaAccepted": False})


@given(settings, settings)
def test_what_was_settled_is_settled(standing: dict[str, Any], wanted: dict[str, Any]) -> None:
    now, held = taken(standing, wanted)

    again = change(Kind.PARTNER, now, wanted, held, takeover=False)

    assert (again.send, again.refused, again.held.stopped) == ({}, (), False)
    assert seen(Kind.PARTNER, now, held).settings == held.settings


class TwoHands(RuleBasedStateMachine):
    """A tenant's administrator and a stack, each with a hand on one partner configuration."""

    def __init__(self) -> None:
        super().__init__()
        self.standing: dict[str, Any] | None = None
        self.held: Held | None = None
        self.closed = False

    def _administrator(self, key: str, value: Any) -> None:
        assert self.standing is not None
        self.standing = after(self.standing, {key: value})

    @rule(wanted=settings, takeover=st.booleans())
    def up(self, wanted: dict[str, Any], *, takeover: bool) -> None:
        last = self.held or NOTHING
        standing = self.standing or {}
        found = change(Kind.PARTNER, standing, wanted, last, takeover=takeover)
        if found.refused:
            return
        unmanaged = {key: value_at(standing, key) for key in KEYS}
        self.standing = after(standing, found.send)
        for key, value in unmanaged.items():
            held = keyed(wanted) | keyed(last.settings)
            assert key in held or same(value_at(self.standing, key), value)
        assert not self.closed or value_at(self.standing, SWITCH) is not True
        if keyed(wanted).get(SWITCH) is not True:
            self.closed = False
        self.held = found.held

    @precondition(lambda self: self.standing is not None and self.held is not None)
    @rule()
    def refresh(self) -> None:
        assert self.standing is not None
        assert self.held is not None
        self.held = seen(Kind.PARTNER, self.standing, self.held)

    @precondition(lambda self: self.standing is not None)
    @rule(key=st.sampled_from([key for key in KEYS if key != SWITCH]), value=flags)
    def edited_by_hand(self, key: str, value: Any) -> None:
        self._administrator(key, value)

    @precondition(lambda self: self.held is not None and not self.held.stopped)
    @rule(value=st.sampled_from([None, False]))
    def closed_by_hand(self, value: Any) -> None:
        assert self.held is not None
        if keyed(self.held.settings).get(SWITCH) is True:
            self._administrator(SWITCH, value)
            self.closed = True

    @precondition(lambda self: self.closed)
    @rule()
    def resumed(self) -> None:
        self._administrator(SWITCH, value=True)
        self.closed = False

    @precondition(lambda self: self.held is not None)
    @rule()
    def destroy(self) -> None:
        assert self.standing is not None
        assert self.held is not None
        ours = keyed(self.held.settings)
        spoken = {
            key: value_at(self.standing, key)
            for key in KEYS
            if key not in ours and value_at(self.standing, key)
        }
        found = release(Kind.PARTNER, self.standing, self.held)
        self.standing = None if found.delete else after(self.standing, found.send)
        for key, value in spoken.items():
            assert self.standing is not None
            assert same(value_at(self.standing, key), value)
        assert not self.closed or value_at(self.standing or {}, SWITCH) is not True
        self.held, self.closed = None, False

    @invariant()
    def a_stop_is_never_ended_by_us(self) -> None:
        if self.closed:
            assert self.standing is not None
            assert value_at(self.standing, SWITCH) is not True


TestTwoHands = TwoHands.TestCase
