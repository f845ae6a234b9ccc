"""One example asked of the sandbox: an example enters, the differences leave."""

from __future__ import annotations

import json

from sandbox.wire import Answer
from tests.sandbox.test_policies_examples import PLACEHOLDERS, WANTED, presumed
from tests.sandbox_examples.documented import Example
from tests.sandbox_examples.forms import differences
from tests.sandbox_examples.staged import Stage, headers


def replayed(example: Example) -> list[str]:
    """Return the differences in status and form between the sandbox's and the shown answer."""
    if example.path.startswith(WANTED):
        return _elsewhere(example)
    stage = Stage()
    prefix = "" if example.version == "v1.0" else "/beta"
    address = f"{prefix}{stage.path(example)}?{stage.query(example)}"
    answer = stage.asker.ask(example.method, address, stage.body(example), headers(example))
    return _compared(example, answer)


def _elsewhere(example: Example) -> list[str]:
    """Replay what policies and organizations presume, which has a stage of its own."""
    given = {
        "path": example.path,
        "method": example.method,
        "status": example.status,
        "request_body": example.body,
        "response_body": example.answer,
    }
    whole = json.dumps(given)
    for mark, real in PLACEHOLDERS.items():
        whole = whole.replace(mark, real)
    given = json.loads(whole)
    prefix = "" if example.version == "v1.0" else "/beta"
    asker = presumed(given)
    answer = asker.ask(example.method, prefix + given["path"], given["request_body"])
    return _compared(example, answer)


def _compared(example: Example, answer: Answer) -> list[str]:
    if example.status and answer.status != example.status:
        return [f"{answer.status}, not {example.status}: {answer.body}"]
    refused = answer.status >= 400
    if refused and example.status is None and "error" not in (example.answer or {}):
        return [f"{answer.status}: {answer.body}"]
    if not example.answer:
        return []
    return differences(example.answer, answer.body)
