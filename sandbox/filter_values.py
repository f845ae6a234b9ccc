"""The values of a `$filter`: words enter, what compares with a property leaves, or a refusal.

Which code Graph has for a value of another type than its property's is not documented; the words
are those of Microsoft's OData library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sandbox.filter_words import syntax_error
from sandbox.numbers import whole_number
from sandbox.wire import refuse

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NAMED: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_OPERATORS: Mapping[str, str] = {
    "eq": "Equal",
    "ge": "GreaterThanOrEqual",
    "gt": "GreaterThan",
    "in": "Equal",
    "le": "LessThanOrEqual",
    "lt": "LessThan",
    "ne": "NotEqual",
}
# What each type of property compares with; ids are texts that callers also write without quotes.
_FITTING: Mapping[str, frozenset[str]] = {
    "Boolean": frozenset({"Boolean", "Null"}),
    "DateTimeOffset": frozenset({"DateTimeOffset", "Null"}),
    "Int32": frozenset({"Int32", "Null"}),
    "Int64": frozenset({"Int32", "Null"}),
    "String": frozenset({"String", "Guid", "Null"}),
    "Collection(String)": frozenset(),
}


class Value(NamedTuple):
    """A value of a filter and its type, as OData names it without `Edm.`."""

    value: Any
    type: str

    def check(self, declared: str | None, operator: str) -> Any:
        """Return the value where a property of this type compares with it, or refuse."""
        if declared is not None and self.type not in _FITTING.get(declared, {self.type}):
            raise refuse(
                400,
                "BadRequest",
                "Invalid filter clause: A binary operator with incompatible types was detected. "
                f"Found operand types '{_edm(declared)}' and '{_edm(self.type)}' "
                f"for operator kind '{_OPERATORS[operator]}'.",
            )
        return self.value


def _edm(name: str) -> str:
    return f"Collection(Edm.{name[11:-1]})" if name.startswith("Collection(") else f"Edm.{name}"


def value_of(kind: str, text: str) -> Value:
    """Read a word as a value: quoted text, a named value, an id, a number or a moment."""
    if kind == "string":
        return Value(text, "String")
    if text.lower() in _NAMED:
        value = _NAMED[text.lower()]
        return Value(value, "Null" if value is None else "Boolean")
    if _GUID.fullmatch(text):
        return Value(text, "Guid")
    if kind == "literal":
        number = whole_number(text.removeprefix("-"))
        if number is not None:
            return Value(-number if text.startswith("-") else number, "Int32")
        moment = _moment(text)
        if moment is not None:
            return Value(moment, "DateTimeOffset")
    raise syntax_error(f"'{text}' is not a value")


def _moment(text: Any) -> datetime | None:
    """Return the moment that a text is; one without an offset is in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def equal(have: Any, want: Any) -> bool:
    """Say whether a property has a value; texts are compared without case, moments as such."""
    if isinstance(want, datetime):
        return _moment(have) == want
    if isinstance(have, str) and isinstance(want, str):
        return have.lower() == want.lower()
    return isinstance(have, bool) == isinstance(want, bool) and bool(have == want)


def in_order(have: Any, operator: str, want: Any) -> bool:
    """Say whether a property is before or behind a value; nothing is before or behind null."""
    left, right = _sortable(have, want), _sortable(want, want)
    if left is None or right is None:
        return False
    found = {"ge": left >= right, "gt": left > right, "le": left <= right, "lt": left < right}
    return bool(found[operator])


def _sortable(value: Any, want: Any) -> Any:
    """Return what sorts a value among those of the other's type, or None."""
    if isinstance(want, datetime):
        return value if isinstance(value, datetime) else _moment(value)
    if isinstance(want, str):
        return value.lower() if isinstance(value, str) else None
    number = isinstance(value, int) and not isinstance(value, bool)
    return value if number and not isinstance(want, bool) else None
