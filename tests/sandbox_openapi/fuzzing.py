"""Requests that a document allows, and some that it does not: an operation enters, faults leave."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from functools import cache
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, Response
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from tests.sandbox_openapi.known import knowing
from tests.sandbox_openapi.peopled import Peopled

Operation = APIOperation[Any, Any, Any, Any]
_HOST = {"Host": "127.0.0.1:8443"}
# Beside these, a status of 500 or more is a fault unless it is the documented 501.
_JUDGED = ("content_type_conformance", "response_schema_conformance", "status_code_conformance")


def operations(place: Peopled, version: str) -> list[Operation]:
    """Return the operations of a document, as the sandbox itself serves it."""
    address = f"/_sandbox/openapi/{version}.json"
    schema = schemathesis.openapi.from_asgi(address, place.world.asgi, headers=_HOST)
    schema.validate()
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


@st.composite
def _cases(draw: st.DrawFn, operation: Operation, place: Peopled) -> Case[Any]:
    manner = draw(st.sampled_from(("allowed", "allowed", "disturbed", "disturbed", "refused")))
    mode = GenerationMode.NEGATIVE if manner == "refused" else GenerationMode.POSITIVE
    case = draw(operation.as_strategy(generation_mode=mode))
    knowing(draw, case, place.ids, disturbed=manner == "disturbed")
    return case


def faults(operation: Operation, place: Peopled, *, examples: int) -> list[str]:
    """Ask an operation a number of times, each time of the same world; the same in each run."""
    found: dict[str, str] = {}

    @seed(7)
    @settings(
        database=None,
        deadline=None,
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_cases(operation, place))
    def ask(case: Case[Any]) -> None:
        place.again()
        for one in _asked(case):
            for fault in _faults_of(one, place):
                found.setdefault(fault, one.as_curl_command())

    ask()
    return [f"{fault}\n{command}" for fault, command in found.items()]


def _asked(case: Case[Any]) -> Iterator[Case[Any]]:
    """Yield a case and, when it writes, what reads the same place and those above it."""
    yield case
    if case.method == "GET":
        return
    parts = case.path.split("/")
    for end in range(len(parts), 1, -1):
        path = "/".join(parts[:end])
        operation = case.operation.schema.find_operation_by_label(f"GET {path}")
        if operation is not None:
            keys = {name: one for name, one in case.path_parameters.items() if name in path}
            yield operation.Case(path_parameters=keys)


def _faults_of(case: Case[Any], place: Peopled) -> Iterator[str]:
    try:
        answer = case.call(headers={**_HOST, "Authorization": f"Bearer {place.token}"})
    except Exception as problem:  # noqa: BLE001 - whatever the sandbox does not answer is a fault
        last = traceback.extract_tb(problem.__traceback__)[-1]
        name = type(problem).__name__
        yield f"{case.operation.label}: {name} in {last.name}, {last.filename}:{last.lineno}"
        return
    if answer.status_code >= 500 and not _is_unsimulated(answer):
        yield f"{case.operation.label}: {answer.status_code}"
    try:
        case.validate_response(answer, checks=_checks())
    except FailureGroup as group:
        for one in group.exceptions:
            yield f"{case.operation.label}: {_line(one)}"


def _is_unsimulated(answer: Response) -> bool:
    return answer.status_code == 501 and b'"notSupported"' in answer.content


def _line(failure: BaseException) -> str:
    """Write what is wrong with an answer, without the answer."""
    return " ".join(str(failure).partition("Schema at")[0].split())[:300]


@cache
def _checks() -> list[Any]:
    load_all_checks()
    return [check for check in CHECKS.get_all() if check.__name__ in _JUDGED]
