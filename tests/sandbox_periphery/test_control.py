from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sandbox.clock import ManualClock
from sandbox.estate import PLACES, demo_estate
from sandbox.inprocess import InProcessTransport
from sandbox.world import ORIGIN, Sandbox


class Control:
    """Sends wishes to a sandbox of the same process."""

    def __init__(self, world: Sandbox) -> None:
        self._world = world

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, None))

    def post(self, path: str, wish: Any) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, wish))

    def delete(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("DELETE", path, None))

    async def _ask(self, method: str, path: str, wish: Any) -> httpx.Response:
        transport = InProcessTransport(self._world)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.request(method, path, json=wish)

    def post_text(self, path: str, text: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = InProcessTransport(self._world)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.post(path, content=text)

        return asyncio.run(ask())


@pytest.fixture
def world() -> Sandbox:
    return Sandbox(ManualClock(), estate=demo_estate(people=40))


@pytest.fixture
def control(world: Sandbox) -> Control:
    return Control(world)


def test_the_state_counts_tenants_and_requests(control: Control) -> None:
    state = control.get("/_sandbox/state").json()

    assert [tenant["alias"] for tenant in state["tenants"]] == list(PLACES)
    assert state["tenants"][0]["users"] == 40
    assert state["requests"] == state["writes"] == 0
    assert state["settings"]["throttling"] is False


def test_the_state_tells_what_was_made_toward_a_target(world: Sandbox, control: Control) -> None:
    target = PLACES["fabrikam"].tenant_id
    before = control.get("/_sandbox/state").json()["tenants"][0]
    world.tenant("contoso").registrations.add_native_job(target)

    after = control.get("/_sandbox/state").json()["tenants"][0]

    assert (before["applications"], before["jobs"]) == ([], [])
    assert after["applications"] == ["Native synchronization"]
    assert after["jobs"] == [
        {"application": "Native synchronization", "target": target, "state": "Active"}
    ]
    assert after["syncPolicies"] == after["assignments"] == 0


def test_time_passes_when_told(world: Sandbox, control: Control) -> None:
    before = world.clock.now()

    control.post("/_sandbox/clock", {"advance": 86_400})

    assert (world.clock.now() - before).days == 1


def test_throttling_and_delay_can_be_turned_on(world: Sandbox, control: Control) -> None:
    said = {"throttling": True, "replication_delay": 5, "invitations_draw_writes": False}

    answer = control.post("/_sandbox/settings", said)

    assert answer.json().items() >= {**said, "replication_delay": 5.0}.items()
    assert world.meter.on
    assert world.tenant("fabrikam").replica is not None


@pytest.mark.parametrize(
    ("said", "listings", "points"),
    [
        ({"replication_delay": 5}, 5, 5),
        ({"listings_delay": 7}, 7, 3),
        ({"points_delay": 7}, 3, 7),
        ({"replication_delay": 9, "points_delay": 0}, 9, 0),
    ],
)
def test_listings_and_named_objects_are_delayed_each_on_their_own(
    world: Sandbox, control: Control, said: Any, listings: float, points: float
) -> None:
    control.post("/_sandbox/settings", {"replication_delay": 3})

    found = control.post("/_sandbox/settings", said).json()

    assert (found["listings_delay"], found["points_delay"]) == (listings, points)
    assert (world.listings_delay, world.points_delay) == (listings, points)


def test_delta_is_as_awkward_as_told(world: Sandbox, control: Control) -> None:
    answer = control.post("/_sandbox/settings", {"delta_awkwardness": 2})

    assert answer.json()["delta_awkwardness"] == 2
    assert world.store.switches.delta_awkwardness == 2


def test_an_expired_delta_token_is_refused_as_told(world: Sandbox, control: Control) -> None:
    control.post("/_sandbox/settings", {"expired_delta_is_gone": False})

    assert world.store.switches.expired_delta_is_gone is False


def test_a_setting_that_means_nothing_leaves_the_others_alone(
    world: Sandbox, control: Control
) -> None:
    control.post("/_sandbox/settings", {"throttling": True, "delta_awkwardness": 3})

    assert not world.meter.on


def test_a_fault_is_armed_for_an_alias_and_cleared(world: Sandbox, control: Control) -> None:
    armed = control.post("/_sandbox/faults", {"kind": "storm", "tenant": "fabrikam"})
    cleared = control.delete("/_sandbox/faults")

    assert armed.json()["armed"] == ["storm"]
    assert cleared.json() == {"armed": [], "faults": []}


def test_a_workloads_assertion_is_issued(control: Control) -> None:
    said = {"issuer": "https://i.example", "subject": "s", "audience": "a"}

    assert control.post("/_sandbox/assertions", said).json()["assertion"].count(".") == 2


@pytest.mark.parametrize(
    ("path", "said", "told"),
    [
        ("/_sandbox/clock", {"advance": -1}, "Expected: a number of seconds, 0 to 3,155,760,000"),
        (
            "/_sandbox/clock",
            {"advance": 1e12},
            "advance: found 1000000000000.0. Expected: a number",
        ),
        ("/_sandbox/clock", {"advance": 10**400}, "Expected: a number of seconds"),
        ("/_sandbox/settings", {"replication_delay": 1e300}, "Expected: a number of seconds"),
        ("/_sandbox/clock", {"advnce": 1}, "unknown advnce. Known: advance."),
        ("/_sandbox/clock", [], "found list. Expected: an object."),
        ("/_sandbox/settings", {"throttling": "yes"}, "Expected: true or false."),
        ("/_sandbox/settings", {"delta_awkwardness": 3}, "Expected: 0 (none), 1 (as Graph)"),
        ("/_sandbox/settings", {"delta_awkwardness": True}, "found True"),
        ("/_sandbox/settings", {"delta_awkwardness": []}, "found []"),
        ("/_sandbox/faults", {"kind": "flood"}, "Known: close, cut, drop"),
        ("/_sandbox/faults", {"kind": "storm", "tenant": "x"}, "no tenant 'x' is loaded"),
        ("/_sandbox/assertions", {"issuer": "i"}, "subject: found None. Expected: a text."),
    ],
)
def test_a_wish_that_means_nothing_is_refused(
    control: Control, path: str, said: Any, told: str
) -> None:
    answer = control.post(path, said)

    assert answer.status_code == 400
    assert told in answer.json()["error"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("clock", '{"advance": %s}'),
        ("settings", '{"replication_delay": %s}'),
        ("faults", '{"kind": "slow", "delay": %s}'),
    ],
)
def test_a_number_that_is_none_is_refused_and_breaks_nothing(
    control: Control, path: str, wish: str, number: str
) -> None:
    refused = control.post_text(f"/_sandbox/{path}", wish % number)

    assert refused.status_code == 400
    assert "Expected: " in refused.json()["error"]
    assert control.get("/_sandbox/state").json()["now"] == "2026-01-05T08:00:00Z"
    assert control.get("/_sandbox/faults").json()["faults"] == []


def test_time_ends_with_the_year_2999(world: Sandbox, control: Control) -> None:
    world.clock = ManualClock(datetime(2950, 1, 1, tzinfo=UTC))

    refused = control.post("/_sandbox/clock", {"advance": 3_155_760_000})

    assert refused.status_code == 400
    assert "a moment before the year 3000" in refused.json()["error"]
    assert control.get("/_sandbox/state").json()["now"] == "2950-01-01T00:00:00Z"


@pytest.mark.parametrize("path", ["/_sandbox/nowhere", "/_sandbox/state"])
def test_a_call_that_is_none_is_refused_in_the_apis_own_words(control: Control, path: str) -> None:
    answer = control.post(path, {})

    assert answer.status_code == 404
    assert f"POST {path}: no such call" in answer.json()["error"]


def test_a_wish_that_takes_nothing_says_so(control: Control) -> None:
    answer = control.post("/_sandbox/reset", {"counts": True})

    assert answer.json()["error"] == "body: unknown counts. Known: nothing."
