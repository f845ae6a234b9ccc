"""Values of expressions and what they count as: text, numbers, truth, several values, or nothing.

Entra compares and joins by the text of a value; truth is written `True` and `False`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum
from typing import Final, TypeVar

from reconcile.expressions.failures import EvaluationError


class Dropped(Enum):
    """The value of an attribute that is left out of this flow."""

    DROPPED = "dropped"


DROPPED: Final = Dropped.DROPPED
Value = str | int | bool | tuple[str, ...] | Dropped | None

LONGEST: Final = 1_000_000
_Order = TypeVar("_Order", Decimal, str)
_WHOLE = re.compile(r"\s*([-+]?[0-9]{1,19})\s*", re.ASCII)
_REAL = re.compile(r"\s*[-+]?[0-9]{1,19}(\.[0-9]{1,18})?\s*", re.ASCII)


def text_of(value: Value) -> str | None:
    """Return the text of a value; several values are one text, with semicolons between them.

    None is what counts as null, an attribute of several values without any among it.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Dropped) or value == ():
        return None
    return ";".join(value) if isinstance(value, tuple) else str(value)


def require_short(length: int) -> None:
    """Raise an EvaluationError where a text would be longer than any that somebody wants."""
    if length > LONGEST:
        message = f"this would become a text of more than {LONGEST} characters."
        raise EvaluationError(message)


def is_empty(value: Value) -> bool:
    """Whether a value is nothing: null, empty text, no values, or dropped."""
    return value is None or value == "" or value == () or value is DROPPED  # noqa: PLR1714 - fast


def number_of(value: Value, where: str) -> int:
    """Return the whole number that a value is or is written as.

    Raises:
        EvaluationError: it is none.
    """
    if isinstance(value, int):
        return int(value)
    found = _WHOLE.fullmatch(text_of(value) or "")
    if found is None:
        message = f"{where} takes a whole number, not {shown(value)}."
        raise EvaluationError(message)
    return int(found[1])


def is_true(value: Value) -> bool:
    """Whether a value counts as true: not zero, and for text, `true` or a number but zero."""
    if isinstance(value, int):
        return value != 0
    text = (text_of(value) or "").strip()
    if _REAL.fullmatch(text):
        return float(text) != 0
    return text.lower() == "true"


def values_of(value: Value) -> tuple[str, ...]:
    """Return all values of an attribute; a single one counts as a list of one."""
    if isinstance(value, tuple):
        return value
    text = text_of(value)
    return () if text is None else (text,)


def compared(left: Value, sign: str, right: Value) -> bool:
    """Compare by number where both sides are numbers and order is asked, else by text.

    As documented, nothing compares with an empty value.
    """
    if is_empty(left) or is_empty(right):
        return False
    one, other = text_of(left) or "", text_of(right) or ""
    if sign == "=":
        return one == other
    if sign == "<>":
        return one != other
    if _REAL.fullmatch(one) and _REAL.fullmatch(other):
        return _ordered(Decimal(one), sign, Decimal(other))
    return _ordered(one, sign, other)


def _ordered(one: _Order, sign: str, other: _Order) -> bool:
    match sign:
        case ">":
            return one > other
        case ">=":
            return one >= other
        case "<":
            return one < other
        case _:
            return one <= other


def shown(value: Value) -> str:
    """Show a value in a message; long ones are cut, and nothing in it moves a cursor."""
    if is_empty(value):
        return "nothing"
    text = "".join(one if one.isprintable() else "�" for one in (text_of(value) or "")[:41])
    return f'"{text if len(text) <= 40 else text[:39] + "…"}"'
