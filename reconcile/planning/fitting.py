"""Fitting: what a mapping gave and its attribute go in, the value that Graph takes comes out."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.expressions.dates import understood
from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import Value as Evaluated
from reconcile.model.actions import Reference
from reconcile.model.attributes import Attribute, Kind
from reconcile.model.users import Value

_TRUTH = {"true": True, "false": False}
_USER_TYPES = frozenset({"Guest", "Member"})


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
