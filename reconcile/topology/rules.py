"""One layer of synchronization settings enters; what it says that cannot be meant leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reconcile.errors import Problem
from reconcile.model.attributes import ATTRIBUTES, GRAPH_NAMES, Attribute, Kind
from reconcile.topology.amounts import duration
from reconcile.topology.document import Document, Where
from reconcile.topology.expand import Settings
from reconcile.topology.suggest import hint, nearest

Constant = str | bool

_LISTED = ", ".join(
    [
        *(one.name for one in ATTRIBUTES.values() if one.kind is not Kind.EXTENSION),
        "extensionAttribute1 to extensionAttribute15",
    ]
)
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=7)
_BARE = frozenset({"is-null", "is-not-null", "is-true", "is-false"})
_LISTS = frozenset({"in", "not-in"})
_SUPPORTED = _BARE | _LISTS | {"equals", "not-equals"}
_ON_FLAGS = _BARE
_HELD = {Kind.FLAG: "true or false", Kind.REFERENCE: "a reference"}
_USER_TYPES = ("Guest", "Member")
# Targets that Entra's default mapping or its documentation names, and that Graph lets no app write.
_UNWRITABLE = frozenset(
    {"IsSoftDeleted", "alternativeSecurityIds", "otherMails", "proxyAddresses", "userState"}
)


def sync_problems(document: Document, where: Where, sync: Settings) -> Iterator[Problem]:
    """What is wrong with one `sync`, of a topology or of a single link, whatever lies under it."""
    if "address" in sync:
        yield from _text_source(document, (*where, "address"), sync["address"])
    for place, name in enumerate(sync.get("matching", ())):
        yield from _text_source(document, (*where, "matching", place), name)
    if "interval" in sync and not _SHORTEST <= duration(sync["interval"]) <= _LONGEST:
        message = f'"{sync["interval"]}" is impossible. Expected a time from 1m to 7d.'
        yield document.problem((*where, "interval"), message)
    yield from _scope(document, (*where, "scope"), sync.get("scope", {}))
    yield from _mappings(document, (*where, "mappings"), sync.get("mappings", {}))
    for name in sync.get("drift", {}).get("attributes", {}):
        inner = (*where, "drift", "attributes", name)
        if refusal := attribute_refusal(name, target=True):
            yield document.problem(inner, refusal, at_key=True)


def attribute_refusal(name: str, *, target: bool) -> str | None:
    """Why an attribute cannot be a mapping's target, or its source; None when it can."""
    attribute = ATTRIBUTES.get(name)
    if attribute is None and name in GRAPH_NAMES:
        return f'unknown attribute "{name}". Entra\'s mappings call it "{GRAPH_NAMES[name]}".'
    if name in _UNWRITABLE or (attribute and target and not attribute.target):
        return f'"{name}" cannot be written through Graph. Leave it out.'
    if attribute is None:
        near = nearest(name, ATTRIBUTES)
        said = f'Did you mean "{near}"?' if near else f"Expected one of: {_LISTED}."
        return f'unknown attribute "{name}". {said}'
    if not target and not attribute.source:
        return f'"{name}" is no source attribute in Entra. Expected another one.'
    return None


def _text_source(document: Document, where: Where, name: str) -> Iterator[Problem]:
    if message := attribute_refusal(name, target=False):
        yield document.problem(where, message)
    elif _holds(ATTRIBUTES[name]) != "text":
        message = f'"{name}" holds {_holds(ATTRIBUTES[name])}. Expected an attribute of text.'
        yield document.problem(where, message)


def _holds(attribute: Attribute) -> str:
    return _HELD.get(attribute.kind, "text")


def _scope(document: Document, where: Where, scope: Settings) -> Iterator[Problem]:
    if scope.get("assigned", {}).get("nested"):
        message = "nested groups are not supported yet. Assign the groups inside, or leave it out."
        yield document.problem((*where, "assigned", "nested"), message)
    names: dict[str, int] = {}
    for place, declared in enumerate(scope.get("filters", ())):
        inner = (*where, "filters", place)
        first = names.setdefault(declared["name"], place)
        if first != place:
            message = f'the filter "{declared["name"]}" is there twice. Give it another name.'
            yield document.problem((*inner, "name"), message)
        for number, clause in enumerate(declared["clauses"]):
            yield from _clause(document, (*inner, "clauses", number), clause)


