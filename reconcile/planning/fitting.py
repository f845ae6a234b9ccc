"""Fitting: what a mapping gave and its attribute go in, the value that Graph takes comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconcile.expressions.dates import understood
from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import Value as Evaluated
from reconcile.model.actions import Reference
from reconcile.model.attributes import Attribute, Kind, attribute_of
from reconcile.model.links import AttributeMapping, Computed, Constant, Direct
from reconcile.model.users import Value

_TRUTH = {"true": True, "false": False}
_USER_TYPES = frozenset({"Guest", "Member"})
_TEXT, _FLAG = "String", "Boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """What a mapping gave cannot be a value of its attribute; a sentence says why."""

    why: str


Mapped = Value | Reference | Unusable


def fitted(value: Evaluated, attribute: Attribute) -> Value | Unusable:
    """Text where Graph takes text, as Entra writes truth values; truth where it takes truth, and
    moments in its own form.

    An empty text is nothing.
    """
    if isinstance(value, tuple):
        if len(value) > 1:
            return Unusable(why=f"{attribute.name} takes one value, not {len(value)}.")
        value = value[0] if value else None
    if value is None or value == "":
        return None
    if attribute.kind is Kind.MOMENT:
        return _moment(value, attribute)
    if attribute.kind is Kind.FLAG and isinstance(value, str):
        return _TRUTH.get(value.lower(), value)
    if isinstance(value, bool) and attribute.kind in {Kind.FLAG, Kind.DIRECTORY}:
        return value
    return value if isinstance(value, str) else str(value)


def _moment(value: Evaluated, attribute: Attribute) -> str | Unusable:
    """A moment as Graph takes and answers it, whatever way it was written."""
    try:
        at = understood(value)
    except EvaluationError as error:
        return Unusable(why=f"{attribute.name} takes a date: {error}")
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def objection(attribute: Attribute, value: Mapped) -> str | None:
    """Why Graph would refuse a value for its attribute, in one sentence."""
    if isinstance(value, Unusable):
        return value.why
    if attribute.kind is Kind.FLAG and not isinstance(value, bool | None):
        return f"{attribute.name} takes true or false, not {value!r}."
    if not isinstance(value, str):
        return None
    if attribute.limit is not None and len(value) > attribute.limit:
        return f"{attribute.name} takes {attribute.limit} characters, not {len(value)}."
    if attribute.name == "userType" and value not in _USER_TYPES:
        return f"userType takes Guest or Member, not {value!r}."
    return None


def written_type(mapping: AttributeMapping, declared: Mapping[str, str]) -> str | None:
    """What a mapping writes to a directory extension, in Graph's words for types.

    `declared` are the types of the source's extensions. None means either: an expression tells by
    its value only.
    """
    match mapping.source:
        case Constant(value=bool()):
            return _FLAG
        case Computed():
            return None
        case Direct(attribute=name) if attribute_of(name).kind is Kind.DIRECTORY:
            return _FLAG if declared.get(name) == _FLAG else _TEXT
        case Direct(attribute=name) if attribute_of(name).kind is Kind.FLAG:
            return _FLAG
        case _:
            return _TEXT


def takes(declared: str, written: str | None) -> bool:
    """Whether an extension of a declared type takes what a mapping writes: text or truth."""
    return declared in {_TEXT, _FLAG} and written in {None, declared}
