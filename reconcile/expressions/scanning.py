"""The text of an expression enters, its tokens leave, each with its offset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reconcile.expressions.failures import ExpressionError

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |"(?P<text>(?:[^"\\]|\\.)*)"
    |\[(?P<attribute>[^\[\]"]*)\]
    |&[Hh](?P<hex>[0-9A-Fa-f]{1,15})(?![0-9A-Za-z_])
    |(?P<number>-?[0-9]{1,19})(?![0-9A-Za-z_.])
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign><>|>=|<=|=|>|<)
    |(?P<mark>[(),])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_OPENERS = {
    '"': 'this text has no closing quotation mark. Write \\" for one inside of it.',
    "[": "this attribute has no closing bracket. Expected a name in brackets.",
    "'": 'texts stand in double quotation marks. Write "…".',
    "&": "this is no number. Hexadecimal ones are written &H and up to 15 digits.",
    "“": 'these are quotation marks of a word processor. Write ".',
    "”": 'these are quotation marks of a word processor. Write ".',
}


class Token(NamedTuple):
    """`kind` is text, attribute, number, word, sign, mark or end."""

    kind: str
    value: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """Read one token after the other, with one of kind `end` at the end.

    Raises:
        ExpressionError: a character begins no token, or is none.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ExpressionError("this is half a character, or no UTF-8.", at=error.start) from error
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(_refused(text[at]), at=at)
        kind = str(found.lastgroup)
        if kind != "space":
            yield _token(kind, found[kind], at)
        at = found.end()
    yield Token("end", "", len(text.rstrip()))


def _token(kind: str, value: str, at: int) -> Token:
    match kind:
        case "text":
            # The documentation escapes a backslash and a quotation mark, and writes the pattern
            # "[()\s-]+" without: any other backslash stands for itself.
            return Token("text", _ESCAPED.sub(_unescaped, value), at)
        case "attribute":
            return Token("attribute", value.strip(), at)
        case "hex":
            return Token("number", str(int(value, 16)), at)
        case _:
            return Token(kind, value, at)


def _unescaped(found: re.Match[str]) -> str:
    return found[1] if found[1] in '\\"' else found[0]


def _refused(character: str) -> str:
    if character.isdigit() or character == "-":
        return "this is no whole number of up to 19 digits. Write other numbers as text."
    return _OPENERS.get(character, f"{character!r} begins nothing that an expression may have.")
