"""Clauses of scoping filters: one is made ready once, then tells for any person whether it holds.

As in Entra, a clause about an empty value does not hold, unless emptiness is what it asks. Texts
are compared with upper and lower case apart; only whole numbers are greater than others. Where a
date is asked for and something else is there, nobody can tell.
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
_Test = Callable[[str, datetime], bool]
_Made = Callable[[Sequence[str]], _Test]

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
    name = clause.attribute
    if clause.operator in BARE:
        bare = BARE[clause.operator]
        return lambda user, _now: bare(read_value(user, name))
    test = OPERATORS[clause.operator](clause.values)

    def holds(user: User, now: datetime) -> bool:
        text = _text(read_value(user, name))
        return text is not None and test(text, now)

    return holds


def _text(value: Value) -> str | None:
    """A truth value compares as Entra writes it."""
    return str(value) if isinstance(value, bool) else value


def _texts(test: Callable[[str, Sequence[str]], bool]) -> _Made:
    return lambda values: lambda text, _now: test(text, values)


def _numbers(test: Callable[[int, int], bool]) -> _Made:
    def made(values: Sequence[str]) -> _Test:
        wanted = int(values[0])
        return lambda text, _now: bool(_WHOLE.fullmatch(text)) and test(int(text), wanted)

    return made


def _dates(test: Callable[[datetime, datetime], bool]) -> _Made:
    """Nobody leaves because of a value that is no date: it raises."""

    def made(values: Sequence[str]) -> _Test:
        limit = understood(values[0])
        return lambda text, _now: test(understood(text), limit)

    return made


def _days(test: Callable[[datetime, datetime], bool]) -> _Made:
    """A day begins at midnight, so that one cycle finds what another one of that day found."""

    def made(values: Sequence[str]) -> _Test:
        days = days_of(values[0])
        return lambda text, now: test(understood(text), _midnight(now) - days)

    return made


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


BARE: dict[str, Callable[[Value], bool]] = {
    "is-null": lambda value: value is None,
    "is-not-null": lambda value: value is not None,
    "is-true": lambda value: (_text(value) or "").lower() == "true",
    "is-false": lambda value: (_text(value) or "").lower() == "false",
}
OPERATORS: dict[str, _Made] = {
    "equals": _texts(lambda text, values: text in values),
    "not-equals": _texts(lambda text, values: text not in values),
    "in": _texts(lambda text, values: text in values),
    "not-in": _texts(lambda text, values: text not in values),
    "includes": _texts(lambda text, values: values[0] in text),
    "starts-with": _texts(lambda text, values: text.startswith(values[0])),
    "ends-with": _texts(lambda text, values: text.endswith(values[0])),
    "regex-match": _texts(lambda text, values: search(text, values[0]) is not None),
    "not-regex-match": _texts(lambda text, values: search(text, values[0]) is None),
    "greater-than": _numbers(lambda held, wanted: held > wanted),
    "greater-than-or-equals": _numbers(lambda held, wanted: held >= wanted),
    "bit-set": _numbers(lambda held, wanted: held & wanted != 0),
    "bit-not-set": _numbers(lambda held, wanted: held & wanted == 0),
    "before": _dates(lambda at, limit: at < limit),
    "after": _dates(lambda at, limit: at >= limit),
    "older-than": _days(lambda at, limit: at < limit),
    "newer-than": _days(lambda at, limit: at >= limit),
}
