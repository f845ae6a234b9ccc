"""A scope enters; what its filters say that cannot be meant leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconcile.errors import Problem
from reconcile.expressions.dates import days_of, understood
from reconcile.expressions.failures import why_refused
from reconcile.expressions.patterns import pattern_of
from reconcile.model.attributes import Attribute, Kind, attribute_of
from reconcile.model.links import BARE, MEMBERSHIP
from reconcile.topology.document import Document, Where
from reconcile.topology.expand import Settings
from reconcile.topology.naming import attribute_refusal, held

_LISTS = frozenset({"in", "not-in"}) | MEMBERSHIP
_TRUTH = frozenset({"is-true", "is-false"})
_NO_TEXT = "nothing is compared with an empty text. Ask with `is-null` or `is-not-null`."
_NUMBERS = frozenset({"greater-than", "greater-than-or-equals", "bit-set", "bit-not-set"})


def scope_problems(document: Document, where: Where, scope: Settings) -> Iterator[Problem]:
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
    operator = clause["operator"]
    yield from _attribute(document, where, clause)
    wanted = None if operator in BARE else "values" if operator in _LISTS else "value"
    for key in ("value", "values"):
        if key in clause and key != wanted:
            expected = f'Expected "{wanted}".' if wanted else "Leave it out."
            message = f'the operator "{operator}" takes no "{key}". {expected}'
            yield document.problem((*where, key), message, at_key=True)
    # A value of the wrong type was left out of what is judged here, yet it stands in the file.
    given = any((*where, key) in document.values for key in ("value", "values"))
    if wanted and not given:
        yield document.problem(where, f'the operator "{operator}" needs "{wanted}".')
    if "value" in clause and wanted == "value" and (wrong := _wrong(operator, clause["value"])):
        yield document.problem((*where, "value"), wrong)
    for place, one in enumerate(clause.get("values", ()) if wanted == "values" else ()):
        if not one:
            message = "this names no group." if operator in MEMBERSHIP else _NO_TEXT
            yield document.problem((*where, "values", place), message)


def _attribute(document: Document, where: Where, clause: Settings) -> Iterator[Problem]:
    operator, name = clause["operator"], clause.get("attribute")
    if operator in MEMBERSHIP:
        if name is not None:
            message = f'the operator "{operator}" asks for groups. Leave the attribute out.'
            yield document.problem((*where, "attribute"), message, at_key=True)
        return
    if name is None:
        # An attribute of the wrong type was left out of what is judged here.
        if (*where, "attribute") not in document.values:
            yield document.problem(where, f'the operator "{operator}" needs an "attribute".')
        return
    if refusal := attribute_refusal(name, use="filter"):
        yield document.problem((*where, "attribute"), refusal)
    elif ill := _ill_matched(attribute_of(name), operator):
        yield document.problem((*where, "operator"), ill)


def _ill_matched(attribute: Attribute, operator: str) -> str | None:
    if attribute.kind in {Kind.REFERENCE, Kind.MANY}:
        return f'"{attribute.name}" cannot be filtered by, in Entra neither. Expected another one.'
    if attribute.kind is Kind.FLAG and operator not in BARE:
        allowed = ", ".join(sorted(BARE))
        return f'"{attribute.name}" holds {held(attribute)}. Expected: {allowed}.'
    if attribute.kind not in {Kind.FLAG, Kind.DIRECTORY} and operator in _TRUTH:
        kind = held(attribute)
        return f'"{attribute.name}" holds {kind}. "{operator}" is for attributes of true or false.'
    return None


def _wrong(operator: str, value: str) -> str | None:
    """Why an operator cannot compare with a value."""
    if not value:
        return _NO_TEXT
    if operator in _NUMBERS and not _is_number(value):
        return f'"{operator}" compares whole numbers. "{value}" is none.'
    return why_refused(_TRIED.get(operator, str), value)


def _is_number(value: str) -> bool:
    digits = value.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 18


_TRIED: dict[str, Callable[[str], object]] = {
    "after": understood,
    "before": understood,
    "newer-than": days_of,
    "not-regex-match": pattern_of,
    "older-than": days_of,
    "regex-match": pattern_of,
}
