"""What maps people: the schema of a job, and what Graph tells about it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.world import Sandbox
from tests.sandbox.asking import Asker
from tests.sandbox.pushing import CYCLE, MINUTE, Push, a_job, a_running_job, person

CONSTANT = {"type": "Constant", "name": "Contoso", "expression": '"Contoso"'}


def function(expression: str) -> dict[str, Any]:
    return {"type": "Function", "name": expression.partition("(")[0], "expression": expression}


def mapped(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    users = schema["synchronizationRules"][0]["objectMappings"][0]
    return {one["targetAttributeName"]: one for one in users["attributeMappings"]}


@pytest.fixture
def push(world: Sandbox) -> Push:
    return a_running_job(world)


def test_a_schema_begins_with_the_documented_mappings(push: Push) -> None:
    schema = push.schema()

    mappings = mapped(schema)
    assert schema["version"] == "v1.2"
    assert schema["synchronizationRules"][0]["name"] == "USER_INBOUND_USER"
    assert mappings["alternativeSecurityIds"]["matchingPriority"] == 1
    assert mappings["userType"]["flowType"] == "ObjectAddOnly"
    assert len(mappings) == 23


def test_the_template_has_the_same_schema(push: Push) -> None:
    path = f"{push.app.path}/synchronization/templates/Azure2Azure/schema"

    found = push.source.get(path)

    assert mapped(found) == mapped(push.schema())
    assert found["id"] == "Azure2Azure"


def test_a_changed_schema_takes_effect_for_everybody_soon(push: Push) -> None:
    push.maps("companyName", CONSTANT)

    push.passes(2 * MINUTE)

    assert {user["companyName"] for user in push.pushed().values()} == {"Contoso"}


def test_a_deleted_schema_is_the_templates_again(push: Push) -> None:
    push.maps("companyName", CONSTANT)

    assert push.source.ask("DELETE", f"{push.path}/schema").status == 204

    assert "companyName" not in mapped(push.schema())


def test_a_put_replaces_the_whole_schema(push: Push) -> None:
    schema = push.schema()
    schema["synchronizationRules"][0]["objectMappings"][0]["enabled"] = False

    assert push.source.ask("PUT", f"{push.path}/schema", schema).status == 204
    assert push.source.code("PUT", f"{push.path}/schema", {"directories": []})[0] == 400
    assert push.source.code("PATCH", f"{push.path}/schema", schema)[0] == 405


def test_nobody_is_pushed_while_the_mapping_is_off(world: Sandbox) -> None:
    push = a_job(world)
    schema = push.schema()
    schema["synchronizationRules"][0]["objectMappings"][0]["enabled"] = False
    push.source.ask("PUT", f"{push.path}/schema", schema)
    push.does("start")

    push.passes()

    assert push.pushed() == {}


def test_the_matching_attribute_stays_as_it_is(push: Push) -> None:
    schema = push.schema()
    mapped(schema)["mail"]["matchingPriority"] = 2

    assert push.source.code("PUT", f"{push.path}/schema", schema) == (400, "schemaInvalid")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('Join(", ", [surname], [givenName])', "Lovelace, Ada"),
        ("ToUpper([surname])", "LOVELACE"),
        ('IIF([surname]="Lovelace", "yes", "no")', "yes"),
        ("[givenName]", "Ada"),
    ],
)
def test_an_expression_is_evaluated(push: Push, expression: str, value: str) -> None:
    push.changes(3, givenName="Ada", surname="Lovelace")
    push.maps("displayName", function(expression))

    push.passes()

    assert push.one(3)["displayName"] == value


def test_a_function_that_is_not_evaluated_fails_the_entry_and_says_so(push: Push) -> None:
    push.maps("displayName", function("NormalizeDiacritics([displayName])"))

    push.passes()

    entry = push.log("provisioningStatusInfo/status eq 'failure'")[0]
    reason = entry["provisioningStatusInfo"]["errorInformation"]["reason"]
    assert "The sandbox does not evaluate NormalizeDiacritics()" in reason
    assert push.status()["lastExecution"]["countEscrowed"] == 10


@pytest.mark.parametrize("expression", ["Shout([mail])", "Join(", '"', "[mail] [mail]", ""])
def test_an_expression_that_cannot_be_read_is_refused(push: Push, expression: str) -> None:
    schema = push.schema()
    mapped(schema)["displayName"]["source"] = function(expression)

    assert push.source.code("PUT", f"{push.path}/schema", schema)[0] == 400


def test_an_attribute_that_the_target_does_not_have_fails_the_entry(push: Push) -> None:
    push.maps("shoeSize", CONSTANT)

    push.passes()

    entry = push.log("provisioningStatusInfo/status eq 'failure'")[0]
    error = entry["provisioningStatusInfo"]["errorInformation"]
    assert error["errorCode"] == "SchemaAttributeNotFound"


def test_a_default_counts_when_somebody_is_made(push: Push) -> None:
    push.maps("department", {"type": "Attribute", "name": "department"}, defaultValue="Unknown")
    push.joins(11)

    push.passes()

    assert push.one(11)["department"] == "Unknown"
    assert push.one(3).get("department") is None


def test_an_extension_attribute_is_mapped(push: Push) -> None:
    push.maps("extensionAttribute3", CONSTANT)

    push.passes()

    assert push.one(3)["onPremisesExtensionAttributes"]["extensionAttribute3"] == "Contoso"


def test_a_directory_extension_is_discovered_and_mapped(push: Push) -> None:
    made = push.target.ask("POST", "/applications", {"displayName": "Stamp"}).body
    path = f"/applications/{made['id']}/extensionProperties"
    body = {"name": "home", "dataType": "String", "targetObjects": ["User"]}
    extension = push.target.ask("POST", path, body).body["name"]
    directory = next(one for one in push.schema()["directories"] if "target" in one["name"])
    push.maps(extension, {"type": "Attribute", "name": "objectId"})

    found = push.source.ask("POST", f"{push.path}/schema/directories/{directory['id']}/discover")
    push.passes()

    assert extension in [one["name"] for one in found.body["objects"][0]["attributes"]]
    assert push.one(3)[extension] == person(3)


def test_a_filter_keeps_people_out_and_deletes_who_was_in(push: Push) -> None:
    push.changes(3, department="Marketing")
    push.filters(("department", "EQUALS", "Marketing"))

    push.passes()

    assert list(push.pushed()) == ["person3"]


@pytest.mark.parametrize(
    ("operator", "value", "passes"),
    [
        ("EQUALS", "DK", True),
        ("EQUALS", "dk", False),
        ("NOT EQUALS", "SE", True),
        ("Includes", "K", True),
        ("ENDS_WITH", "D", False),
        ("REGEX MATCH", "^D", True),
        ("NOT REGEX MATCH", "^D", False),
        ("IS NULL", "", False),
        ("IS NOT NULL", "", True),
        ("Greater_Than", "4", False),
    ],
)
def test_operators_decide_as_documented(
    world: Sandbox, operator: str, value: str, *, passes: bool
) -> None:
    push = a_job(world)
    push.changes(3, country="DK")
    push.filters(("country", operator, value))
    push.does("start")

    push.passes()

    assert ("person3" in push.pushed()) is passes


@pytest.mark.parametrize(("operator", "passes"), [("NOT EQUALS", False), ("IS NULL", True)])
def test_without_a_value_only_its_absence_passes(
    world: Sandbox, operator: str, *, passes: bool
) -> None:
    push = a_job(world)
    push.filters(("country", operator, "" if operator == "IS NULL" else "DK"))
    push.does("start")

    push.passes()

    assert ("person3" in push.pushed()) is passes


def test_an_unknown_operator_is_refused(push: Push) -> None:
    schema = push.schema()
    scope = schema["synchronizationRules"][0]["objectMappings"][0]["scope"]
    scope["groups"][0]["clauses"][0]["operatorName"] = "LIKE"

    assert push.source.code("PUT", f"{push.path}/schema", schema)[0] == 400


def test_a_job_that_does_not_delete_leaves_leavers(push: Push) -> None:
    schema = push.schema()
    schema["synchronizationRules"][0]["objectMappings"][0]["flowTypes"] = "Add,Update"
    push.source.ask("PUT", f"{push.path}/schema", schema)
    push.leaves(3)

    push.passes(3 * CYCLE)

    assert "person3" in push.pushed()


def test_functions_and_operators_are_listed(push: Push) -> None:
    functions = push.source.ids(f"{push.path}/schema/functions()")
    operators = push.source.ids(f"{push.path}/schema/filterOperators()")

    assert {"Join", "IIF", "AltSecIdFromNetId"}.issubset(functions)
    assert {"EQUALS", "IS NULL", "NOT REGEX MATCH"}.issubset(operators)


def test_an_expression_is_parsed_and_tried(push: Push) -> None:
    body = {
        "expression": 'Append([mail], ".test")',
        "testInputObject": {"properties": [{"key": "mail", "value": "ada@contoso.com"}]},
    }

    found = push.source.ask("POST", f"{push.path}/schema/parseExpression", body).body

    assert (found["parsingSucceeded"], found["evaluationSucceeded"]) == (True, True)
    assert found["evaluationResult"] == ["ada@contoso.com.test"]
    assert found["parsedExpression"]["name"] == "Append"
    assert found["parsedExpression"]["parameters"][0]["value"]["name"] == "mail"


def test_an_expression_that_cannot_be_parsed_is_told_apart(push: Push) -> None:
    body = {"expression": "Shout([mail])"}

    found = push.source.ask("POST", f"{push.path}/schema/parseExpression", body)

    assert (found.status, found.body["parsingSucceeded"]) == (200, False)
    assert "Shout" in found.body["error"]["message"]


def test_changing_a_schema_needs_a_permission_to_write(push: Push) -> None:
    reader = Asker(push.world, "contoso", permissions=frozenset({"Synchronization.Read.All"}))

    assert reader.ask("GET", f"{push.path}/schema").status == 200
    assert reader.code("PUT", f"{push.path}/schema", push.schema())[0] == 403
    assert reader.code("DELETE", f"{push.path}/schema")[0] == 403
