"""`$batch`: up to 20 requests enter in one body, each is answered here, their answers leave.

The premise: an inner request is a request like any other, with its own permission check, cost,
fault and status; only the connection is shared. So a dropped inner answer loses the whole batch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from sandbox.wire import Answer, Dropped, Refusal, Request, refusal, refuse

MOST = 20
_WRITES = frozenset({"POST", "PATCH", "PUT"})

_LOGGER = logging.getLogger(__name__)

Ask = Callable[[Request], Answer | Dropped]


def answer_batch(request: Request, ask: Ask) -> Answer | Dropped:
    """Answer a `$batch`; what the batch itself does wrong refuses all of it."""
    steps = _checked(request.body)
    failed: set[str] = set()
    dropped = False
    answers: dict[str, Answer] = {}
    for step in steps:
        step_id = step["id"]
        if failed.intersection(step.get("dependsOn") or ()):
            answer: Answer | Dropped = refusal(
                424, "FailedDependency", "A request that this one depends on failed."
            )
        else:
            answer = _asked(ask, _inner(request, step))
        if isinstance(answer, Dropped):
            dropped = True
            answer = answer.answer
        if answer.status >= 400:
            failed.add(step_id)
        answers[step_id] = answer
    outer = Answer(status=200, body={"responses": _responses(answers)})
    return Dropped(answer=outer) if dropped else outer


def _asked(ask: Ask, request: Request) -> Answer | Dropped:
    """Ask one request; when the sandbox breaks on it, the others still have their answers."""
    try:
        return ask(request)
    except Exception:
        _LOGGER.exception("inner request broke", extra={"method": request.method})
        return refusal(500, "InternalServerError", "The sandbox broke on this request.")


def _responses(answers: Mapping[str, Answer]) -> list[dict[str, Any]]:
    """Put the answers out of order, as nobody may rely on it: even places first."""
    items = [_response(step_id, answer) for step_id, answer in answers.items()]
    return items[::2] + items[1::2]


def _response(step_id: str, answer: Answer) -> dict[str, Any]:
    said = {"id": step_id, "status": answer.status, "headers": answer.headers}
    if answer.body is not None:
        said["headers"] = {**answer.headers, "Content-Type": "application/json"}
        said["body"] = answer.body.decode() if isinstance(answer.body, bytes) else answer.body
    return said


def _bad(message: str) -> Refusal:
    return refuse(400, "BadRequest", message)


def _checked(body: Any) -> list[Mapping[str, Any]]:
    steps = body.get("requests") if isinstance(body, Mapping) else None
    if not isinstance(steps, list) or not steps:
        raise _bad("Invalid batch payload format.")
    if len(steps) > MOST:
        raise _bad(f"Number of batch request steps exceeds the maximum value of {MOST}.")
    seen: set[str] = set()
    for step in steps:
        _check_step(step, seen)
        seen.add(step["id"])
    return steps


def _check_step(step: Any, seen: set[str]) -> None:
    if not isinstance(step, Mapping) or not all(
        isinstance(step.get(name), str) and step[name] for name in ("id", "method", "url")
    ):
        raise _bad(
            "Invalid batch payload format: each request needs an 'id', a 'method' and a 'url'."
        )
    depends, headers = step.get("dependsOn"), step.get("headers")
    if depends is not None and not _is_texts(depends):
        raise _bad(f"Invalid batch payload format: 'dependsOn' of request id {step['id']}.")
    if headers is not None and not isinstance(headers, Mapping):
        raise _bad(f"Invalid batch payload format: 'headers' of request id {step['id']}.")
    if step["id"] in seen:
        raise _bad(f"Request Id : {step['id']} has to be unique in a batch.")
    if "://" in step["url"].split("?")[0]:
        raise _bad(f"The url of request id {step['id']} must be relative.")
    # Whoever waits for a later request, or in a circle, waits for one that nobody has made yet.
    unknown = [one for one in depends or () if one not in seen]
    if unknown:
        raise _bad(
            f"Request id {step['id']} depends on '{unknown[0]}', which no earlier request has."
        )
    typed = any(name.lower() == "content-type" for name in headers or ())
    if step["method"].upper() in _WRITES and (not typed or step.get("body") is None):
        # Graph refuses the whole batch, also where the action alone would need no body.
        raise _bad(f"Write request id : {step['id']} does not contain Content-Type header or body.")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _inner(outer: Request, step: Mapping[str, Any]) -> Request:
    path, _, query = step["url"].partition("?")
    headers = {name.lower(): str(value) for name, value in (step.get("headers") or {}).items()}
    return replace(
        outer,
        method=step["method"].upper(),
        path="/" + unquote(path).strip("/"),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=step.get("body"),
        inner=True,
    )
