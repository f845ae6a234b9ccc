from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import ManualClock
from sandbox.costs import cost_of
from sandbox.meter import Meter
from sandbox.wire import Answer, Caller, Request


def a_request(
    method: str = "GET",
    path: str = "/users",
    *,
    app: str = "app",
    tenant: str = "tenant",
    **more: Any,
) -> Request:
    caller = Caller(tenant_id=tenant, app_id=app, permissions=frozenset())
    return Request(method=method, version="v1.0", path=path, caller=caller, **more)


def a_write(**more: Any) -> Request:
    return a_request("PATCH", "/users/1", **more)


def admitted(meter: Meter, request: Request, most: int = 100_000) -> int:
    return next((number for number in range(most) if meter.charge(request)), most)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def meter(clock: ManualClock) -> Meter:
    return Meter(clock, on=True, population=lambda _: 1000)


@pytest.mark.parametrize(
    ("path", "query", "units"),
    [
        ("/users", {}, 2),
        ("/users", {"$select": "id"}, 1),
        ("/users", {"$select": "id", "$top": "999"}, 1),
        ("/users", {"$expand": "manager"}, 3),
        ("/users", {"$top": "5", "$select": "id"}, 1),
        ("/users/1", {}, 1),
        ("/users/1", {"$expand": "manager"}, 2),
        ("/users/delta", {}, 2),
        ("/groups/1/members", {}, 3),
        ("/groups/1/members/microsoft.graph.user", {"$select": "id"}, 2),
        ("/groups/1/members/graph.user", {}, 3),
        ("/groups('1')/members", {}, 3),
        ("/Users", {}, 2),
        ("/users", {"$Top": "5"}, 1),
        ("/groups/1/transitiveMembers", {}, 5),
        ("/applications", {}, 2),
        ("/applications/1/extensionProperties", {}, 2),
        ("/users/1/memberOf", {}, 2),
        ("/policies/crossTenantAccessPolicy/partners", {}, 1),
    ],
)
def test_reads_cost_what_is_published(path: str, query: dict[str, str], units: int) -> None:
    cost = cost_of(a_request(path=path, query=query), invitations_draw_writes=True)

    assert (cost.units, cost.writes) == (units, 0)


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_write_costs_a_unit_and_a_write(method: str) -> None:
    cost = cost_of(a_request(method, "/users/1"), invitations_draw_writes=True)

    assert (cost.units, cost.writes) == (1, 1)


def test_a_question_sent_as_post_is_no_write() -> None:
    cost = cost_of(a_request("POST", "/users/1/checkMemberGroups"), invitations_draw_writes=True)

    assert (cost.units, cost.writes) == (4, 0)


@pytest.mark.parametrize(("users", "units"), [(10, 3500), (50, 5000), (500, 5000), (501, 8000)])
def test_a_tenants_size_sets_its_resource_units(clock: ManualClock, users: int, units: int) -> None:
    meter = Meter(clock, on=True, population=lambda _: users)
    reading = a_request(path="/groups/1", app="reader")

    # 2,000 requests a second are another limit, so the reader takes a little longer.
    first = admitted(meter, reading, 2000)
    seconds = 0.0
    while first == 2000 * (seconds + 1):
        clock.advance(1)
        seconds += 1
        first += admitted(meter, reading, 2000)

    assert units <= first <= units * (1 + (seconds + 1) / 10)


def test_writes_end_at_3000_for_one_application_and_at_18000_for_all(
    meter: Meter, clock: ManualClock
) -> None:
    counts = []
    for application in range(8):
        counts.append(admitted(meter, a_write(app=f"app {application}"), 2000))
        clock.advance(1)
        counts[-1] += admitted(meter, a_write(app=f"app {application}"))

    assert all(3000 <= count <= 3020 for count in counts[:6])
    # Each second that passed gave 60 writes back to the tenant.
    assert 18_000 <= sum(counts) <= 18_000 + 8 * 60


def test_invitations_end_at_150_whoever_sends_them(meter: Meter, clock: ManualClock) -> None:
    first, second = (a_request("POST", "/invitations", app=app) for app in "ab")

    assert admitted(meter, first, 100) + admitted(meter, second) == 150

    clock.advance(10)
    assert admitted(meter, second) == 150


