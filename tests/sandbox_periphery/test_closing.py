"""The fault that closes a target: what everybody sees of it, and what stays when it is cleared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.keeping import Keeper, bring_back
from sandbox.snapshots import freeze
from sandbox.store_file import decode_store, encode_store, read_store
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker, a_sandbox
from tests.sandbox.linked import CONTOSO, FABRIKAM, PARTNERS, allow_inbound
from tests.sandbox.pushing import MINUTE, a_job
from tests.sandbox_periphery.test_snapshots import seen

SYNC = f"{PARTNERS}/{CONTOSO}/identitySynchronization"


@pytest.fixture
def world() -> Sandbox:
    world = a_sandbox()
    allow_inbound(world)
    return world


def shown(world: Sandbox) -> list[Any]:
    """Whether Graph says that contoso may synchronize: by itself, beside its partner, in a list."""
    fabrikam = Asker(world, "fabrikam")
    partner = fabrikam.get(f"{PARTNERS}/{CONTOSO}?$expand=identitySynchronization")
    partners = fabrikam.get(f"{PARTNERS}?$expand=identitySynchronization")["value"]
    listed = next(one for one in partners if one["tenantId"] == CONTOSO)
    policies = [fabrikam.get(SYNC), *(one["identitySynchronization"] for one in (partner, listed))]
    return [policy["userSyncInbound"]["isSyncAllowed"] for policy in policies]


@pytest.mark.parametrize("whom", [{}, {"source": CONTOSO}])
def test_graph_shows_a_closed_policy_while_the_fault_is_armed(
    world: Sandbox, whom: dict[str, str]
) -> None:
    world.faults.arm("close", tenant=FABRIKAM, **whom)
    during = shown(world)
    world.faults.clear()

    assert (during, shown(world)) == ([False] * 3, [True] * 3)


def test_a_target_that_two_faults_close_opens_with_the_second(world: Sandbox) -> None:
    world.faults.arm("close", tenant=FABRIKAM)
    world.faults.arm("close", tenant=FABRIKAM, source=CONTOSO)
    world.faults.clear(1)
    during = shown(world)
    world.faults.clear(2)

    assert (during, shown(world)) == ([False] * 3, [True] * 3)


@pytest.mark.parametrize("allowed", [True, False])
def test_what_an_administrator_says_meanwhile_holds_afterwards(
    world: Sandbox, *, allowed: bool
) -> None:
    world.faults.arm("close", tenant=FABRIKAM)
    wish = {"userSyncInbound": {"isSyncAllowed": allowed}}
    Asker(world, "fabrikam").ask("PATCH", SYNC, wish)
    during = shown(world)
    world.faults.clear()

    assert (during, shown(world)) == ([False] * 3, [allowed] * 3)


def test_a_snapshot_has_nothing_of_the_fault(world: Sandbox) -> None:
    before = freeze(world.store)
    world.faults.arm("close", tenant=FABRIKAM)

    assert len(freeze(world.store)) == len(before)


def test_what_is_restored_is_closed_as_long_as_the_fault_is_armed(world: Sandbox) -> None:
    frozen = freeze(world.store)
    world.faults.arm("close", tenant=FABRIKAM)

    world.go_back(frozen)
    bring_back(world, decode_store("file", encode_store(frozen, world.clock.now())))

    assert shown(world) == [False] * 3


@pytest.mark.parametrize("cleared", [True, False])
@pytest.mark.parametrize("anew", [True, False])
def test_a_killed_sandbox_starts_again_as_it_was(
    tmp_path: Path, *, cleared: bool, anew: bool
) -> None:
    world = a_sandbox()
    world.keeper = keeper = Keeper(world, tmp_path / "tenants.store")
    push = a_job(world)
    push.does("start")
    push.passes(2 * MINUTE)
    copy = push.one(5)["id"]
    push.changes(4, jobTitle="while it was open, pushed while it was not")
    world.faults.arm("close", tenant=FABRIKAM)
    if anew:
        keeper.begin()
    push.leaves(5)
    push.passes()
    push.status()
    by_hand = push.target.ask("PATCH", f"/users/{copy}", {"jobTitle": "by hand"})
    if cleared:
        world.faults.clear()
    push.changes(6, jobTitle="afterwards")
    push.passes(7 * 60 * MINUTE)
    push.changes(7, jobTitle="last")
    keeper.close()

    again = Sandbox(ManualClock(), estate=[])
    bring_back(again, read_store(tmp_path / "tenants.store"))

    assert by_hand.status == 204
    assert seen(again) == seen(world)
    assert again.store.closures == frozenset()
