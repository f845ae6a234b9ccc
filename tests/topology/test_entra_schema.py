"""Entra's synchronization schema: what goes there and comes back is the same."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError
from reconcile.model.attributes import ATTRIBUTES
from reconcile.model.links import BARE, Scope
from reconcile.topology.document import TOP, Document
from reconcile.topology.entra_export import export_remarks, export_schema
from reconcile.topology.entra_import import import_schema
from reconcile.topology.entra_schema import DATES, OPERATORS
from reconcile.topology.filter_rules import scope_problems
from reconcile.topology.mapping_rules import mapping_problems
from sandbox.native.schema import default_schema
from tests.topology.carrying import a_link, came_back, texts

EXTENSION = f"extension_{'a' * 32}_badge"
EXPRESSIONS = (
    "Left([mail], 3)",
    'Join(" ", [givenName], [surname], "\\"x\\\\")',
    'Replace([mail], "@contoso.com", , , "", , )',
    'IIF([country] = "USA", [country], [department])',
    'Switch([state], "x", "QLD", "Brisbane")',
)
TYPE_NONE = "how a schema holds type None is not documented. Set it in the portal."
NESTED = (
    "Entra takes no IsNullOrEmpty within IIF, or as the source of Switch. "
    'Ask with Switch and the key "".'
)
TARGETS = [one.name for one in ATTRIBUTES.values() if one.target] + [EXTENSION]
SOURCES = [one.name for one in ATTRIBUTES.values() if one.source] + [EXTENSION]


@st.composite
def mappings(draw: st.DrawFn) -> Any:
    made = {}
    for target in draw(st.lists(st.sampled_from(TARGETS), unique=True, max_size=6)):
        how: dict[str, Any] = draw(
            st.one_of(
                st.builds(lambda one: {"direct": one}, st.sampled_from(SOURCES)),
                st.builds(lambda one: {"constant": one}, texts | st.booleans()),
                st.builds(lambda one: {"expression": one}, st.sampled_from(EXPRESSIONS)),
            )
        )
        if draw(st.booleans()):
            how["when"] = "creation"
        if "constant" not in how and draw(st.booleans()):
            how["default"] = draw(texts | st.just("true"))
        # A link finds people by mail, where it does not say otherwise.
        found_by = target == "mail" and "constant" in how
        if not found_by and not list(
            mapping_problems(Document(file=""), (), {"set": {target: how}})
        ):
            made[target] = how
    removable = sorted(set(TARGETS) & {"city", "state", "manager", "userType"} - made.keys())
    removed = draw(st.lists(st.sampled_from(removable), unique=True)) if removable else []
    return {"set": made, "remove": removed}


@st.composite
def filters(draw: st.DrawFn) -> Any:
    names = draw(st.lists(texts, unique=True, max_size=3))
    made = [{"name": name, "clauses": draw(clauses())} for name in names]
    return [one for one in made if one["clauses"]]


@st.composite
def clauses(draw: st.DrawFn) -> Any:
    made = []
    for operator in draw(st.lists(st.sampled_from(sorted(OPERATORS)), min_size=1, max_size=3)):
        clause = {"attribute": draw(st.sampled_from(SOURCES)), "operator": operator}
        if operator not in BARE:
            clause["value"] = draw(st.sampled_from(["1", "-5"]) | texts)
        where = ("filters", 0, "clauses", 0, "value")
        document = Document(file="", values={where: TOP})
        scope = {"filters": [{"name": "x", "clauses": [clause]}]}
        if clause["attribute"] not in DATES and not list(scope_problems(document, (), scope)):
            made.append(clause)
    return made


@given(mappings(), filters())
def test_what_is_exported_is_imported_as_it_was(changes: Any, declared: Any) -> None:
    link = a_link(mappings=changes, scope={"filters": declared})

    again = came_back(import_schema(export_schema(link), "schema.json"))

    assert again.mappings == link.mappings
    assert again.scope.filters == link.scope.filters


@given(mappings(), filters())
def test_an_export_into_a_job_s_schema_is_imported_as_it_was(changes: Any, declared: Any) -> None:
    link = a_link(mappings=changes, scope={"filters": declared})
    job = default_schema("job")
    target = job["directories"][1]["objects"][0]["attributes"]
    target.append({"name": EXTENSION, "type": "String"})
    constant = changes["set"].get(EXTENSION, {}).get("constant")
    target[-1]["type"] = "Boolean" if isinstance(constant, bool) else "String"

    again = came_back(import_schema(export_schema(link, job, "job.json"), "schema.json"))

    assert again.mappings == link.mappings
    assert again.scope.filters == link.scope.filters


@pytest.mark.parametrize(
    "value", ["\x85", "a\nb", "\u2028", "0o17", "1e3", "no", " x ", "'", "\ufeff"]
)
def test_a_text_is_printed_so_that_it_is_read_as_it_was(value: str) -> None:
    clauses = [{"attribute": "city", "operator": "equals", "value": value}]
    link = a_link(scope={"filters": [{"name": value, "clauses": clauses}]})

    again = came_back(import_schema(export_schema(link), "schema.json"))

    assert again.scope.filters == link.scope.filters


def test_entra_s_defaults_come_to_nothing() -> None:
    found = import_schema(default_schema("job"), "schema.json")

    assert (found.mappings, found.filters) == ({}, ())


def test_an_export_of_the_defaults_changes_no_mapping_of_a_job() -> None:
    job = default_schema("job")

    made = export_schema(a_link(), job, "job.json")

    def by_target(schema: Any) -> dict[str, Any]:
        mapped = schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
        return {one["targetAttributeName"]: one for one in mapped}

    assert by_target(made) == by_target(job)
    assert {**made, "synchronizationRules": None} == {**job, "synchronizationRules": None}


def test_a_list_of_values_becomes_one_group_each_and_several_clauses() -> None:
    clauses = [
        {"attribute": "country", "operator": "in", "values": ["DE", "DK"]},
        {"attribute": "employeeType", "operator": "not-in", "values": ["Temp", "Guest"]},
    ]
    link = a_link(scope={"filters": [{"name": "North", "clauses": clauses}]})

    again = came_back(import_schema(export_schema(link), "schema.json"))

    assert [one.name for one in again.scope.filters] == ["North: DE", "North: DK"]
    assert [
        [(c.attribute, c.operator, c.values) for c in one.clauses] for one in again.scope.filters
    ] == [
        [
            ("country", "equals", (value,)),
            ("employeeType", "not-equals", ("Temp",)),
            ("employeeType", "not-equals", ("Guest",)),
        ]
        for value in ("DE", "DK")
    ]


def test_every_group_keeps_external_users_out() -> None:
    clauses = [{"attribute": "country", "operator": "equals", "value": "DE"}]
    link = a_link(scope={"filters": [{"name": "North", "clauses": clauses}]})

    (users,) = export_schema(link)["synchronizationRules"][0]["objectMappings"]

    (group,) = users["scope"]["groups"]
    assert [one["sourceOperandName"] for one in group["clauses"]] == [
        "alternativeSecurityIds",
        "country",
    ]


def test_all_that_entra_cannot_take_is_listed_at_once() -> None:
    clauses = [
        {"attribute": "mail", "operator": "starts-with", "value": "a"},
        {"operator": "member-of", "values": ["staff"]},
        {"attribute": "createdDateTime", "operator": "older-than", "value": "30d"},
        {"attribute": "userType", "operator": "equals", "value": "Member"},
        {"attribute": "city", "operator": "equals", "value": "Oslo", "not": True},
    ]
    made = {
        "city": {"none": True, "default": "Oslo"},
        "state": {"none": True},
        "department": {"expression": 'IIF(IsNullOrEmpty([city]), "a", "b")'},
        "jobTitle": {"expression": 'IIF([city] = "a", [city], [department])'},
    }
    link = a_link(
        scope={"filters": [{"name": "X", "clauses": clauses}]},
        mappings={"set": made},
    )

    with pytest.raises(InputError) as refused:
        export_schema(link)

    assert str(refused.value).splitlines() == [
        "one.yaml:1: contoso → fabrikam has what Entra's own job cannot take:",
        '  the filter "X", clause 1: Entra has no operator "starts-with".',
        '  the filter "X", clause 2: Entra filters by no group. Assign the group instead.',
        '  the filter "X", clause 3: Entra has no operator "older-than".',
        '  the filter "X", clause 3: Entra does not filter by "createdDateTime".',
        '  the filter "X", clause 4: Entra does not filter by "userType".',
        '  the filter "X", clause 5: Entra cannot turn a clause round. Use the opposite operator.',
        f"  sync.mappings.set.city: {TYPE_NONE}",
        f"  sync.mappings.set.department: {NESTED}",
    ]


def test_lists_that_come_to_too_many_groups_are_refused() -> None:
    values = [str(number) for number in range(40)]
    clauses = [
        {"attribute": name, "operator": "in", "values": values} for name in ("city", "country")
    ]
    link = a_link(scope={"filters": [{"name": "X", "clauses": clauses}]})

    with pytest.raises(InputError, match="its lists of values come to 1600 groups"):
        export_schema(link)


def test_an_expression_that_gets_too_long_by_printing_is_refused() -> None:
    written = f"Join({','.join(['[city]'] * 1_400)})"
    link = a_link(mappings={"set": {"department": {"expression": written}}})

    with pytest.raises(InputError, match="as it is printed, this has 11204 characters"):
        export_schema(link)


def test_groups_in_groups_are_refused() -> None:
    scope = Scope(groups=("staff",), nested=True)
    link = dataclasses.replace(a_link(), scope=scope)

    with pytest.raises(InputError, match="nested: Entra knows direct members only"):
        export_schema(link)


def test_what_entra_does_otherwise_is_remarked() -> None:
    clearing, keeping = a_link(), a_link(null="keep")

    assert "Entra clears nothing" in export_remarks(clearing)[-1]
    assert len(export_remarks(keeping)) == 1