def test_invitations_draw_writes_unless_switched_off(meter: Meter) -> None:
    meter.invitations_draw_writes = False
    admitted(meter, a_request("POST", "/invitations"), 150)

    assert admitted(meter, a_write(), 2000 - 150) == 1850
    cost = cost_of(a_request("POST", "/invitations"), invitations_draw_writes=False)
    assert (cost.units, cost.writes, cost.invitations) == (1, 0, 1)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/auditLogs/provisioning"),
        ("POST", "/servicePrincipals/1/synchronization/jobs/2/provisionOnDemand"),
    ],
)
def test_reports_and_demands_end_at_5(meter: Meter, method: str, path: str) -> None:
    assert admitted(meter, a_request(method, path)) == 5


def refusing(meter: Meter, request: Request) -> Answer:
    while (answer := meter.charge(request)) is None:
        pass
    return answer


def test_a_refusal_says_why_how_long_and_for_whom(meter: Meter) -> None:
    answer = refusing(meter, a_request("POST", "/invitations"))

    assert answer.status == 429
    assert answer.body["error"]["code"] == "TooManyRequests"
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["x-ms-throttle-scope"] == "Tenant/Write/app/tenant"
    assert answer.headers["x-ms-throttle-information"] == "WriteLimitExceeded"


def test_who_waits_as_told_is_admitted(meter: Meter, clock: ManualClock) -> None:
    answer = refusing(meter, a_request("POST", "/invitations"))

    clock.advance(int(answer.headers["Retry-After"]))

    assert meter.charge(a_request("POST", "/invitations")) is None


def test_who_does_not_wait_waits_longer(meter: Meter) -> None:
    invite = a_request("POST", "/invitations")
    first, *_, last = [refusing(meter, invite) for _ in range(100)]

    assert int(last.headers["Retry-After"]) > int(first.headers["Retry-After"])


def test_another_tenant_and_another_application_are_not_affected(meter: Meter) -> None:
    read = a_request(path="/auditLogs/provisioning")
    refusing(meter, read)

    assert meter.charge(a_request(path="/auditLogs/provisioning", tenant="other")) is None
    assert meter.charge(a_request(path="/auditLogs/provisioning", app="other")) is None


def test_low_priority_is_refused_first_and_high_priority_last(
    clock: ManualClock, meter: Meter
) -> None:
    counts = {}
    for priority in ("Low", "Normal", "High"):
        headers = {"x-ms-throttle-priority": priority}
        read = a_request(path="/auditLogs/provisioning", app=priority, headers=headers)
        counts[priority] = admitted(meter, read)

    assert counts["Low"] < counts["Normal"] <= counts["High"]


def test_the_used_share_is_told_only_when_it_is_large(
    clock: ManualClock,
) -> None:
    meter = Meter(clock, on=True, population=lambda _: 10)
    read = a_request(path="/groups/1")

    told: list[str | None] = []
    for _ in range(2):
        admitted(meter, read, 1700)
        told.append(meter.headers(read).get("x-ms-throttle-limit-percentage"))
        clock.advance(1)

    assert told[0] is None
    assert told[1] is not None
    assert 0.8 < float(told[1]) < 1


def test_off_means_off(clock: ManualClock) -> None:
    meter = Meter(clock)

    assert admitted(meter, a_request("POST", "/invitations"), 1000) == 1000
    assert meter.headers(a_request()) == {}


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_no_pace_gets_more_than_a_full_bucket_and_its_refill(pauses: list[float]) -> None:
    clock = ManualClock()
    meter = Meter(clock, on=True)
    invite = a_request("POST", "/invitations")

    got = 0
    for pause in pauses:
        got += admitted(meter, invite, 40)
        clock.advance(pause)

    assert got <= 150 + 30 * sum(pauses[:-1]) + 1


def test_a_tenant_that_grows_gets_more_units(clock: ManualClock) -> None:
    users = 3
    meter = Meter(clock, on=True, population=lambda _: users)
    read = a_request(path="/groups/1")
    admitted(meter, read, 1000)

    users = 600
    clock.advance(10)
    first = admitted(meter, read, 2000)
    clock.advance(1)

    assert first + admitted(meter, read, 2000) + admitted(meter, read, 2000) >= 3_600


def test_who_was_refused_in_one_quota_draws_from_no_other(meter: Meter, clock: ManualClock) -> None:
    admitted(meter, a_request("POST", "/invitations"))
    for _ in range(1000):
        meter.charge(a_request("POST", "/invitations"))

    clock.advance(1)
    assert admitted(meter, a_write(), 2000) == 2000
