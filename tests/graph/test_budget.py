from __future__ import annotations

import asyncio

import pytest

from reconcile.graph.budget import Budget, Cost, cost_of, total
from reconcile.graph.calls import Answer, Call, query
from sandbox.virtual import VirtualClock, run_virtually


def seconds_for(cost: Cost, times: int, *answers: Answer, users: int = 0) -> float:
    """How long so many calls take a budget that has heard these answers."""

    async def main(clock: VirtualClock) -> float:
        budget = Budget(clock)
        budget.know_size(users)
        for answer in answers:
            budget.learn(answer)
        began = clock.now()
        await asyncio.gather(*(budget.take(cost) for _ in range(times)))
        return (clock.now() - began).total_seconds()

    return run_virtually(main)


def throttled(reason: str, after: int | None = 9) -> Answer:
    headers = {"x-ms-throttle-information": reason}
    return Answer(status=429, headers=headers | ({"retry-after": str(after)} if after else {}))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call(path="/users"), Cost(2)),
        (Call(path=query("/users", select="id", top=999)), Cost(1)),
        (Call(path=query("/users", select="id", expand="manager($select=id)")), Cost(2)),
        (Call(path=query("/groups/1/members/microsoft.graph.user", select="id")), Cost(2)),
        (Call(path="/users/1"), Cost(1)),
        (Call(path="/users/1/memberOf/microsoft.graph.group"), Cost(2)),
        (Call(path="/applications"), Cost(2)),
        (Call(method="PATCH", path="/users/1"), Cost(1, 1)),
        (Call(method="POST", path="/invitations"), Cost(1, 1, 1)),
    ],
)
def test_costs_are_the_published_ones(call: Call, expected: Cost) -> None:
    assert cost_of(call) == expected


def test_a_batch_costs_what_its_calls_cost() -> None:
    calls = [Call(method="POST", path="/invitations"), Call(path="/users/1")]

    assert total(calls) == Cost(2, 1, 1)


@pytest.mark.parametrize(
    ("cost", "each_second"),
    [(Cost(writes=1), 20.0), (Cost(invitations=1), 30.0), (Cost(units=1), 350.0)],
)
def test_nothing_goes_faster_than_the_quota_refills(cost: Cost, each_second: float) -> None:
    extra = seconds_for(cost, 5_000) - seconds_for(cost, 4_000)

    assert extra == pytest.approx(1_000 / each_second, rel=0.01)


def test_a_burst_as_large_as_the_quota_hardly_waits() -> None:
    assert seconds_for(Cost(writes=1), 2_800) == 0


def test_a_large_tenant_grants_more_units() -> None:
    small, large = (seconds_for(Cost(units=1), 20_000, users=n) for n in (10, 10_000))

    assert large < small / 2


@pytest.mark.parametrize(
    ("reason", "reads_wait"), [("WriteLimitExceeded", False), ("CPULimitExceeded", True)]
)
def test_a_refusal_stops_what_it_is_about(reason: str, *, reads_wait: bool) -> None:
    assert seconds_for(Cost(writes=1), 1, throttled(reason)) >= 9
    assert (seconds_for(Cost(units=1), 1, throttled(reason)) >= 9) is reads_wait


def test_a_refusal_that_names_no_time_is_waited_out_too() -> None:
    assert seconds_for(Cost(units=1), 1, throttled("", after=None)) >= 10


def test_graph_is_believed_when_it_says_that_much_is_used() -> None:
    told = Answer(status=200, headers={"x-ms-throttle-limit-percentage": "1.5"})

    assert seconds_for(Cost(units=1), 1, told) >= 4


def test_a_share_that_is_no_number_changes_nothing() -> None:
    told = Answer(status=200, headers={"x-ms-throttle-limit-percentage": "much"})

    assert seconds_for(Cost(units=1), 1, told) == 0
