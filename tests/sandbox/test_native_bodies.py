"""Bodies with anything in them: each is taken or refused, and what is taken can be worked with."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.asking import a_sandbox
from tests.sandbox.linked import FABRIKAM
from tests.sandbox.pushing import Push, a_running_job, person

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 1) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inner:
        yield (*at, name)
        if isinstance(one, dict | list):
            yield from places(one, (*at, name))


def with_one_place_changed(body: Any, draw: Any) -> Any:
    changed = copy.deepcopy(body)
    *way, last = draw(st.sampled_from(list(places(body))))
    inner = changed
    for name in way:
        inner = inner[name]
    inner[last] = draw(JSON)
    return changed


def bodies(push: Push) -> list[tuple[str, str, Any]]:
    rule = push.schema()["synchronizationRules"][0]["id"]
    subject = {"objectId": person(3), "objectTypeName": "User"}
    pair = {"key": "CompanyId", "value": FABRIKAM}
    tried = {"properties": [{"key": "mail", "value": "x"}]}
    return [
        ("POST", f"{push.path}/provisionOnDemand", parameters_of(rule, subject)),
        ("POST", f"{push.path}/restart", {"criteria": {"resetScope": "Full"}}),
        ("POST", f"{push.path}/validateCredentials", {"credentials": [pair]}),
        ("POST", f"{push.path}/schema/parseExpression", {"expression": "[a]"}),
        (
            "POST",
            f"{push.path}/schema/parseExpression",
            {"expression": "Left([mail], 2)", "testInputObject": tried},
        ),
        ("PUT", push.app.secrets, {"value": [pair]}),
        ("POST", push.app.jobs, {"templateId": "Azure2Azure"}),
    ]


def parameters_of(rule: str, subject: dict[str, str]) -> dict[str, Any]:
    return {"parameters": [{"ruleId": rule, "subjects": [subject]}]}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_body_is_taken_or_refused(data: st.DataObject) -> None:
    push = a_running_job(a_sandbox())
    method, path, body = data.draw(st.sampled_from(bodies(push)))

    answer = push.source.ask(method, path, with_one_place_changed(body, data.draw))

    assert answer.status in {200, 201, 204, 400, 404}


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_a_job_works_with_every_schema_that_is_taken(data: st.DataObject) -> None:
    push = a_running_job(a_sandbox())
    schema = push.schema()
    schema = {**schema, "directories": [{**one, "objects": []} for one in schema["directories"]]}

    changed = with_one_place_changed(schema, data.draw)
    answer = push.source.ask("PUT", f"{push.path}/schema", changed)

    assert answer.status in {204, 400}
    push.passes()
    assert push.status()["code"] == "Active"
