"""Permissions that a fault takes away: several at once, and those that a call asks for itself."""

from __future__ import annotations

from dataclasses import replace

from sandbox.clock import ManualClock
from sandbox.faults import Faults
from tests.sandbox.asking import Asker, a_sandbox
from tests.sandbox_periphery.test_faults import a_request


def test_two_revocations_take_both() -> None:
    faults = Faults(ManualClock())
    faults.arm("revoke", permission="User.Read.All")
    faults.arm("revoke", permission="Group.Read.All")
    held = frozenset({"User.Read.All", "Group.Read.All", "Policy.Read.All"})
    request = a_request()
    asked = replace(request, caller=replace(request.caller, permissions=held))

    assert faults.permitted(asked).caller.permissions == {"Policy.Read.All"}


def test_a_right_that_a_call_itself_asks_for_can_be_revoked() -> None:
    world = a_sandbox()
    wish = {
        "displayName": "admins",
        "mailEnabled": False,
        "mailNickname": "admins",
        "securityEnabled": True,
        "isAssignableToRole": True,
    }
    world.faults.arm("revoke", permission="RoleManagement.ReadWrite.Directory")

    def made() -> int:
        return Asker(world).ask("POST", "/groups", wish).status

    refused = made()
    world.faults.clear()

    assert (refused, made()) == (403, 201)
