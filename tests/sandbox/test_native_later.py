"""What a job does after its first cycle: restarts, other scopes, and time that passes at once."""

from __future__ import annotations

import pytest

from sandbox.world import Sandbox
from tests.sandbox.pushing import CYCLE, DAY, HOUR, Push, a_running_job

SCOPES_THAT_LIFT = ["QuarantineState", "Watermark, QuarantineState", "Full", "None", ""]


@pytest.fixture
def push(world: Sandbox) -> Push:
    return a_running_job(world)


def restarts(push: Push, scope: str) -> None:
    push.does("restart", {"criteria": {"resetScope": scope}})


@pytest.fixture
def held(push: Push) -> Push:
    push.threshold(1)
    push.leaves(1, 2)
    push.passes()
    return push


@pytest.mark.parametrize("scope", SCOPES_THAT_LIFT)
def test_a_restart_that_says_so_lifts_the_quarantine(held: Push, scope: str) -> None:
    restarts(held, scope)

    assert held.status()["quarantine"] is None


@pytest.mark.parametrize("scope", ["Escrows", "Watermark", "Watermark, Escrows"])
def test_any_other_restart_leaves_the_quarantine(held: Push, scope: str) -> None:
    began = held.status()["quarantine"]["seriesBegan"]
    restarts(held, scope)
    stands = held.status()["code"]

    held.passes()

    quarantine = held.status()["quarantine"]
    assert (stands, quarantine["seriesBegan"], quarantine["seriesCount"]) == (
        "Quarantine",
        began,
        2,
    )


def test_a_cycle_that_goes_well_after_a_restart_ends_the_quarantine(held: Push) -> None:
    held.joins(1, 2)
    restarts(held, "Watermark")

    held.passes()

    assert held.status()["code"] == "Active"


def test_who_is_no_longer_everybody_stays_until_a_restart(world: Sandbox) -> None:
    push = a_running_job(world)
    push.secrets(SyncAll="true")
    push.passes()
    everybody = len(push.pushed())
    push.secrets(SyncAll="false")
    push.passes(2 * CYCLE)
    before = len(push.pushed())

    push.does("restart")
    push.passes()

    assert (everybody, before, len(push.pushed())) == (12, 12, 10)


def test_who_loses_the_assignment_stays_while_everybody_is_in_scope(push: Push) -> None:
    push.secrets(SyncAll="true")
    push.leaves(1)

    push.passes()

    assert "person1" in push.pushed()


def test_who_stays_enabled_in_the_target_is_not_counted_as_disabled(push: Push) -> None:
    push.threshold(1)
    push.maps("accountEnabled", {"type": "Constant", "name": "true"})
    push.passes()
    push.changes(1, accountEnabled=False)
    push.changes(2, accountEnabled=False)

    push.passes()

    assert push.status()["code"] == "Active"
    assert push.one(1)["accountEnabled"] is True


@pytest.mark.parametrize("flow", ["AttributeAddOnly", "ValueAddOnly"])
def test_an_extension_attribute_that_is_there_is_not_overwritten(push: Push, flow: str) -> None:
    source = {"type": "Attribute", "name": "department"}
    push.maps("extensionAttribute1", source, flowType=flow)
    push.changes(1, department="Sales")
    push.passes()
    push.changes(1, department="Law")

    push.passes()

    assert push.one(1)["onPremisesExtensionAttributes"]["extensionAttribute1"] == "Sales"
    assert push.one(1)["department"] == "Law"


@pytest.mark.parametrize("step", [HOUR, DAY, 35 * DAY])
def test_however_time_passes_the_same_people_come_at_the_same_moment(
    world: Sandbox, step: float
) -> None:
    push = a_running_job(world)
    push.target.ask("DELETE", f"/users/{push.one(1)['id']}")
    push.changes(3, city="Oslo")
    push.leaves(4)

    for _ in range(round(35 * DAY / step)):
        push.passes(step)
        push.status()

    made = push.one(1)["createdDateTime"]
    last = push.status()["lastExecution"]["timeBegan"]
    assert (made, last) == ("2026-02-04T08:41:00Z", "2026-02-09T08:01:00Z")
