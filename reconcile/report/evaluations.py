"""The value of an expression enters; what a person or a program is shown of it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconcile.expressions.values import DROPPED, Dropped, Value, is_empty, text_of
from reconcile.report.columns import safe
from reconcile.report.documents import document


def value_text(value: Value) -> str:
    """A value for people, several each on a line; truth is written as Entra does."""
    if isinstance(value, Dropped):
        return "(dropped: the attribute is left out)"
    if is_empty(value):
        return "(nothing)"
    texts = value if isinstance(value, tuple) else (text_of(value) or "",)
    return "\n".join(map(safe, texts))


def evaluation_document(expression: str, value: Value, absent: Sequence[str]) -> dict[str, Any]:
    """A value with its type. `absent` are the attributes read that the person's file lacks."""
    kept: Any = list(value) if isinstance(value, tuple) else value
    return document(
        "evaluation",
        expression=expression,
        type=_type(value),
        value=None if is_empty(value) else kept,
        absent=list(absent),
    )


def _type(value: Value) -> str:
    if value is DROPPED:
        return "dropped"
    if is_empty(value):
        return "nothing"
    match value:
        case bool():
            return "truth"
        case int():
            return "number"
        case tuple():
            return "texts"
        case _:
            return "text"
