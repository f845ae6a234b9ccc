"""Batches: up to twenty calls go out as one `$batch`, an answer or a loss comes back for each.

Graph answers 200 for the batch even where inner calls failed, in any order, and throttles inner
calls one by one. Only what was refused goes out again; a write without an answer is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

import msgspec

from reconcile.errors import ReconcileError
from reconcile.graph.calls import Answer, Call, Lost, Page
from reconcile.graph.client import CONNECTIONS, PATIENCE, TRIES, GraphClient
from reconcile.graph.failures import cut_short, error_for
from reconcile.model.rights import Check, unchecked

T = TypeVar("T")
P = TypeVar("P", bound=Page)

LIMIT = 20


class _Inner(msgspec.Struct):
    id: str
    status: int
    headers: dict[str, Any] | None = None
    body: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class _Envelope(msgspec.Struct):
    responses: list[_Inner]


_ENVELOPE = msgspec.json.Decoder(_Envelope)


async def run_batch(
    client: GraphClient, calls: Sequence[Call], check: Check = unchecked
) -> list[Answer | Lost]:
    """Send at most twenty calls that do not depend on each other; `check` as for one write.

    Raises:
        DirectoryError, CredentialError: the batch as a whole was refused or never sent; also
            what `check` raises, unless some calls were answered before.
    """
    assert len(calls) <= LIMIT, "a `$batch` takes at most twenty calls"  # noqa: S101
    outcomes: list[Answer | Lost] = [Lost(reason="never sent")] * len(calls)
    pending = list(range(len(calls)))
    throttled = failed = 0
    while pending:
        try:
            answers = await _send(client, [calls[place] for place in pending], check)
        except ReconcileError:
            if len(pending) == len(calls):
                raise
            break  # what was refused before keeps its refusal; what was done keeps its answer
        again: list[int] = []
        for place, outcome in zip(pending, answers, strict=True):
            outcomes[place] = outcome
            if _repeats(calls[place], outcome):
                again.append(place)
        if any(_status(outcomes[place]) == 429 for place in again):
            throttled += 1  # the budget has learnt how long to wait
        elif again:
            failed += 1
            await client.clock.sleep(2.0 ** (failed - 1))
        pending = again if throttled <= PATIENCE and failed < TRIES else []
    return outcomes


async def read_batch(client: GraphClient, calls: Sequence[Call]) -> list[Answer]:
    """Send any number of reads; each is answered, be it with a refusal.

    Raises:
        DirectoryError, CredentialError: a read has no answer, or was refused to the end.
    """
    chunks = [calls[start : start + LIMIT] for start in range(0, len(calls), LIMIT)]
    answers: list[list[Answer]] = [[] for _ in chunks]
    places = iter(range(len(chunks)))

    async def work() -> None:
        for place in places:
            outcomes = await run_batch(client, chunks[place])
            answers[place] = [
                _answered(client, call, outcome)
                for call, outcome in zip(chunks[place], outcomes, strict=True)
            ]

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(CONNECTIONS, len(chunks))):
                group.create_task(work())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return [answer for chunk in answers for answer in chunk]


def decoded(client: GraphClient, call: Call, answer: Answer, decode: Callable[[bytes], T]) -> T:
    """What a read was answered with.

    Raises:
        DirectoryError: the answer is a refusal, or its body is not what was asked for.
    """
    if not answer.ok:
        raise error_for(client.alias, call, answer)
    try:
        return decode(answer.body)
    except msgspec.DecodeError as error:
        raise cut_short(client.alias, call, str(error)) from error


async def listed(
    client: GraphClient, call: Call, answer: Answer, decode: Callable[[bytes], P]
) -> AsyncIterator[P]:
    """All pages of a listing whose first one was answered: it may be empty before a full one.

    Raises:
        DirectoryError: a page is missing, so the listing is not whole.
    """
    page = decoded(client, call, answer, decode)
    yield page
    if page.next is not None:
        async for following in client.pages(page.next, decode):
            yield following


def _answered(client: GraphClient, call: Call, outcome: Answer | Lost) -> Answer:
    if isinstance(outcome, Lost):
        raise cut_short(client.alias, call, outcome.reason)
    if outcome.status == 429 or outcome.status >= 500:
        raise error_for(client.alias, call, outcome)
    return outcome


def _status(outcome: Answer | Lost) -> int:
    return outcome.status if isinstance(outcome, Answer) else 0


def _repeats(call: Call, outcome: Answer | Lost) -> bool:
    """Whether a call goes out again: it had no effect for certain, or it is a read."""
    if _status(outcome) in {429, 503}:
        return True
    return call.reads and (isinstance(outcome, Lost) or outcome.status >= 500)


async def _send(client: GraphClient, calls: Sequence[Call], check: Check) -> list[Answer | Lost]:
    whole = Call(
        method="POST",
        path="/$batch",
        body={"requests": [_inner(place, call) for place, call in enumerate(calls)]},
    )
    outcome = await client.attempt(whole, inner=tuple(calls), check=check)
    if isinstance(outcome, Lost):
        return [outcome] * len(calls)
    if not outcome.ok:
        if outcome.status >= 500:
            return [Lost(reason=f"the batch was answered {outcome.status}")] * len(calls)
        raise error_for(client.alias, whole, outcome)
    try:
        responses = _ENVELOPE.decode(outcome.body).responses
    except msgspec.DecodeError as error:
        return [Lost(reason=str(error))] * len(calls)
    return _sorted(client, responses, len(calls))


def _sorted(client: GraphClient, responses: list[_Inner], count: int) -> list[Answer | Lost]:
    found: dict[str, Answer] = {}
    for inner in responses:
        headers = {name.lower(): str(value) for name, value in (inner.headers or {}).items()}
        found[inner.id] = Answer(status=inner.status, headers=headers, body=bytes(inner.body))
        client.budget.learn(found[inner.id])
    missing = Lost(reason="the batch holds no answer for it")
    return [found.get(str(place), missing) for place in range(count)]


def _inner(place: int, call: Call) -> dict[str, Any]:
    inner: dict[str, Any] = {"id": str(place), "method": call.method, "url": call.path}
    if call.body is not None:
        inner |= {"headers": {"Content-Type": "application/json"}, "body": call.body}
    return inner
