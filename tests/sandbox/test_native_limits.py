"""What a job's schema and secrets cannot be, and that a broken job harms nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.world import Sandbox
from tests.sandbox.asking import Asker
from tests.sandbox.pushing import DAY, Push, a_running_job

DEEP = "Not(" * 3_000


@pytest.fixture
def push(world: Sandbox) -> Push:
    return a_running_job(world)


def with_clause(push: Push, operator: str, attribute: str, value: str = "") -> dict[str, Any]:
    schema = push.schema()
    clause = {
        "operatorName": operator,
        "sourceOperandName": attribute,
        "targetOperand": {"values": [value] if value else []},
    }
    group = {"name": "ours", "clauses": [clause]}
    schema["synchronizationRules"][0]["objectMappings"][0]["scope"]["groups"] = [group]
    return schema


@pytest.mark.parametrize("value", ["9" * 4_301, "twelve", "1.5", "²"])
def test_numbers_are_compared_with_whole_numbers_only(push: Push, value: str) -> None:
    schema = with_clause(push, "Greater_Than", "employeeId", value)

    assert push.source.code("PUT", f"{push.path}/schema", schema)[0] == 400


@pytest.mark.parametrize("expression", [DEEP, f"BitAnd({'9' * 5_000},1)", f"&H{'F' * 5_000}"])
def test_an_expression_beyond_measure_cannot_be_parsed(push: Push, expression: str) -> None:
    path = f"{push.path}/schema/parseExpression"

    found = push.source.ask("POST", path, {"expression": expression})

    assert (found.status, found.body["parsingSucceeded"]) == (200, False)


def test_an_expression_beyond_measure_is_not_mapped(push: Push) -> None:
    schema = push.schema()
    mappings = schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
    mappings[-1] = {**mappings[-1], "source": {"type": "Function", "expression": DEEP}}

    assert push.source.code("PUT", f"{push.path}/schema", schema)[0] == 400


def test_a_number_may_begin_with_zeros(push: Push) -> None:
    body = {"expression": 'Left("Ada", 02)', "testInputObject": {"properties": []}}

    found = push.source.ask("POST", f"{push.path}/schema/parseExpression", body)

    assert found.body["evaluationResult"] == ["Ad"]


def test_settings_that_nobody_can_read_set_no_threshold(push: Push) -> None:
    push.secrets(SyncNotificationSettings="[" * 200_000)
    push.leaves(1)

    push.passes()

    assert push.status()["code"] == "Active"
    assert "person1" not in push.pushed()


def test_a_job_that_breaks_breaks_nobody_else(push: Push, caplog: pytest.LogCaptureFixture) -> None:
    (memory,) = push.world.tenant("contoso").job_memory.values()
    memory.schema = {"synchronizationRules": ["broken"]}
    push.passes(DAY)

    assert Asker(push.world, "fabrikam").ask("GET", "/organization").status == 200
    assert push.status()["quarantine"]["reason"] == "EncounteredQuarantineException"
    assert "cycle broke" in caplog.messages


@pytest.mark.parametrize(
    "source",
    [
        {"type": "Attribute", "name": "userType"},
        {"type": "Attribute", "expression": "[SamAccountName]"},
        {"type": "Function", "expression": 'IIF([userType]="Guest", [city], [state])'},
        {"type": "Function", "expression": f'Left("{"D" * 10_000}", 2)'},
    ],
)
def test_what_the_source_does_not_have_is_not_mapped(push: Push, source: dict[str, Any]) -> None:
    schema = push.schema()
    mappings = schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
    mappings.append({"targetAttributeName": "companyName", "source": source})

    assert push.source.code("PUT", f"{push.path}/schema", schema)[0] == 400


@pytest.mark.parametrize(
    "attribute", ["appRoleAssignments", "employeeHireDate", "manager", "proxyAddresses", "userType"]
)
def test_filters_do_not_know_every_attribute(push: Push, attribute: str) -> None:
    schema = with_clause(push, "IS NOT NULL", attribute)

    assert push.source.code("PUT", f"{push.path}/schema", schema)[0] == 400
