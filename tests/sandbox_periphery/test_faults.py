from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from sandbox.clock import ManualClock
from sandbox.estate import PLACES, demo_estate
from sandbox.faults import FaultError, Faults
from sandbox.inprocess import InProcessTransport
from sandbox.seeds import sandbox_id
from sandbox.wire import Answer, Caller, Dropped, Request
from sandbox.world import ORIGIN, Sandbox

PAGE = {"value": [{"id": str(number)} for number in range(50)]}


def a_request(method: str = "GET", path: str = "/users", **more: Any) -> Request:
    caller = Caller(tenant_id="tenant", app_id="app", permissions=frozenset())
    return Request(method=method, version="v1.0", path=path, caller=caller, **more)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def faults(clock: ManualClock) -> Faults:
    return Faults(clock, seed=1)


def test_a_storm_blows_for_as_many_requests_as_were_said(faults: Faults) -> None:
    faults.arm("storm", count=3, retry_after=9)

    answers = [faults.before(a_request()) for _ in range(4)]

    assert [answer and answer.status for answer in answers] == [429, 429, 429, None]
    assert answers[0] is not None
    assert answers[0].headers["Retry-After"] == "9"


def test_a_storm_blows_for_as_long_as_was_said(faults: Faults, clock: ManualClock) -> None:
    faults.arm("storm", seconds=10)

    during = [faults.before(a_request()) for _ in range(50)]
    clock.advance(10)

    assert all(during)
    assert faults.before(a_request()) is None
    assert faults.armed == []


def test_the_third_write_is_dropped_and_reads_do_not_count(faults: Faults) -> None:
    faults.arm("drop", nth=3)
    done = Answer(status=204)

    outcomes = []
    for _ in range(4):
        assert faults.after(a_request(), Answer(status=200, body={})) == Answer(status=200, body={})
        outcomes.append(faults.after(a_request("PATCH", "/users/1"), done))

    assert [isinstance(outcome, Dropped) for outcome in outcomes] == [False, False, True, False]


def test_only_what_took_effect_is_dropped(faults: Faults) -> None:
    faults.arm("drop")
    refused = Answer(status=403, body={})

    assert faults.after(a_request("PATCH", "/users/1"), refused) is refused


def test_a_truncated_page_is_the_beginning_of_the_page(faults: Faults) -> None:
    faults.arm("truncate")

    answer = faults.after(a_request(), Answer(status=200, body=PAGE))

    assert isinstance(answer, Answer)
    assert answer.status == 200
    whole = json.dumps(PAGE, separators=(",", ":")).encode()
    assert whole.startswith(answer.body)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)


def test_a_fault_may_be_for_one_tenant_and_one_kind_of_path(faults: Faults) -> None:
    faults.arm("storm", tenant="tenant", path="/invitations", count=1)

    assert faults.before(a_request(path="/users")) is None
    assert faults.before(a_request("POST", "/invitations")) is not None


def test_the_same_seed_breaks_at_the_same_places(clock: ManualClock) -> None:
    def struck() -> list[bool]:
        faults = Faults(clock, seed=5)
        faults.arm("drop", share=0.3, count=1000)
        written = Answer(status=204)
        return [
            isinstance(faults.after(a_request("PATCH", "/users/1"), written), Dropped)
            for _ in range(100)
        ]

    first = struck()

    assert first == struck()
    assert 10 < sum(first) < 60


def test_cleared_faults_do_nothing(faults: Faults) -> None:
    faults.arm("storm", count=10)

    faults.clear()

    assert faults.before(a_request()) is None


@pytest.mark.parametrize(
    ("kind", "options", "told"),
    [
        ("flood", {}, "unknown kind 'flood'. Known: drop, storm, truncate."),
        ("storm", {"amount": 3}, "unknown option 'amount'"),
        ("storm", {"count": "3"}, "count is '3', expected int."),
        ("storm", {"count": True}, "count is True, expected int."),
    ],
)
def test_a_fault_that_means_nothing_is_refused(
    faults: Faults, kind: str, options: dict[str, object], told: str
) -> None:
    with pytest.raises(FaultError) as refused:
        faults.arm(kind, **options)

    assert told in str(refused.value)


class TestOverHttp:
    @pytest.fixture
    def world(self, clock: ManualClock) -> Sandbox:
        return Sandbox(clock, estate=demo_estate(people=5, awkward=False))

    def client(self, world: Sandbox) -> httpx.AsyncClient:
        token = world.identity.issue(
            PLACES["fabrikam"].tenant_id, sandbox_id("app:fabrikam:administrator")
        )
        return httpx.AsyncClient(
            transport=InProcessTransport(world),
            base_url=f"{ORIGIN}/v1.0",
            headers={"Authorization": f"Bearer {token}"},
        )

    def batch(self, world: Sandbox) -> dict[str, Any]:
        ids = list(world.tenant("fabrikam").users)
        return {
            "requests": [
                {
                    "id": user_id,
                    "method": "PATCH",
                    "url": f"/users/{user_id}",
                    "headers": {"Content-Type": "application/json"},
                    "body": {"jobTitle": "Changed"},
                }
                for user_id in ids[:3]
            ]
        }

    async def ask(self, world: Sandbox, method: str, path: str, body: Any = None) -> httpx.Response:
        async with self.client(world) as client:
            return await client.request(method, f"{ORIGIN}/v1.0{path}", json=body)

    def test_a_dropped_inner_write_loses_the_batch_but_not_its_writes(self, world: Sandbox) -> None:
        world.faults.arm("drop", nth=2)

        with pytest.raises(httpx.ReadError):
            asyncio.run(self.ask(world, "POST", "/$batch", self.batch(world)))

        titles = [user.get("jobTitle") for user in world.tenant("fabrikam").users.values()]
        assert titles.count("Changed") == 3

    def test_a_truncated_page_says_200_and_cannot_be_read(self, world: Sandbox) -> None:
        world.faults.arm("truncate")

        answer = asyncio.run(self.ask(world, "GET", "/users"))

        assert answer.status_code == 200
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        with pytest.raises(json.JSONDecodeError):
            answer.json()