def _clause(document: Document, where: Where, clause: Settings) -> Iterator[Problem]:
    name, operator = clause["attribute"], clause["operator"]
    if message := attribute_refusal(name, target=False):
        yield document.problem((*where, "attribute"), message)
    if operator not in _SUPPORTED:
        message = f'"{operator}" is not supported yet. Expected: {", ".join(sorted(_SUPPORTED))}.'
        yield document.problem((*where, "operator"), message)
        return
    wanted = None if operator in _BARE else "values" if operator in _LISTS else "value"
    for key in ("value", "values"):
        if key in clause and key != wanted:
            expected = f'Expected "{wanted}".' if wanted else "Leave it out."
            message = f'the operator "{operator}" takes no "{key}". {expected}'
            yield document.problem((*where, key), message, at_key=True)
    # A value of the wrong type was left out of what is judged here, yet it stands in the file.
    given = any((*where, key) in document.values for key in ("value", "values"))
    if wanted and not given:
        yield document.problem(where, f'the operator "{operator}" needs "{wanted}".')
    if name in ATTRIBUTES and (message := _ill_matched(ATTRIBUTES[name], operator)):
        yield document.problem((*where, "operator"), message)


def _ill_matched(attribute: Attribute, operator: str) -> str | None:
    held = _holds(attribute)
    if attribute.kind is Kind.REFERENCE:
        return f'"{attribute.name}" cannot be filtered by, in Entra neither. Expected another one.'
    if attribute.kind is Kind.FLAG and operator not in _ON_FLAGS:
        return f'"{attribute.name}" holds {held}. Expected: {", ".join(sorted(_ON_FLAGS))}.'
    if attribute.kind is not Kind.FLAG and operator in {"is-true", "is-false"}:
        return f'"{attribute.name}" holds {held}. "{operator}" is for attributes of true or false.'
    return None


def _mappings(document: Document, where: Where, mappings: Settings) -> Iterator[Problem]:
    made = mappings.get("set", {})
    for place, name in enumerate(mappings.get("remove", ())):
        inner = (*where, "remove", place)
        if name in made:
            yield document.problem(inner, f'"{name}" is set and removed at once. Keep one.')
        elif message := attribute_refusal(name, target=True):
            yield document.problem(inner, message)
    for name, how in made.items():
        inner = (*where, "set", name)
        if message := attribute_refusal(name, target=True):
            yield document.problem(inner, message, at_key=True)
        else:
            yield from _mapping(document, inner, ATTRIBUTES[name], how)


def _mapping(
    document: Document, where: Where, target: Attribute, how: Settings
) -> Iterator[Problem]:
    if "expression" in how:
        message = "expressions are not supported yet. Expected a direct or constant mapping."
        yield document.problem((*where, "expression"), message, at_key=True)
    if "constant" in how:
        if wrong := _wrong_constant(target, how["constant"]):
            yield document.problem((*where, "constant"), wrong)
        if "default" in how:
            message = "a constant needs no default. Leave it out."
            yield document.problem((*where, "default"), message, at_key=True)
    if "direct" in how:
        yield from _direct(document, where, target, how)


def _direct(
    document: Document, where: Where, target: Attribute, how: Settings
) -> Iterator[Problem]:
    name = how["direct"]
    if message := attribute_refusal(name, target=False):
        yield document.problem((*where, "direct"), message)
    elif _holds(ATTRIBUTES[name]) != _holds(target):
        message = (
            f'"{name}" holds {_holds(ATTRIBUTES[name])}, "{target.name}" {_holds(target)}. '
            "Expected two of a kind."
        )
        yield document.problem((*where, "direct"), message)
    if "default" in how and (message := _wrong_constant(target, how["default"])):
        yield document.problem((*where, "default"), message)


def _wrong_constant(target: Attribute, value: Constant) -> str | None:
    """Why a constant cannot be the value of a target attribute."""
    if target.kind is Kind.REFERENCE:
        return f'"{target.name}" is a reference. Expected no constant.'
    if (target.kind is Kind.FLAG) != isinstance(value, bool):
        return f'"{target.name}" holds {_holds(target)}. Expected such a value.'
    if isinstance(value, bool):
        return None
    if target.limit is not None and len(value) > target.limit:
        return f'"{target.name}" holds {target.limit} characters. This text has {len(value)}.'
    if target.name == "userType" and value not in _USER_TYPES:
        return f'"{value}" is not known. {hint(value, _USER_TYPES)}'
    return None
