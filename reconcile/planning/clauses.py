"""Clauses of scoping filters: one is made ready once, then tells for any person whether it holds.

As in Entra, a clause about an empty value does not hold, unless emptiness is what it asks. Texts
are compared with upper and lower case apart; only whole numbers are greater than others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from reconcile.expressions.dates import days_of, understood
from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.patterns import search
from reconcile.model.attributes import read_value
from reconcile.model.links import MEMBERSHIP, Clause
from reconcile.model.users import User, Value

Holds = Callable[[User, datetime], bool]

_WHOLE = re.compile(r"-?[0-9]{1,18}")


def ready(clause: Clause) -> Holds:
    """What tells whether a clause holds; it raises an EvaluationError where that cannot be told."""
    holds = _membership(clause) or _comparison(clause)
    if clause.negated:
        return lambda user, now: not holds(user, now)
    return holds


def _membership(clause: Clause) -> Holds | None:
    if clause.operator not in MEMBERSHIP:
        return None
    wanted, inside = frozenset(clause.values), clause.operator == "member-of"

    def holds(user: User, _now: datetime) -> bool:
        if user.groups is None:
            message = "its groups could not be read."
            raise EvaluationError(message)
        return bool(wanted & user.groups) == inside

    return holds


def _comparison(clause: Clause) -> Holds:
    name, values = clause.attribute, clause.values
    if clause.operator in BARE:
        bare = BARE[clause.operator]
        return lambda user, _now: bare(read_value(user, name))
    test = OPERATORS[clause.operator]

    def holds(user: User, now: datetime) -> bool:
        text = _text(read_value(user, name))
        return text is not None and test(text, values, now)

    return holds


def _text(value: Value) -> str | None:
    """A truth value compares as Entra writes it."""
    return str(value) if isinstance(value, bool) else value


def _numbers(test: Callable[[int, int], bool]) -> Callable[[str, Sequence[str], datetime], bool]:
    def holds(text: str, values: Sequence[str], _now: datetime) -> bool:
        if not _WHOLE.fullmatch(text):
            return False
        return test(int(text), int(values[0]))

    return holds


def _matches(text: str, values: Sequence[str]) -> bool:
    return search(text, values[0]) is not None


def _moment(text: str) -> datetime | None:
    """A value that is no date is before and after nothing."""
    try:
        return understood(text)
    except EvaluationError:
        return None


def _before(text: str, limit: datetime) -> bool:
    at = _moment(text)
    return at is not None and at < limit


def _after(text: str, limit: datetime) -> bool:
    at = _moment(text)
    return at is not None and at >= limit


def _days_ago(now: datetime, values: Sequence[str]) -> datetime:
    """A day begins at midnight, so that one cycle finds what another one of that day found."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - days_of(values[0])


BARE: dict[str, Callable[[Value], bool]] = {
    "is-null": lambda value: value is None,
    "is-not-null": lambda value: value is not None,
    "is-true": lambda value: (_text(value) or "").lower() == "true",
    "is-false": lambda value: (_text(value) or "").lower() == "false",
}
OPERATORS: dict[str, Callable[[str, Sequence[str], datetime], bool]] = {
    "equals": lambda text, values, _: text in values,
    "not-equals": lambda text, values, _: text not in values,
    "in": lambda text, values, _: text in values,
    "not-in": lambda text, values, _: text not in values,
    "includes": lambda text, values, _: values[0] in text,
    "starts-with": lambda text, values, _: text.startswith(values[0]),
    "ends-with": lambda text, values, _: text.endswith(values[0]),
    "regex-match": lambda text, values, _: _matches(text, values),
    "not-regex-match": lambda text, values, _: not _matches(text, values),
    "greater-than": _numbers(lambda held, wanted: held > wanted),
    "greater-than-or-equals": _numbers(lambda held, wanted: held >= wanted),
    "bit-set": _numbers(lambda held, wanted: held & wanted != 0),
    "bit-not-set": _numbers(lambda held, wanted: held & wanted == 0),
    "before": lambda text, values, _: _before(text, understood(values[0])),
    "after": lambda text, values, _: _after(text, understood(values[0])),
    "older-than": lambda text, values, now: _before(text, _days_ago(now, values)),
    "newer-than": lambda text, values, now: _after(text, _days_ago(now, values)),
}
