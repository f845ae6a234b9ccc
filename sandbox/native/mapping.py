"""Attribute mappings at work: a person and a schema's mappings enter, Graph properties leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sandbox.native.attributes import EXTENSIONS, HOME, Person, Value, graph_name, text_of
from sandbox.native.expressions import ExpressionError, Node, evaluate, parse
from sandbox.native.memory import Problem
from sandbox.properties import USER, Form

# Identity, deletion and references are not written as plain properties.
_APART = frozenset({HOME, "IsSoftDeleted", "manager"})
_ATTRIBUTES = "onPremisesExtensionAttributes"


class MappingError(Exception):
    """A mapping that gives no value; the entry fails with its problem."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the problem."""
        super().__init__(message)
        self.problem = Problem(code, message)


def maps(mapping: Mapping[str, Any], target: str) -> bool:
    """Say whether an object mapping has the target attribute."""
    mapped = mapping.get("attributeMappings") or ()
    return any(one["targetAttributeName"] == target for one in mapped)


def disables(person: Person, mapping: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    """Say whether an object mapping makes the target's account a disabled one."""
    mapped = mapping.get("attributeMappings") or ()
    only = [one for one in mapped if one["targetAttributeName"] == "accountEnabled"]
    try:
        return wanted(person, {"attributeMappings": only}, held).get("accountEnabled") is False
    except MappingError:
        # Whoever writes it says so.
        return False


def wanted(
    person: Person, mapping: Mapping[str, Any], held: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the properties that the user in the target should have; `held` is what it has.

    Nothing in the source means nothing to write: Entra never flows null.
    """
    found: dict[str, Any] = {}
    for name, value in _values(person, mapping, held):
        if name in EXTENSIONS:
            found.setdefault(_ATTRIBUTES, {})[name] = value
        else:
            found[graph_name(name)] = _typed(name, value)
    return found


def _values(
    person: Person, mapping: Mapping[str, Any], held: Mapping[str, Any] | None
) -> Iterator[tuple[str, Value]]:
    for one in mapping.get("attributeMappings") or ():
        name = one["targetAttributeName"]
        if name in _APART or not _flows(one, name, held):
            continue
        value = _value(one.get("source") or {}, person, name)
        if value is None and held is None:
            # A default counts when somebody is created, and at no other time.
            value = text_of(one.get("defaultValue"))
        if value is not None:
            yield name, value


def _flows(mapping: Mapping[str, Any], name: str, held: Mapping[str, Any] | None) -> bool:
    if held is None:
        return True
    match mapping.get("flowType", "Always"):
        case "ObjectAddOnly":
            return False
        case "AttributeAddOnly" | "ValueAddOnly":
            within = held.get(_ATTRIBUTES) or {} if name in EXTENSIONS else held
            return not within.get(graph_name(name))
        case _:
            return True


def _value(source: Mapping[str, Any], person: Person, target: str) -> Value:
    if source.get("type") == "Constant" and source.get("name") is not None:
        return text_of(source["name"])
    if source.get("type") == "Attribute" and source.get("name"):
        return person.value(source["name"])
    try:
        # An empty text is nothing: Graph has no way to write one.
        return text_of(evaluate(_parsed(str(source.get("expression") or "")), person.value))
    except ExpressionError as problem:
        # Which code Entra has for a mapping that fails is not documented.
        raise MappingError(
            "AttributeMappingFailure", f"The mapping of '{target}' gives no value. {problem}"
        ) from problem


@lru_cache(maxsize=256)
def _parsed(text: str) -> Node:
    return parse(text)


def _typed(name: str, value: Value) -> Any:
    rule = USER.get(graph_name(name))
    if rule is None and not name.startswith("extension_"):
        raise MappingError("SchemaAttributeNotFound", f"The target has no attribute '{name}'.")
    form = rule.form if rule else Form.TEXT
    if form is Form.TEXTS:
        return value if isinstance(value, list) else [value]
    if isinstance(value, list):
        raise MappingError(
            "AttributeMappingFailure", f"The mapping of '{name}' gives several values."
        )
    return str(value).lower() == "true" if form is Form.FLAG else value
