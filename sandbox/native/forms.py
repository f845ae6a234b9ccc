"""The forms of what callers send to jobs: plain JSON enters, itself or where it is wrong leaves.

Everything may be absent or null; what is there must be of its type. Meaning is checked elsewhere.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from sandbox.shapes import Form, shaped


class FormError(ValueError):
    """A value of another type than its place takes; the message names the place."""


FlowBehavior = Literal["FlowWhenChanged", "FlowAlways"]
FlowType = Literal[
    "Always", "ObjectAddOnly", "MultiValueAddOnly", "ValueAddOnly", "AttributeAddOnly"
]
SourceType = Literal["Attribute", "Constant", "Function"]
Mutability = Literal["ReadWrite", "ReadOnly", "Immutable", "WriteOnly"]
# A documented request writes `string`.
AttributeType = Annotated[
    str, msgspec.Meta(pattern="(?i)^(string|integer|reference|binary|boolean|datetime)$")
]


class Entry(Form):
    """A piece of metadata."""

    key: str | None = None
    value: str | None = None


class Operand(Form):
    """What a filter compares with."""

    values: list[str] | None = None


class Clause(Form):
    """One comparison of a filter."""

    operator_name: str | None = None
    source_operand_name: str | None = None
    target_operand: Operand | None = None


class Group(Form):
    """Clauses that must all pass."""

    name: str | None = None
    clauses: list[Clause] | None = None


class Scope(Form):
    """A scoping filter."""

    category_filter_groups: list[Group] | None = None
    groups: list[Group] | None = None
    input_filter_groups: list[Group] | None = None


class Source(Form):
    """Where a mapped value comes from."""

    expression: str | None = None
    name: str | None = None
    parameters: list[Parameter] | None = None
    type: SourceType | None = None


class Parameter(Form):
    """One argument of a function."""

    key: str | None = None
    value: Source | None = None


class AttributeMapping(Form):
    """How one attribute is mapped."""

    default_value: str | None = None
    export_missing_references: bool | None = None
    flow_behavior: FlowBehavior | None = None
    flow_type: FlowType | None = None
    matching_priority: int | None = None
    source: Source | None = None
    target_attribute_name: str | None = None


class ObjectMapping(Form):
    """How objects of one type are mapped."""

    attribute_mappings: list[AttributeMapping] | None = None
    enabled: bool | None = None
    flow_types: str | None = None
    metadata: list[Entry] | None = None
    name: str | None = None
    scope: Scope | None = None
    source_object_name: str | None = None
    target_object_name: str | None = None


class Containers(Form):
    """Which containers of a directory are read."""

    included_containers: list[str] | None = None


class Groups(Form):
    """Which groups of a directory are read."""

    included_groups: list[str] | None = None


class Rule(Form):
    """How one directory becomes another."""

    container_filter: Containers | None = None
    editable: bool | None = None
    group_filter: Groups | None = None
    id: str | None = None
    metadata: list[Entry] | None = None
    name: str | None = None
    object_mappings: list[ObjectMapping] | None = None
    priority: int | None = None
    source_directory_name: str | None = None
    target_directory_name: str | None = None


class Referenced(Form):
    """What a reference leads to."""

    referenced_object_name: str | None = None
    referenced_property: str | None = None


class AttributeDefinition(Form):
    """An attribute that objects of a directory have."""

    anchor: bool | None = None
    api_expressions: list[Entry] | None = None
    case_exact: bool | None = None
    default_value: str | None = None
    flow_null_values: bool | None = None
    metadata: list[Entry] | None = None
    multivalued: bool | None = None
    mutability: Mutability | None = None
    name: str | None = None
    referenced_objects: list[Referenced] | None = None
    required: bool | None = None
    type: AttributeType | None = None


class ObjectDefinition(Form):
    """A kind of objects that a directory has."""

    attributes: list[AttributeDefinition] | None = None
    metadata: list[Entry] | None = None
    name: str | None = None
    supported_apis: list[str] | None = None


class DirectoryDefinition(Form):
    """What a directory has."""

    discoverabilities: str | None = None
    discovery_date_time: str | None = None
    id: str | None = None
    name: str | None = None
    objects: list[ObjectDefinition] | None = None
    read_only: bool | None = None
    version: str | None = None


class Schema(Form):
    """A whole schema."""

    directories: list[DirectoryDefinition] | None = None
    id: str | None = None
    synchronization_rules: list[Rule] | None = None
    version: str | None = None


class Members(Form):
    """Members of a group to provision with it."""

    members: list[Subject] | None = None


class Subject(Form):
    """An object to provision on demand."""

    links: Members | None = None
    object_id: str | None = None
    object_type_name: str | None = None


class Parameters(Form):
    """A rule and whom to provision by it."""

    rule_id: str | None = None
    subjects: list[Subject] | None = None


class Demand(Form):
    """The body of provisioning on demand."""

    parameters: list[Parameters] | None = None


class Criteria(Form):
    """What a restart resets."""

    reset_scope: str | None = None


class Restart(Form):
    """The body of a restart."""

    criteria: Criteria | None = None


class TestValue(Form):
    """An attribute's value to try an expression with."""

    key: str | None = None
    value: Any = None


class TestInput(Form):
    """The object to try an expression with."""

    definition: ObjectDefinition | None = None
    properties: list[TestValue] | None = None


class Expression(Form):
    """The body of a question about an expression."""

    expression: str | None = None
    target_attribute_definition: AttributeDefinition | None = None
    test_input_object: TestInput | None = None


class Secret(Form):
    """A key and its value."""

    key: str
    value: str


def require(value: Any, form: Any) -> None:
    """Raise a FormError where a value does not have a form."""
    try:
        shaped(value, form)
    except msgspec.ValidationError as problem:
        raise FormError(str(problem)) from problem
