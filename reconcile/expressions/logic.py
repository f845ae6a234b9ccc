"""Functions on truth and numbers."""

from __future__ import annotations

from reconcile.expressions.values import DROPPED, Value, is_empty, is_true, number_of, text_of


def bit_and(one: Value, other: Value) -> Value:
    return number_of(one, "BitAnd") & number_of(other, "BitAnd")


def cbool(value: Value) -> Value:
    return is_true(value)


def cstr(value: Value) -> Value:
    return text_of(value)


def negated(value: Value) -> Value:
    """Flip what says True; everything else becomes True."""
    return (text_of(value) or "").strip().lower() != "true"


def is_null(value: Value) -> Value:
    return text_of(value) is None


def is_null_or_empty(value: Value) -> Value:
    return is_empty(value)


def is_present(value: Value) -> Value:
    return not is_empty(value)


def is_string(value: Value) -> Value:
    """Whether a value is text; an attribute always is, unless it has no value or several."""
    return isinstance(value, str)


def ignore_if_empty(value: Value) -> Value:
    return DROPPED if is_empty(value) else value


def same(value: Value) -> Value:
    """Give back a value; Redact only hides it from logs."""
    return value
