"""Changes to mappings enter; what they say that cannot be meant leaves."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.errors import Problem
from reconcile.expressions.compiling import authored
from reconcile.expressions.dates import understood
from reconcile.expressions.failures import ExpressionError, pointed_out, why_refused
from reconcile.expressions.syntax import places_of
from reconcile.model.attributes import Attribute, Kind, attribute_of, find_attribute
from reconcile.topology.document import Document, Where
from reconcile.topology.expand import Settings
from reconcile.topology.naming import attribute_refusal, held
from reconcile.topology.suggest import hint

Constant = str | bool

_USER_TYPES = ("Guest", "Member")


def mapping_problems(document: Document, where: Where, mappings: Settings) -> Iterator[Problem]:
    made = mappings.get("set", {})
    for place, name in enumerate(mappings.get("remove", ())):
        inner = (*where, "remove", place)
        if name in made:
            yield document.problem(inner, f'"{name}" is set and removed at once. Keep one.')
        elif message := attribute_refusal(name, use="target"):
            yield document.problem(inner, message)
    for name, how in made.items():
        inner = (*where, "set", name)
        if message := attribute_refusal(name, use="target"):
            yield document.problem(inner, message, at_key=True)
        else:
            yield from _mapping(document, inner, attribute_of(name), how)


def _mapping(
    document: Document, where: Where, target: Attribute, how: Settings
) -> Iterator[Problem]:
    if "constant" in how:
        if wrong := _wrong_constant(target, how["constant"]):
            yield document.problem((*where, "constant"), wrong)
        if "default" in how:
            message = "a constant needs no default. Leave it out."
            yield document.problem((*where, "default"), message, at_key=True)
        return
    if "direct" in how:
        yield from _direct(document, where, target, how["direct"])
    if "expression" in how:
        yield from _expression(document, (*where, "expression"), target, how["expression"])
    if "none" in how and "when" in how:
        message = "this mapping is applied whenever the attribute is empty. Leave it out."
        yield document.problem((*where, "when"), message, at_key=True)
    if "default" in how and (unfit := _wrong_default(target, how["default"])):
        yield document.problem((*where, "default"), unfit)


def _direct(document: Document, where: Where, target: Attribute, name: str) -> Iterator[Problem]:
    source = find_attribute(name)
    if refusal := attribute_refusal(name, use="source"):
        yield document.problem((*where, "direct"), refusal)
    elif source is not None and not _of_a_kind(source, target):
        kinds = f'"{name}" holds {held(source)}, "{target.name}" {held(target)}'
        yield document.problem((*where, "direct"), f"{kinds}. Expected two of a kind.")


def _of_a_kind(source: Attribute, target: Attribute) -> bool:
    """What a directory extension holds is known to its tenant only; `check` asks there."""
    if Kind.DIRECTORY in {source.kind, target.kind}:
        return not {source.kind, target.kind} & {Kind.REFERENCE, Kind.MANY}
    return held(source) == held(target)


def _expression(
    document: Document, where: Where, target: Attribute, text: str
) -> Iterator[Problem]:
    if target.kind is Kind.REFERENCE:
        message = f'"{target.name}" is a reference. Expected a direct mapping.'
        yield document.problem(where, message, at_key=True)
        return
    for message in expression_problems(text):
        yield document.problem(where, message)


def expression_problems(text: str) -> Iterator[str]:
    """What keeps an expression from being used in a mapping, each with a caret under its place."""
    try:
        made = authored(text)
    except ExpressionError as problem:
        yield shown(text, problem)
        return
    for name, at in sorted(places_of(made.node).items()):
        if refusal := _unreadable(name):
            yield shown(text, ExpressionError(refusal, at=at))


def shown(text: str, problem: ExpressionError) -> str:
    """What is wrong with an expression, with a caret under the place."""
    line, caret = pointed_out(text, problem.at)
    return f"{problem.problem}\n    {line}\n    {caret}"


def _unreadable(name: str) -> str | None:
    attribute = find_attribute(name)
    if attribute is not None and attribute.kind is Kind.REFERENCE:
        return f'"{name}" is a reference, which no function takes.'
    return attribute_refusal(name, use="source")


def _wrong_default(target: Attribute, value: str) -> str | None:
    if target.kind is Kind.FLAG and value.lower() in {"true", "false"}:
        return None
    return _wrong_constant(target, value)


def _wrong_constant(target: Attribute, value: Constant) -> str | None:
    """Why a constant cannot be the value of a target attribute."""
    if target.kind is Kind.REFERENCE:
        return f'"{target.name}" is a reference. Expected no constant.'
    if target.kind is not Kind.DIRECTORY and (target.kind is Kind.FLAG) != isinstance(value, bool):
        return f'"{target.name}" holds {held(target)}. Expected such a value.'
    return None if isinstance(value, bool) else _wrong_text(target, value)


def _wrong_text(target: Attribute, value: str) -> str | None:
    if target.limit is not None and len(value) > target.limit:
        return f'"{target.name}" holds {target.limit} characters. This text has {len(value)}.'
    if target.kind is Kind.MOMENT:
        return why_refused(understood, value)
    if target.name == "userType" and value not in _USER_TYPES:
        return f'"{value}" is not known. {hint(value, _USER_TYPES)}'
    return None
