from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from reconcile.errors import ConsentError, LeaseHeldError, ThrottledError, TransientError
from reconcile.graph.batch import read_batch, run_batch
from reconcile.graph.calls import Answer, Call, Lost
from tests.graph.scripted import Meeting, an_error, meet

Inner = Callable[[dict[str, Any]], dict[str, Any] | None]


def answering(inner: Inner) -> Callable[[httpx.Request], httpx.Response]:
    """A batch endpoint, backwards, that asks `inner` for each answer; None leaves one out."""

    def reply(request: httpx.Request) -> httpx.Response:
        asked = msgspec.json.decode(request.content)["requests"]
        answers = [
            {"id": one["id"], **answer} for one in asked if (answer := inner(one)) is not None
        ]
        return httpx.Response(200, json={"responses": answers[::-1]})

    return reply


def done(_: dict[str, Any]) -> dict[str, Any]:
    return {"status": 204}


def writes(count: int) -> list[Call]:
    return [Call(method="PATCH", path=f"/users/{n}", body={"city": "Aarhus"}) for n in range(count)]


def reads(count: int) -> list[Call]:
    return [Call(path=f"/users/{n}") for n in range(count)]


def sent(meeting: Meeting) -> list[list[str]]:
    """The addresses of the inner calls of each batch."""
    return [
        [one["url"] for one in msgspec.json.decode(request.content)["requests"]]
        for request in meeting.asked
    ]


def test_answers_come_back_in_the_order_of_the_calls() -> None:
    def echo(one: dict[str, Any]) -> dict[str, Any]:
        return {"status": 200, "body": {"url": one["url"]}}

    async def play(meeting: Meeting) -> list[str]:
        answers = await run_batch(meeting.client, reads(20))
        return [one.json()["url"] for one in answers if isinstance(one, Answer)]

    assert meet([answering(echo)], play) == [f"/users/{n}" for n in range(20)]


def test_the_right_to_write_is_asked_for_after_each_wait() -> None:
    """What was done keeps its answer; what was refused is not sent by one who may not write."""
    checked: list[float] = []

    def first(one: dict[str, Any]) -> dict[str, Any]:
        if one["url"] == "/users/1":
            return {"status": 429, "headers": {"Retry-After": "70"}}
        return {"status": 204}

    async def play(meeting: Meeting) -> list[int]:
        began = meeting.clock.now()

        def check() -> None:
            checked.append((meeting.clock.now() - began).total_seconds())
            if len(checked) == 2:
                raise LeaseHeldError("state: another run took the lease.")

        answers = await run_batch(meeting.client, writes(3), check)
        assert len(meeting.asked) == 1
        return [one.status for one in answers if isinstance(one, Answer)]

    assert meet([answering(first), answering(done)], play) == [204, 429, 204]
    assert checked[1] >= 70


def test_only_refused_calls_go_out_again_after_their_wait() -> None:
    def first(one: dict[str, Any]) -> dict[str, Any]:
        if one["url"] in {"/users/1", "/users/3"}:
            return {"status": 429, "headers": {"Retry-After": "7"}}
        return {"status": 204}

    async def play(meeting: Meeting) -> tuple[list[list[str]], float, set[int]]:
        began = meeting.clock.now()
        answers = await run_batch(meeting.client, writes(5))
        waited = (meeting.clock.now() - began).total_seconds()
        return sent(meeting), waited, {one.status for one in answers if isinstance(one, Answer)}

    batches, waited, statuses = meet([answering(first), answering(done)], play)

    assert batches[1:] == [["/users/1", "/users/3"]]
    assert 7 <= waited < 8
    assert statuses == {204}


@pytest.mark.parametrize(
    "reply",
    [
        httpx.ReadError("reset"),
        httpx.Response(200, content=b'{"responses":[{"id":"0","sta'),
        httpx.Response(504),
    ],
)
def test_a_lost_batch_loses_every_write_and_none_is_sent_again(
    reply: httpx.Response | Exception,
) -> None:
    async def play(meeting: Meeting) -> tuple[list[Answer | Lost], int]:
        return await run_batch(meeting.client, writes(3)), len(meeting.asked)

    answers, requests = meet([reply, answering(done)], play)

    assert all(isinstance(one, Lost) for one in answers)
    assert requests == 1


def test_a_write_without_an_answer_is_lost() -> None:
    def all_but_one(one: dict[str, Any]) -> dict[str, Any] | None:
        return None if one["url"] == "/users/1" else {"status": 204}

    answers = meet([answering(all_but_one)], lambda m: run_batch(m.client, writes(3)))

    assert [isinstance(one, Lost) for one in answers] == [False, True, False]


@pytest.mark.parametrize("reply", [httpx.ReadError("reset"), httpx.Response(200, content=b"{")])
def test_a_lost_batch_of_reads_is_asked_again(reply: httpx.Response | Exception) -> None:
    answers = meet([reply, answering(done)], lambda m: read_batch(m.client, reads(3)))

    assert [one.status for one in answers] == [204, 204, 204]


def test_a_read_that_never_answers_raises() -> None:
    with pytest.raises(TransientError, match="cut short"):
        meet([answering(lambda _: None)], lambda m: read_batch(m.client, reads(1)))


def test_a_read_that_is_throttled_to_the_end_raises() -> None:
    refused = {"status": 429, "headers": {"Retry-After": "1"}}

    with pytest.raises(ThrottledError):
        meet([answering(lambda _: refused)], lambda m: read_batch(m.client, reads(1)))


def test_a_batch_that_is_refused_as_a_whole_raises() -> None:
    with pytest.raises(ConsentError):
        meet([an_error(403, "Forbidden")], lambda m: run_batch(m.client, writes(1)))


def test_what_was_done_is_told_although_the_rest_cannot_be_sent() -> None:
    def half(one: dict[str, Any]) -> dict[str, Any]:
        return {"status": 204} if one["url"] == "/users/0" else {"status": 503}

    async def play(meeting: Meeting) -> list[int]:
        answers = await run_batch(meeting.client, writes(2))
        return [one.status for one in answers if isinstance(one, Answer)]

    assert meet([answering(half), httpx.ConnectError("gone")], play) == [204, 503]


def test_many_reads_are_sent_twenty_at_a_time() -> None:
    async def play(meeting: Meeting) -> list[int]:
        answers = await read_batch(meeting.client, reads(45))
        assert len(answers) == 45
        return sorted(len(batch) for batch in sent(meeting))

    assert meet([answering(done)], play) == [5, 20, 20]


def test_no_reads_send_nothing() -> None:
    async def play(meeting: Meeting) -> int:
        await read_batch(meeting.client, [])
        return len(meeting.asked)

    assert meet([answering(done)], play) == 0
