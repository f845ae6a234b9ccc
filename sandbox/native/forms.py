"""The forms of what callers send to jobs: plain JSON enters, itself or where it is wrong leaves.

Everything may be absent or null; what is there must be of its type. Meaning is checked elsewhere.
"""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec


class FormError(ValueError):
    """A value of another type than its place takes; the message names the place."""


class Operand(TypedDict, total=False):
    """What a filter compares with."""

    values: list[str] | None


class Clause(TypedDict, total=False):
    """One comparison of a filter."""

    operatorName: str | None
    sourceOperandName: str | None
    targetOperand: Operand | None


class Group(TypedDict, total=False):
    """Clauses that must all pass."""

    name: str | None
    clauses: list[Clause] | None


class Scope(TypedDict, total=False):
    """A scoping filter."""

    groups: list[Group] | None
    inputFilterGroups: list[Group] | None


class Source(TypedDict, total=False):
    """Where a mapped value comes from."""

    expression: str | None
    name: str | None
    type: str | None


class AttributeMapping(TypedDict, total=False):
    """How one attribute is mapped."""

    defaultValue: str | None
    flowType: str | None
    matchingPriority: int | None
    source: Source | None
    targetAttributeName: str | None


class ObjectMapping(TypedDict, total=False):
    """How objects of one type are mapped."""

    attributeMappings: list[AttributeMapping] | None
    enabled: bool | None
    flowTypes: str | None
    scope: Scope | None
    sourceObjectName: str | None


class Rule(TypedDict, total=False):
    """How one directory becomes another."""

    id: str | None
    objectMappings: list[ObjectMapping] | None
    targetDirectoryName: str | None


class DirectoryDefinition(TypedDict, total=False):
    """What a directory has."""

    id: str | None
    name: str | None


class Schema(TypedDict, total=False):
    """A whole schema, of which both lists must be there."""

    synchronizationRules: list[Rule]
    directories: list[DirectoryDefinition]


class Subject(TypedDict, total=False):
    """An object to provision on demand."""

    objectId: str | None
    objectTypeName: str | None


class Parameters(TypedDict, total=False):
    """A rule and whom to provision by it."""

    ruleId: str | None
    subjects: list[Subject] | None


class Demand(TypedDict, total=False):
    """The body of provisioning on demand."""

    parameters: list[Parameters] | None


class Criteria(TypedDict, total=False):
    """What a restart resets."""

    resetScope: str | None


class Restart(TypedDict, total=False):
    """The body of a restart."""

    criteria: Criteria | None


class TestValue(TypedDict, total=False):
    """An attribute's value to try an expression with."""

    key: str | None
    value: Any


class TestInput(TypedDict, total=False):
    """The object to try an expression with."""

    properties: list[TestValue] | None


class Expression(TypedDict, total=False):
    """The body of a question about an expression."""

    expression: str | None
    testInputObject: TestInput | None


class Secret(TypedDict):
    """A key and its value."""

    key: str
    value: str


def require(value: Any, form: Any) -> None:
    """Raise a FormError where a value does not have a form."""
    try:
        msgspec.convert(value, form)
    except msgspec.ValidationError as problem:
        raise FormError(str(problem)) from problem
