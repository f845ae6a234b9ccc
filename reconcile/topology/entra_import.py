"""Entra's synchronization schema enters; the settings of a topology that mean the same leave.

What cannot be carried over is told, and nothing is written for it: an attribute whose mapping is
not understood is left alone, and a filter with a clause that is not understood lets nobody pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconcile.errors import InputError
from reconcile.expressions.failures import ExpressionError
from reconcile.expressions.parsing import parsed
from reconcile.expressions.syntax import Text
from reconcile.model.attributes import Kind, find_attribute
from reconcile.model.links import AttributeMapping
from reconcile.topology.document import Document
from reconcile.topology.entra_schema import (
    ANCHOR,
    ANCHOR_EXPRESSION,
    FLOWS,
    OWN,
    TEMPLATE,
    WHOLE_FLOW,
    Json,
    boolean_targets,
    is_of_users,
    member,
    members,
    text,
    users_of,
)
from reconcile.topology.entra_scope import import_scope
from reconcile.topology.expand import Settings
from reconcile.topology.mapping_rules import mapping_problems
from reconcile.topology.mappings import ENTRA_DEFAULTS, attribute_mapping

_WHEN = {flow: when for when, flow in FLOWS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """Something in a schema that no topology says, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`sync.mappings` and `sync.scope.filters` of a topology, and what they do not say."""

    mappings: Mapping[str, Any]
    filters: tuple[Mapping[str, Any], ...]
    unsaid: tuple[Unsaid, ...]


def import_schema(found: object, file: str) -> Imported:
    """The settings that a schema comes to, as differences from Entra's defaults.

    `found` is a schema, or a template, or Graph's list of templates.

    Raises:
        InputError: it is none of them, or maps no users to another tenant's.
    """
    schema = _schema(found, file)
    rule, users = users_of(schema, file)
    filters, left_out = import_scope(member(users, "scope", file), file)
    mappings, unmapped = _mappings(users, boolean_targets(schema, file), file)
    told = [*_around(schema, rule, file), *_switches(users, file), *unmapped, *left_out]
    return Imported(
        mappings=mappings,
        filters=tuple(filters),
        unsaid=tuple(Unsaid(what=what, why=why) for what, why in told),
    )


def _schema(found: object, file: str) -> Json:
    if not isinstance(found, dict):
        raise InputError(f"{file}: this is no synchronization schema. Expected a JSON object.")
    templates = members(found, "value", file)
    for one in templates:
        if TEMPLATE in (one.get("id"), one.get("factoryTag")):
            return member(one, "schema", file)
    if templates:
        raise InputError(f"{file}: none of these templates is {TEMPLATE}.")
    return member(found, "schema", file) if "schema" in found else found


def _around(schema: Json, rule: Json, file: str) -> Iterator[tuple[str, str]]:
    """What the schema has beside the mapping of users."""
    for other in members(schema, "synchronizationRules", file):
        if other is not rule:
            yield f"the rule {other.get('name')}", "only users of one tenant in another are known"
    for key in ("containerFilter", "groupFilter"):
        if any(member(rule, key, file).values()):
            yield f"the rule's {key}", "who is read is said by sync.scope"
    for other in members(rule, "objectMappings", file):
        kinds = (other.get("sourceObjectName"), other.get("targetObjectName"))
        on = other.get("enabled") is not False
        # Entra has a mapping of groups in every schema, switched off.
        if not is_of_users(other) and (on or kinds != ("Group", "Group")):
            state = "on" if on else "off"
            name = f"the object mapping {kinds[0]} to {kinds[1]}, switched {state}"
            yield name, "Tenantry synchronizes users only"


def _switches(users: Json, file: str) -> Iterator[tuple[str, str]]:
    if users.get("enabled") is False:
        yield "the mapping of users is switched off", "say `paused: true` on a link that rests"
    flows = text(users, "flowTypes", file)
    found = {one.strip() for one in flows.split(",")}
    if flows and (missing := sorted(WHOLE_FLOW - found)):
        yield f"users without {', '.join(missing)}", "Tenantry adds, updates and deletes"


def _mappings(
    users: Json, flags: frozenset[str], file: str
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    made: dict[str, AttributeMapping] = {}
    said: dict[str, Settings] = {}
    unsaid: list[tuple[str, str]] = []
    seen: set[str] = set()
    for entry in members(users, "attributeMappings", file):
        target = text(entry, "targetAttributeName", file)
        if target in seen:
            unsaid.append((f"a second mapping of {target}", "the first one counts"))
            continue
        seen.add(target)
        if target in {ANCHOR, *OWN}:
            unsaid += _own(target, entry, file)
            continue
        how = _how(target, entry, flags, file)
        if isinstance(how, str):
            unsaid.append((f"the mapping of {target or 'no attribute'}", how))
            continue
        made[target], said[target] = attribute_mapping(target, how), how
        unsaid += _aside(target, entry)
    changed = {name: said[name] for name in said if made[name] != ENTRA_DEFAULTS.get(name)}
    removed = sorted(ENTRA_DEFAULTS.keys() - made.keys())
    if "mail" in removed:
        unsaid.append(("no mapping of mail", "name another attribute in sync.matching"))
    if "constant" in said.get("mail", {}):
        unsaid.append(("one mail for everyone", "name another attribute in sync.matching"))
    settings: dict[str, Any] = {"set": changed} if changed else {}
    return settings | ({"remove": removed} if removed else {}), unsaid


def _own(target: str, entry: Json, file: str) -> Iterator[tuple[str, str]]:
    """Attributes that Tenantry handles otherwise; only a changed mapping is worth a word."""
    source = member(entry, "source", file)
    usual = ANCHOR_EXPRESSION if target == ANCHOR else f"[{target}]"
    found = text(source, "expression", file) or f"[{text(source, 'name', file)}]"
    if found != usual:
        yield f"the mapping of {target} by {found}", "Graph lets no application write it"


def _aside(target: str, entry: Json) -> Iterator[tuple[str, str]]:
    if entry.get("matchingPriority"):
        yield f"users are matched by {target}", "name it in sync.matching"
    if entry.get("exportMissingReferences") is True:
        yield f"exportMissingReferences of {target}", "Graph takes no reference to nobody"


def carried(entry: Json, flags: frozenset[str], file: str) -> AttributeMapping | None:
    """The mapping that an entry of a schema comes to, or None where no topology says it."""
    target = text(entry, "targetAttributeName", file)
    how = _how(target, entry, flags, file)
    return None if isinstance(how, str) else attribute_mapping(target, how)


def _how(target: str, entry: Json, flags: frozenset[str], file: str) -> Settings | str:
    """A mapping as `set` says it, or why nothing can say it."""
    flow = text(entry, "flowType", file) or "Always"
    if flow not in _WHEN:
        return f"the flow type {flow} is documented by its name only"
    how = _source(target, member(entry, "source", file), flags, file)
    if isinstance(how, str):
        return how
    default = text(entry, "defaultValue", file)
    if default and "constant" not in how:
        how = {**how, "default": default}
    if flow != "Always":
        how = {**how, "when": _WHEN[flow].value}
    return _objection(target, how) or how


def _source(target: str, source: Json, flags: frozenset[str], file: str) -> Settings | str:
    kind, name = text(source, "type", file), text(source, "name", file)
    said = text(source, "expression", file)
    match kind.lower():
        case "attribute":
            return {"direct": name or said.removeprefix("[").removesuffix("]")}
        case "constant":
            return _constant(target, _unquoted(said, name), flags)
        case "function" if said:
            return {"expression": said}
        case "function":
            return f"{name or 'its function'} has no expression, and parameters alone do not tell"
        case "":
            return "it has no source"
        case _:
            return f"sources of type {kind} are not known"


def _unquoted(said: str, name: str) -> str:
    try:
        node = parsed(said)
    except ExpressionError:
        return name or said
    return node.value if isinstance(node, Text) else name or said


def _constant(target: str, value: str, flags: frozenset[str]) -> Settings | str:
    if not value:
        return "the constant is empty"
    attribute = find_attribute(target)
    flag = target in flags or (attribute is not None and attribute.kind is Kind.FLAG)
    if flag and value.lower() in {"true", "false"}:
        return {"constant": value.lower() == "true"}
    return {"constant": value}


def _objection(target: str, how: Settings) -> str | None:
    """What `validate` would say about the mapping in a topology."""
    document = Document(file="")
    for problem in mapping_problems(document, (), {"set": {target: how}}):
        # The message begins with the place, which the reader of a schema does not know.
        why, caret, _ = problem.message.partition(": ")[2].partition("\n")
        read = f" It is {how['expression']}" if caret and "expression" in how else ""
        return f"{why}{read}".removesuffix(".")
    return None
