"""The shapes of a parsed expression, and the text that each is written as.

Places are offsets into the text that was parsed; they tell nothing apart, so that an expression
that was printed and parsed again equals the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

COMPARISONS = ("=", "<>", ">", ">=", "<", "<=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A constant in double quotes."""

    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A whole number, decimal or `&H` and hexadecimal digits."""

    value: int
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A source attribute in square brackets."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A bare word, such as `vbBinaryCompare`."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Omitted:
    """An argument of which only the comma was written."""

    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two operands and one of the six signs between them."""

    sign: str
    left: Node
    right: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Node, ...]
    at: int = field(default=0, compare=False)


Node = Text | Number | Attribute | Word | Omitted | Comparison | Call


def written(node: Node) -> str:
    """Write an expression so that parsing it again gives the same one."""
    match node:
        case Comparison():
            return f"{written(node.left)} {node.sign} {written(node.right)}"
        case Call():
            return f"{node.name}({', '.join(map(written, node.arguments))})"
        case _:
            return _written_plain(node)


def _written_plain(node: Text | Number | Attribute | Word | Omitted) -> str:
    match node:
        case Text():
            escaped = node.value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case Number():
            return str(node.value)
        case Attribute():
            return f"[{node.name}]"
        case Word():
            return node.name
        case Omitted():
            return ""


def places_of(node: Node) -> dict[str, int]:
    """Return the source attributes that an expression reads, each with its first place."""
    match node:
        case Attribute():
            return {node.name: node.at}
        case Comparison():
            return places_of(node.right) | places_of(node.left)
        case Call():
            places: dict[str, int] = {}
            for argument in reversed(node.arguments):
                places |= places_of(argument)
            return places
        case _:
            return {}


def calls_in(node: Node) -> frozenset[str]:
    """Return the functions that an expression calls."""
    match node:
        case Comparison():
            return calls_in(node.left) | calls_in(node.right)
        case Call():
            return frozenset({node.name}).union(*map(calls_in, node.arguments))
        case _:
            return frozenset()
