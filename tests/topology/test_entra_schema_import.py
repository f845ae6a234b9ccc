"""What is read of a schema of Entra's, and what is told of the rest."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError
from reconcile.topology.entra_export import export_schema
from reconcile.topology.entra_import import import_schema
from sandbox.native.schema import default_schema
from tests.topology.carrying import a_link, came_back, texts, users_in


def changed(target: str, **more: Any) -> Any:
    """The default schema with members of one mapping changed."""
    schema = default_schema("job")
    mapped = users_in(schema)["attributeMappings"]
    next(one for one in mapped if one["targetAttributeName"] == target).update(more)
    return schema


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (changed("city", flowType="ObjectAddOnly"), {"direct": "city", "when": "creation"}),
        (changed("city", defaultValue="Oslo"), {"direct": "city", "default": "Oslo"}),
        (changed("city", source={"type": "Attribute", "name": "state"}), {"direct": "state"}),
        (
            changed("city", source={"type": "Attribute", "expression": "[state]"}),
            {"direct": "state"},
        ),
        (changed("city", source={"type": "Constant", "name": "Oslo"}), {"constant": "Oslo"}),
        (changed("city", source={"type": "Constant", "expression": '"O"'}), {"constant": "O"}),
        (
            changed("city", source={"type": "Function", "expression": "Left([city], 3)"}),
            {"expression": "Left([city], 3)"},
        ),
    ],
)
def test_a_changed_mapping_is_said(schema: Any, said: Any) -> None:
    found = import_schema(schema, "schema.json")

    assert (found.mappings, found.unsaid) == ({"set": {"city": said}}, ())


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"flowType": "ValueAddOnly"}, "the flow type ValueAddOnly is documented by its name only"),
        ({"source": None}, "it has no source"),
        ({"source": {"type": "Magic"}}, "sources of type Magic are not known"),
        (
            {"source": {"type": "Function", "name": "Trim", "parameters": []}},
            "Trim has no expression, and parameters alone do not tell",
        ),
        (
            {"source": {"type": "Function", "expression": "Trim([city])"}},
            "there is no function Trim. It is Trim([city])",
        ),
        (
            {"source": {"type": "Attribute", "name": "netId"}},
            'unknown attribute "netId". Did you mean "objectId"?',
        ),
        ({"source": {"type": "Attribute", "name": "\n"}}, 'unknown attribute "'),
        ({"source": {"type": "Constant", "name": ""}}, "the constant is empty"),
    ],
)
def test_a_mapping_that_no_topology_says_is_left_alone_and_told(more: Any, why: str) -> None:
    found = import_schema(changed("city", **more), "schema.json")

    (unsaid,) = found.unsaid
    assert found.mappings == {"remove": ["city"]}
    assert unsaid.what == "the mapping of city"
    assert unsaid.why.startswith(why)


def test_entra_s_own_attributes_are_told_where_they_are_made_otherwise() -> None:
    schema = changed("userPrincipalName", source={"type": "Attribute", "name": "mail"})

    (unsaid,) = import_schema(schema, "schema.json").unsaid

    assert unsaid.what == "the mapping of userPrincipalName by [mail]"


def test_references_to_nobody_are_told() -> None:
    schema = changed("manager", exportMissingReferences=True)

    (unsaid,) = import_schema(schema, "schema.json").unsaid

    assert unsaid.what == "exportMissingReferences of manager"


def test_whatever_else_a_schema_has_is_told() -> None:
    schema = default_schema("job")
    rule, users = schema["synchronizationRules"][0], users_in(schema)
    schema["synchronizationRules"].append({"name": "OTHER"})
    rule["groupFilter"] = {"includedGroups": ["x"]}
    rule["objectMappings"][1]["enabled"] = True
    users["enabled"] = False
    users["flowTypes"] = "Add,Update"
    users["scope"]["inputFilterGroups"] = [{"name": "in"}]
    users["attributeMappings"] = [
        {**one, "matchingPriority": 2} if one["targetAttributeName"] == "mail" else one
        for one in users["attributeMappings"]
        if one["targetAttributeName"] != "manager"
    ]
    users["attributeMappings"].append(users["attributeMappings"][-1])

    found = import_schema(schema, "schema.json")

    assert found.mappings == {"remove": ["manager"]}
    assert [one.what for one in found.unsaid] == [
        "the rule OTHER",
        "the rule's groupFilter",
        "the object mapping Group to Group, switched on",
        "the mapping of users is switched off",
        "users without Delete",
        "users are matched by mail",
        "a second mapping of userType",
        'the group "in" of inputFilterGroups',
    ]


def with_groups(*groups: Any) -> Any:
    schema = default_schema("job")
    users_in(schema)["scope"]["groups"] = list(groups)
    return schema


def a_clause(attribute: str, operator: str, *values: Any) -> Any:
    operand = {"values": list(values)}
    return {"sourceOperandName": attribute, "operatorName": operator, "targetOperand": operand}


@pytest.mark.parametrize(
    ("clause", "why"),
    [
        (a_clause("city", "SOUNDS LIKE", "Oslo"), 'the operator "SOUNDS LIKE" is not known'),
        (a_clause("city", "EQUALS"), "0 values are compared with. Expected one text"),
        (a_clause("city", "EQUALS", "a", "b"), "2 values are compared with. Expected one text"),
        (a_clause("city", "EQUALS", 7), "what is no text is compared with. Expected one text"),
        (a_clause("city", "EQUALS", ""), "nothing is compared with an empty text."),
        (a_clause("netId", "EQUALS", "a"), 'unknown attribute "netId".'),
        (a_clause("city", "REGEX MATCH", "("), ""),
        (a_clause("city", "Greater_Than", "x"), '"greater-than" compares whole numbers.'),
    ],
)
def test_a_filter_that_no_topology_says_lets_nobody_pass(clause: Any, why: str) -> None:
    group = {"name": "North", "clauses": [a_clause("state", "is null"), clause]}

    found = import_schema(with_groups(group), "schema.json")

    nobody = {"attribute": "objectId", "operator": "is-null"}
    assert found.filters == ({"name": "North", "clauses": [nobody]},)
    assert found.unsaid[-2].what == 'the filter "North", clause 2'
    assert found.unsaid[-2].why.startswith(why)


def test_two_filters_that_let_nobody_pass_are_both_written_out() -> None:
    """A topology has no aliases, which YAML would write for the second one."""
    group = {"name": "North", "clauses": [a_clause("netId", "IS NULL")]}

    found = import_schema(with_groups(group, group), "schema.json")

    assert [one.name for one in came_back(found).scope.filters] == ["North", "North (2)"]


def test_a_group_that_lets_everybody_pass_makes_the_others_pointless() -> None:
    internal = default_schema("job")
    everybody = users_in(internal)["scope"]["groups"][0]
    group = {"name": "North", "clauses": [a_clause("state", "IS NULL")]}

    found = import_schema(with_groups(group, everybody), "schema.json")

    assert found.filters == ()
    assert [one.what for one in found.unsaid] == ["the filters"]


def test_groups_of_one_name_are_told_apart() -> None:
    group = {"name": "North", "clauses": [a_clause("state", "IS NULL")]}

    found = import_schema(with_groups(group, group, group), "schema.json")

    assert [one["name"] for one in found.filters] == ["North", "North (2)", "North (3)"]


def test_a_template_and_a_list_of_templates_are_read() -> None:
    template = {"id": "Azure2Azure", "schema": changed("city", flowType="ObjectAddOnly")}
    plain = import_schema(template["schema"], "schema.json")

    assert import_schema(template, "x") == plain
    assert import_schema({"value": [{"id": "Slack"}, template]}, "x") == plain


SALESFORCE = {
    "directories": [
        {
            "name": "Azure Active Directory",
            "objects": [
                {
                    "name": "User",
                    "attributes": [{"name": "userPrincipalName", "type": "string"}],
                }
            ],
        },
        {"name": "Salesforce"},
    ],
    "synchronizationRules": [
        {
            "name": "USER_TO_USER",
            "sourceDirectoryName": "Azure Active Directory",
            "targetDirectoryName": "Salesforce",
            "objectMappings": [
                {
                    "sourceObjectName": "User",
                    "targetObjectName": "User",
                    "attributeMappings": [{"source": {}, "targetAttributeName": "userName"}],
                }
            ],
        }
    ],
}
ABRIDGED = {"synchronizationRules": [{"name": "USER_INBOUND_USER", "metadata": []}]}
"""Both are examples of Microsoft's documentation, of synchronizationSchema and its use."""


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (SALESFORCE, 'found "USER_TO_USER".'),
        (ABRIDGED, 'found "USER_INBOUND_USER".'),
        ({}, "found no rule."),
        ([], "Expected a JSON object."),
        ({"value": [{"id": "Slack"}]}, "none of these templates is Azure2Azure."),
        ({"synchronizationRules": 7}, "synchronizationRules is no list of objects."),
    ],
)
def test_what_is_no_schema_of_cross_tenant_synchronization_is_refused(
    found: Any, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        import_schema(found, "schema.json")

    assert str(refused.value).startswith("schema.json: ")
    assert message in str(refused.value)


JSON: Any = st.none() | st.booleans() | st.integers() | texts | st.just([]) | st.just({})


def places(value: Any, at: tuple[Any, ...] = ()) -> Any:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inner:
        yield (*at, name)
        if isinstance(one, dict | list):
            yield from places(one, (*at, name))


@given(st.data(), JSON)
def test_a_schema_with_anything_in_it_is_read_or_refused(data: st.DataObject, new: Any) -> None:
    schema = copy.deepcopy(default_schema("job"))
    *way, last = data.draw(st.sampled_from([p for p in places(schema) if p[0] != "directories"]))
    inner = schema
    for step in way:
        inner = inner[step]
    inner[last] = new

    try:
        export_schema(a_link(), schema, "schema.json")
        found = import_schema(schema, "schema.json")
    except InputError:
        return
    if "mail" not in found.mappings.get("remove", ()):
        came_back(found)
