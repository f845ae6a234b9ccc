"""A witness of every test: each answer of a sandbox in this process is held to what is published.

What callers send counts where the sandbox took it: a body that it accepts must be one that Graph
knows. Microsoft's models read one answer of each shape, since they need milliseconds for a user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest

from sandbox.routing import route
from sandbox.wire import Answer, Dropped, Refusal, Request
from sandbox.world import Sandbox
from tests.sandbox.compared import free, problems
from tests.sandbox.models import left_over, read
from tests.sandbox.published import (
    GRAPH,
    operation,
    schema_of_answer,
    schema_of_request,
)
from tests.witnessed_models import MODELS

# What the documentation shows, by what a difference says, and its published schema does not have:
# the name of deleted partners, values to try an expression with, members of applications and of
# their principals on beta, a type of the provisioning log on beta, a type written small.
GAPS = (
    re.compile(r"crossTenantPartners.*undeclared displayName"),
    re.compile(r"testInputObject.properties\[\]: undeclared value"),
    re.compile(r"beta .*undeclared (addIns|api|applicationTemplateId|oauth2RequirePostResponse)$"),
    re.compile(r"beta GET /auditLogs/provisioning.*statusDetails"),
    re.compile(r"PUT .*/schema: 204, body.*attributes\[\].type: 'string'"),
)
Found = Answer | Dropped

_seen: set[tuple[str, Any]] = set()
_problems: list[str] = []


def watch(patch: pytest.MonkeyPatch) -> None:
    """Look at what every sandbox of this process answers from now on."""
    plain = Sandbox._one

    def watched(sandbox: Sandbox, request: Request) -> Found:
        found = plain(sandbox, request)
        if isinstance(found, Answer) and not isinstance(found.body, bytes):
            _problems.extend(_wrong(request, found))
        return found

    patch.setattr(Sandbox, "_one", watched)


def taken() -> list[str]:
    """Return what was wrong since somebody last asked."""
    found = sorted(set(_problems))
    _problems.clear()
    return found


def _wrong(request: Request, answer: Answer) -> list[str]:
    try:
        name = route(request.method, request.version, request.path).name
    except Refusal:
        return []
    where = f"{request.version} {name}: {answer.status}"
    return [*_undocumented(name, where, request, answer), *_unread(name, where, request, answer)]


def _undocumented(name: str, where: str, request: Request, answer: Answer) -> Iterator[str]:
    published = _published(name, request.version)
    if published is None or answer.status == 501:
        return
    statuses = published["responses"]
    if not {str(answer.status), f"{answer.status // 100}XX", "default"} & set(statuses):
        yield f"{where} is not among {', '.join(statuses)}"
    schema = schema_of_answer(published, answer.status)
    if schema is not None and answer.body is not None:
        yield from _known(problems(answer.body, schema, where, request.version))
    asked = schema_of_request(published)
    if asked is not None and request.body is not None and answer.status < 300:
        yield from _known(problems(request.body, asked, f"{where}, body", request.version))


def _known(found: list[str]) -> Iterator[str]:
    return (one for one in found if not any(gap.search(one) for gap in GAPS))


@cache
def _published(name: str, version: str) -> dict[str, Any] | None:
    method, _, path = name.partition(" ")
    return operation(method, path, version) if GRAPH.exists() else None


def _unread(name: str, where: str, request: Request, answer: Answer) -> Iterator[str]:
    """Let Microsoft's model read an answer of a shape that it has not read yet."""
    model = model_of(name) if request.version == "v1.0" and answer.status < 300 else None
    if model is None or not isinstance(answer.body, dict):
        return
    for one in _of_each_shape(name, answer.body):
        for left in left_over(read(one, _model(model)), where):
            # As `problems` takes it: what no schema has may stand within an expanded object, too.
            if not free(left.rpartition(".")[2]):
                yield f"{left} is left over by {model}"


def _of_each_shape(name: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    items = body.get("value")
    for one in items if isinstance(items, list) else [body]:
        shape = (name, _shape(one))
        if isinstance(one, dict) and shape not in _seen:
            _seen.add(shape)
            yield one


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset((name, _shape(one)) for name, one in value.items())
    if isinstance(value, list):
        return frozenset(map(_shape, value))
    # What kind of object it is decides which model reads it.
    return value if isinstance(value, str) and value.startswith("#microsoft") else type(value)


def model_of(name: str) -> str | None:
    """Return the model of what a route answers, one by one, by the last word of its path."""
    words = [word for word in name.split(" ")[1].split("/") if word not in {"", "{}", "$ref"}]
    last = words[-1]
    return MODELS.get(f"{words[-2]}/{last}" if len(words) > 1 else last) or MODELS.get(last)


@cache
def _model(name: str) -> type[Any]:
    module = import_module(f"msgraph.generated.models.{name}")
    found: type[Any] = getattr(module, "".join(part.capitalize() for part in name.split("_")))
    return found
