from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from sandbox.clock import ManualClock
from sandbox.closures import in_force
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


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_outage_refuses_as_often_as_was_said(faults: Faults, status: int) -> None:
    faults.arm("outage", status=status, count=2)

    answers = [faults.before(a_request("POST", "/users")) for _ in range(3)]

    assert [answer and answer.status for answer in answers] == [status, status, None]
    assert answers[0] is not None
    assert "Retry-After" not in answers[0].headers


def test_an_outage_may_say_when_to_come_back(faults: Faults) -> None:
    faults.arm("outage", retry_after=7)

    answer = faults.before(a_request())

    assert answer is not None
    assert (answer.status, answer.headers["Retry-After"]) == (503, "7")


def test_faults_are_listed_with_what_is_left_of_them(faults: Faults) -> None:
    faults.arm("storm", nth=3, count=4, path="/users")
    faults.arm("revoke", permission="User.Read.All")

    faults.before(a_request())

    assert faults.listed() == [
        {
            "number": 1,
            "kind": "storm",
            "path": "/users",
            "share": 1.0,
            "waits": 1,
            "left": 4,
            "struck": 0,
        },
        {
            "number": 2,
            "kind": "revoke",
            "permission": "User.Read.All",
            "share": 1.0,
            "struck": 0,
        },
    ]


def test_one_fault_of_several_is_cleared_by_its_number(faults: Faults) -> None:
    faults.arm("storm")
    faults.arm("drop")

    faults.clear(1)

    assert faults.armed == ["drop"]
    with pytest.raises(FaultError, match=r"no fault 1 is armed\. Armed: 2\."):
        faults.clear(1)


def test_cleared_faults_do_nothing(faults: Faults) -> None:
    faults.arm("storm", count=10)

    faults.clear()

    assert faults.before(a_request()) is None


@pytest.mark.parametrize(
    ("kind", "options", "told"),
    [
        ("flood", {}, "unknown kind 'flood'. Known: close, cut, drop, expire, leap,"),
        ("storm", {"amount": 3}, "unknown option 'amount'"),
        ("storm", {"count": "3"}, "count is '3', expected int."),
        ("storm", {"count": True}, "count is True, expected int."),
        ("storm", {"delay": 3}, "unknown option 'delay' of storm."),
        ("outage", {"status": 418}, "status is 418. Expected one of 500, 502, 503, 504."),
        ("storm", {"share": float("nan")}, "share is nan. Expected: 0 to 1."),
        ("storm", {"share": -1}, "share is -1. Expected: 0 to 1."),
        ("storm", {"nth": 0}, "nth is 0. Expected: 1 to 1,000,000,000."),
        ("drop", {"count": -1}, "count is -1. Expected: 1 to 1,000,000,000."),
        ("storm", {"seconds": 1e300}, "seconds is 1e+300. Expected: 0 to 3,155,760,000."),
        ("storm", {"retry_after": 0}, "retry_after is 0. Expected: 1 to"),
        ("slow", {"delay": float("inf")}, "delay is inf. Expected: 0 to 3,155,760,000."),
        ("leap", {"advance": -7200}, "advance is -7200. Expected: 0 to 3,155,760,000."),
        ("close", {}, "close needs the tenant that closes."),
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

    def test_a_cut_write_never_took_effect(self, world: Sandbox) -> None:
        world.faults.arm("cut")

        with pytest.raises(httpx.ReadError):
            asyncio.run(self.ask(world, "POST", "/$batch", self.batch(world)))

        titles = [user.get("jobTitle") for user in world.tenant("fabrikam").users.values()]
        assert "Changed" not in titles

    def test_a_slow_answer_takes_time_of_the_sandbox_only(
        self, world: Sandbox, clock: ManualClock
    ) -> None:
        world.faults.arm("slow", delay=120)
        before = clock.now()

        answer = asyncio.run(self.ask(world, "GET", "/users"))

        assert answer.status_code == 200
        assert (clock.now() - before).total_seconds() == 120

    def test_time_leaps_before_the_third_request(self, world: Sandbox, clock: ManualClock) -> None:
        world.faults.arm("leap", nth=3, advance=600)
        before = clock.now()

        passed = []
        for _ in range(4):
            asyncio.run(self.ask(world, "GET", "/users?$top=1"))
            passed.append((clock.now() - before).total_seconds())

        assert passed == [0, 0, 600, 600]

    def test_revoked_consent_holds_until_it_is_given_back(self, world: Sandbox) -> None:
        world.faults.arm("revoke")
        user = next(iter(world.tenant("fabrikam").users))

        def renamed() -> int:
            change = {"jobTitle": "Changed"}
            return asyncio.run(self.ask(world, "PATCH", f"/users/{user}", change)).status_code

        refused = [renamed(), renamed()]
        world.faults.clear()

        assert (refused, renamed()) == ([403, 403], 204)

    def test_a_closed_target_is_open_again_when_the_fault_is_cleared(self, world: Sandbox) -> None:
        source, target = PLACES["contoso"].tenant_id, world.tenant("fabrikam")
        target.identity_sync[source] = {
            "tenantId": source,
            "userSyncInbound": {"isSyncAllowed": True},
        }

        def allowed() -> bool:
            return bool(in_force(target, source)["userSyncInbound"]["isSyncAllowed"])

        world.faults.arm("close", tenant=target.tenant_id)
        during = allowed()
        world.faults.clear()

        assert (during, allowed()) == (False, True)

    def test_a_tenant_that_allows_nobody_cannot_be_closed(self, world: Sandbox) -> None:
        with pytest.raises(FaultError, match="Nothing was closed"):
            world.faults.arm("close", tenant=world.tenant("fabrikam").tenant_id)

    def test_a_delta_token_expires_with_the_address_of_its_own_beginning(
        self, world: Sandbox
    ) -> None:
        user = next(iter(world.tenant("fabrikam").users))
        asked = f"$select=displayName,manager&$filter=id%20eq%20'{user}'"
        first = asyncio.run(self.ask(world, "GET", f"/users/delta?{asked}"))
        world.faults.arm("expire")

        begun = asyncio.run(self.ask(world, "GET", f"/users/delta?{asked}"))
        link = httpx.URL(first.json()["@odata.deltaLink"])
        expired = asyncio.run(self.ask(world, "GET", f"/users/delta?{link.query.decode()}"))

        location = httpx.URL(expired.headers["Location"])
        assert (begun.status_code, expired.status_code) == (200, 410)
        assert location.path == "/v1.0/users/delta"
        assert dict(location.params) == {
            "$deltatoken": "",
            "$select": "displayName,manager",
            "$filter": f"id eq '{user}'",
        }
        again = asyncio.run(self.ask(world, "GET", f"/users/delta?{location.query.decode()}"))
        assert [person["id"] for person in again.json()["value"]] == [user]

    def test_a_damaged_token_is_damaged_also_when_tokens_expire(self, world: Sandbox) -> None:
        world.faults.arm("expire")

        answer = asyncio.run(self.ask(world, "GET", "/users/delta?$deltatoken=t"))

        assert answer.status_code == 400
