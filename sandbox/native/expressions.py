"""Expressions of attribute mappings: their text and a person's values enter, a value leaves.

Only some of Entra's functions are evaluated here; the others parse, and say so when they are used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.native.attributes import Value
from sandbox.native.functions import FUNCTIONS, IMPLEMENTED

Lookup = Callable[[str], Value]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|\[(?P<attribute>[^\]]+)\]|(?P<number>&H[0-9A-Fa-f]+|-?\d+)
    |(?P<word>[A-Za-z_]\w*)|(?P<mark><>|<=|>=|[(),=<>]))""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r'\\(["\\])')
# How deep Entra lets expressions nest is not documented.
_DEEPEST = 50
_LONGEST = 10_000
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})


class ExpressionError(ValueError):
    """An expression that cannot be read, or that needs a function which is not evaluated here."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value of the source."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is written out."""

    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and how they are compared; both sides count as texts."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments, of which some may be left out."""

    name: str
    arguments: tuple[Node | None, ...]


Node = Attribute | Constant | Comparison | Call


def parse(text: str) -> Node:
    """Read an expression; raises an ExpressionError that says where it goes wrong."""
    if len(text) > _LONGEST:
        raise ExpressionError(f"It has more than {_LONGEST} characters.")
    reader = _Reader(text)
    node = reader.value()
    reader.expect_end()
    return node


def attributes_in(node: Node) -> Iterator[str]:
    """Return the attributes that an expression reads."""
    match node:
        case Attribute(name):
            yield name
        case Constant():
            return
        case Comparison(_, left, right):
            yield from (*attributes_in(left), *attributes_in(right))
        case Call(_, arguments):
            for one in arguments:
                yield from attributes_in(one) if one is not None else ()


def evaluate(node: Node, lookup: Lookup) -> Value:
    """Return an expression's value for a person."""
    match node:
        case Attribute(name):
            return lookup(name)
        case Constant(text):
            return text
        case Comparison(operator, left, right):
            return str(_compare(operator, evaluate(left, lookup), evaluate(right, lookup)))
        case Call(name, arguments):
            values = [None if one is None else evaluate(one, lookup) for one in arguments]
            return _called(name, values)


def _called(name: str, values: list[Value]) -> Value:
    function = IMPLEMENTED.get(name)
    if function is None:
        known = ", ".join(sorted(IMPLEMENTED))
        raise ExpressionError(f"The sandbox does not evaluate {name}(). It evaluates: {known}.")
    try:
        return function(*values)
    except (TypeError, ValueError, IndexError) as problem:
        raise ExpressionError(f"{name}() does not take these arguments: {problem}.") from problem


def _compare(operator: str, left: Value, right: Value) -> bool:
    # A check of an attribute without a value fails, whatever it is compared with.
    if left is None or right is None:
        return False
    one, other = str(left), str(right)
    return {
        "=": one == other,
        "<>": one != other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }[operator]


def as_source(node: Node) -> dict[str, Any]:
    """Write an expression as Graph's `attributeMappingSource`."""
    match node:
        case Attribute(name):
            return _source("Attribute", name, f"[{name}]")
        case Constant(text):
            return _source("Constant", text, written(node))
        case Comparison(operator, left, right):
            parameters = [_parameter("left", left), _parameter("right", right)]
            return _source("Function", operator, written(node), parameters)
        case Call(name, arguments):
            # What Graph calls the parameters of each function is not documented.
            named = [(f"arg{place}", one) for place, one in enumerate(arguments, start=1)]
            parameters = [_parameter(key, one) for key, one in named if one is not None]
            return _source("Function", name, written(node), parameters)


def _source(
    kind: str, name: str, expression: str, parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {
        "expression": expression,
        "name": name,
        "type": kind,
        "parameters": parameters or [],
    }


def _parameter(key: str, node: Node) -> dict[str, Any]:
    return {"key": key, "value": as_source(node)}


def written(node: Node | None) -> str:
    """Write an expression as text."""
    match node:
        case None:
            return ""
        case Attribute(name):
            return f"[{name}]"
        case Constant(text):
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case Comparison(operator, left, right):
            return f"{written(left)} {operator} {written(right)}"
        case Call(name, arguments):
            return f"{name}({', '.join(written(one) for one in arguments)})"


def _number(text: str) -> str:
    """Return a number as it counts: without zeros before it, and not in hexadecimal."""
    try:
        return str(int(text.replace("&H", "0x"), 16 if text.startswith("&H") else 10))
    except ValueError as problem:
        raise ExpressionError(f"The number '{text[:20]}…' is too long.") from problem


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        self._next = 0
        self._depth = 0
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if found is None:
                raise ExpressionError(f"The character '{text[at]}' at {at} is not expected.")
            kind = str(found.lastgroup)
            self._tokens.append((kind, found[kind]))
            at = found.end()

    def value(self) -> Node:
        """Read a value, or two and a comparison."""
        left = self._single()
        kind, mark = self._ahead()
        if kind == "mark" and mark in _COMPARISONS:
            self._next += 1
            return Comparison(mark, left, self._single())
        return left

    def expect_end(self) -> None:
        """Refuse anything behind the expression."""
        if self._next < len(self._tokens):
            raise ExpressionError(f"'{self._ahead()[1]}' is not expected here.")

    def _single(self) -> Node:
        kind, text = self._ahead()
        self._next += 1
        match kind:
            case "text":
                return Constant(_ESCAPED.sub(r"\1", text[1:-1]))
            case "attribute":
                return Attribute(text)
            case "number":
                return Constant(_number(text))
            case "word" if self._ahead() == ("mark", "("):
                return self._call(text)
            case "word":
                return Constant(text)
            case _:
                pass
        raise ExpressionError(f"A value is missing {f'before {text!r}' if text else 'at the end'}.")

    def _call(self, name: str) -> Call:
        if name not in FUNCTIONS:
            raise ExpressionError(f"There is no function {name}().")
        self._next += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(f"More than {_DEEPEST} functions are nested.")
        arguments = self._arguments(name)
        self._depth -= 1
        return Call(name, arguments)

    def _arguments(self, name: str) -> tuple[Node | None, ...]:
        arguments: list[Node | None] = []
        if self._ahead() == ("mark", ")"):
            self._next += 1
            return ()
        while True:
            left_out = self._ahead() in {("mark", ","), ("mark", ")")}
            arguments.append(None if left_out else self.value())
            kind, mark = self._ahead()
            self._next += 1
            if (kind, mark) == ("mark", ")"):
                return tuple(arguments)
            if (kind, mark) != ("mark", ","):
                raise ExpressionError(f"{name}() is not closed.")

    def _ahead(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("end", "")
