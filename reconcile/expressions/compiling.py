"""An expression enters once; what evaluates it for any number of people leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from reconcile.expressions.catalogue import CHANCE, CLOCK, FUNCTIONS
from reconcile.expressions.checking import check
from reconcile.expressions.failures import ExpressionError
from reconcile.expressions.forms import Evaluate, Scene
from reconcile.expressions.parsing import parsed
from reconcile.expressions.syntax import (
    Attribute,
    Call,
    Comparison,
    Node,
    Number,
    Omitted,
    Text,
    Word,
    calls_in,
    places_of,
    written,
)
from reconcile.expressions.values import Value, compared

Read = Callable[[Any], Value]
"""Reads one attribute of whoever is evaluated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """An expression that can be evaluated.

    `text` is the expression as the language prints it. `attributes` are the source attributes that
    it reads. `redacted` values are not shown in logs. With `timely`, the time decides, too.
    """

    node: Node
    text: str
    attributes: frozenset[str]
    redacted: bool
    timely: bool
    chance: bool

    def bound(self, reader: Callable[[str], Read]) -> Callable[[Any, datetime, str], Value]:
        """Bind the attributes to what reads them; the result takes a person, a time and a seed."""
        evaluate = _compiled(self.node, reader)

        def run(person: Any, now: datetime, seed: str) -> Value:  # noqa: ANN401 - any shape
            return evaluate(person, Scene(now=now, seed=seed))

        return run


LONGEST = 10_000
"""The documented limit of an expression as a person writes it, in characters."""


def authored(text: str) -> Expression:
    """Parse and check an expression that a person wrote.

    What is printed of it may be longer, since each comma is followed by a space there.

    Raises:
        ExpressionError: it cannot be used, or Entra takes none of that length.
    """
    if len(text) > LONGEST:
        message = f"this has {len(text)} characters. Entra takes {LONGEST}."
        raise ExpressionError(message, at=LONGEST)
    return expression(text)


@lru_cache(maxsize=1024)
def expression(text: str) -> Expression:
    """Parse and check an expression.

    Raises:
        ExpressionError: it cannot be used; it says where and what was expected.
    """
    node = parsed(text)
    check(node)
    called = calls_in(node)
    return Expression(
        node=node,
        text=written(node),
        attributes=frozenset(places_of(node)),
        redacted="Redact" in called,
        timely=bool(CLOCK & called),
        chance=bool(CHANCE & called),
    )


def _compiled(node: Node, reader: Callable[[str], Read]) -> Evaluate:
    match node:
        case Text() | Number():
            constant: Value = node.value
            return lambda _person, _scene: constant
        case Word():
            name = node.name
            return lambda _person, _scene: name
        case Attribute():
            read = reader(node.name)
            return lambda person, _scene: read(person)
        case Comparison():
            return _comparing(node, reader)
        case Call():
            arguments = [
                None if isinstance(one, Omitted) else _compiled(one, reader)
                for one in node.arguments
            ]
            return FUNCTIONS[node.name].form(node, arguments)
        case Omitted():
            return lambda _person, _scene: None


def _comparing(node: Comparison, reader: Callable[[str], Read]) -> Evaluate:
    left, right, sign = _compiled(node.left, reader), _compiled(node.right, reader), node.sign
    return lambda person, scene: compared(left(person, scene), sign, right(person, scene))
