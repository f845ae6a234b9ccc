"""A link enters, the synchronization schema that makes Entra's own job do the same leaves."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any

from reconcile.errors import InputError
from reconcile.expressions.syntax import Text, written
from reconcile.model.attributes import Kind, attribute_of
from reconcile.model.links import (
    BARE,
    Clause,
    Computed,
    Constant,
    Direct,
    Link,
    Nulls,
    ScopingFilter,
    Unmapped,
)
from reconcile.topology.entra_import import carried
from reconcile.topology.entra_refusals import export_refusals
from reconcile.topology.entra_schema import (
    ANCHOR,
    ANCHOR_EXPRESSION,
    FLOWS,
    INTERNAL,
    INTERNAL_CLAUSE,
    OPERATORS,
    OWN,
    RULE,
    SOURCE,
    TARGET,
    VERSION,
    Json,
    boolean_targets,
    member,
    members,
    text,
    users_of,
)


def export_schema(link: Link, into: Json | None = None, file: str = "") -> dict[str, Any]:
    """The schema of a link, whole or put into one that Graph answered for its job.

    Raises:
        InputError: the link has what Entra cannot take, all of it listed, or `into` is no schema
            of cross-tenant synchronization.
    """
    if refused := list(export_refusals(link)):
        head = f"{link.origin}: {link.name} has what Entra's own job cannot take:"
        raise InputError("\n".join([head, *(f"  {one}" for one in refused)]))
    if into is None:
        return _whole(link)
    schema: dict[str, Any] = copy.deepcopy(dict(into))
    _, users = users_of(schema, file)
    mapped = members(users, "attributeMappings", file)
    had = {text(one, "targetAttributeName", file): one for one in mapped}
    flags = boolean_targets(schema, file)
    changed: Any = users
    changed["attributeMappings"] = [
        *(had.get(one["targetAttributeName"], one) for one in _fixed()),
        *(_kept(one, had.get(one["targetAttributeName"]), flags, file) for one in _mapped(link)),
    ]
    changed["scope"] = {**member(users, "scope", file), **_scope(link)}
    return schema


def export_remarks(link: Link) -> tuple[str, ...]:
    """What a schema does not say, and what Entra does otherwise."""
    said = ["Who is assigned is no part of a schema: Entra takes it from the sync app."]
    if link.nulls is Nulls.CLEAR:
        said.append("Entra clears nothing: an empty source leaves the target's value (null: keep).")
    return tuple(said)


def _kept(made: Json, had: Json | None, flags: frozenset[str], file: str) -> Json:
    """What the schema has already where it means the same, with all that Entra wrote in it."""
    if had is not None and carried(had, flags, file) == carried(made, flags, file):
        return had
    return made


def _whole(link: Link) -> dict[str, Any]:
    users = {
        "enabled": True,
        "flowTypes": "Add,Update,Delete",
        "name": "Provision Microsoft Entra ID Users",
        "sourceObjectName": "User",
        "targetObjectName": "User",
        "scope": _scope(link),
        "attributeMappings": [*_fixed(), *_mapped(link)],
    }
    rule = {
        "name": RULE,
        "priority": 1,
        "editable": True,
        "sourceDirectoryName": SOURCE,
        "targetDirectoryName": TARGET,
        "objectMappings": [users],
    }
    return {
        "version": VERSION,
        "synchronizationRules": [rule],
        "directories": [
            _directory(SOURCE, _source_types(link)),
            _directory(TARGET, _target_types(link)),
        ],
    }


def _scope(link: Link) -> dict[str, Any]:
    return {"categoryFilterGroups": [], "groups": _groups(link), "inputFilterGroups": []}


def _fixed() -> Iterator[dict[str, Any]]:
    """What Entra demands, and what it maps that Graph lets no application write."""
    yield {**_entry(ANCHOR, _function(ANCHOR_EXPRESSION)), "matchingPriority": 1}
    for name in OWN:
        yield _entry(name, _attribute(name))


def _mapped(link: Link) -> Iterator[dict[str, Any]]:
    """An entry for each mapping; one of type None without a default does nothing."""
    for one in link.mappings:
        if not isinstance(one.source, Unmapped):
            made = _entry(one.target, _source(one.source))
            yield {**made, "defaultValue": one.default, "flowType": FLOWS[one.when]}


def _entry(target: str, source: dict[str, Any]) -> dict[str, Any]:
    return {
        "defaultValue": None,
        "exportMissingReferences": False,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "Always",
        "matchingPriority": 0,
        "targetAttributeName": target,
        "source": source,
    }


def _source(source: Direct | Constant | Computed) -> dict[str, Any]:
    match source:
        case Direct(attribute=name):
            return _attribute(name)
        case Constant(value=value):
            plain = str(value).lower() if isinstance(value, bool) else value
            return _written("Constant", plain, written(Text(value=plain)))
        case Computed(expression=said):
            return _function(said)


def _attribute(name: str) -> dict[str, Any]:
    return _written("Attribute", name, f"[{name}]")


def _function(said: str) -> dict[str, Any]:
    return _written("Function", said.partition("(")[0], said)


def _written(kind: str, name: str, said: str) -> dict[str, Any]:
    return {"type": kind, "name": name, "expression": said, "parameters": []}


def _directory(name: str, types: dict[str, str]) -> dict[str, Any]:
    attributes = [{"name": one, "type": types[one]} for one in sorted(types)]
    return {"name": name, "objects": [{"name": "User", "attributes": attributes}]}


def _source_types(link: Link) -> dict[str, str]:
    read = {"netId", ANCHOR, *OWN}
    read.update(name for one in link.mappings for name in one.reads)
    read.update(one.attribute for f in link.scope.filters for one in f.clauses)
    return {name: _type(name) for name in read}


def _target_types(link: Link) -> dict[str, str]:
    types = {name: _type(name) for name in (ANCHOR, *OWN, *(one.target for one in link.mappings))}
    for one in link.mappings:
        if isinstance(one.source, Constant) and isinstance(one.source.value, bool):
            types[one.target] = "Boolean"
    return types


def _type(name: str) -> str:
    if name in {ANCHOR, "netId", *OWN}:
        return "Boolean" if name == "IsSoftDeleted" else "String"
    kinds = {Kind.FLAG: "Boolean", Kind.MOMENT: "DateTime", Kind.REFERENCE: "Reference"}
    return kinds.get(attribute_of(name).kind, "String")


def _groups(link: Link) -> list[dict[str, Any]]:
    """Any group suffices in Entra, so each keeps what its own filter keeps: external users out."""
    if not link.scope.filters:
        return [{"name": INTERNAL, "clauses": [dict(INTERNAL_CLAUSE)]}]
    return [group for one in link.scope.filters for group in _alternatives(one)]


def _alternatives(one: ScopingFilter) -> Iterator[dict[str, Any]]:
    """A filter as groups: Entra has no list of values, yet several groups that differ in one."""
    choices = [_choices(clause) for clause in one.clauses]
    for chosen in itertools.product(*choices):
        values = [value for value, _ in chosen if value]
        yield {
            "name": f"{one.name}: {', '.join(values)}" if values else one.name,
            "clauses": [dict(INTERNAL_CLAUSE), *(c for _, clauses in chosen for c in clauses)],
        }


def _choices(clause: Clause) -> list[tuple[str, list[dict[str, Any]]]]:
    match clause.operator:
        case "in":
            return [(v, [_clause(clause.attribute, "equals", v)]) for v in clause.values]
        case "not-in":
            return [("", [_clause(clause.attribute, "not-equals", v) for v in clause.values])]
        case operator:
            return [("", [_clause(clause.attribute, operator, *clause.values)])]


def _clause(attribute: str, operator: str, *values: str) -> dict[str, Any]:
    return {
        "operatorName": OPERATORS[operator],
        "sourceOperandName": attribute,
        "targetOperand": {"values": [] if operator in BARE else list(values)},
    }
