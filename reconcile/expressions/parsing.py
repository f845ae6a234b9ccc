"""The text of an expression enters, its shape leaves; which functions there are is asked later."""

from __future__ import annotations

from reconcile.expressions.failures import ExpressionError
from reconcile.expressions.scanning import Token, tokens
from reconcile.expressions.syntax import (
    Attribute,
    Call,
    Comparison,
    Node,
    Number,
    Omitted,
    Text,
    Word,
)

DEEPEST = 50
"""How deep calls may be nested; Entra documents no limit, and nobody writes more."""


def parsed(text: str) -> Node:
    """Parse an expression.

    Raises:
        ExpressionError: the text is no expression; it says where and what was expected.
    """
    return _Reader(text).whole()


class _Reader:
    """Reads tokens from left to right, looking one ahead."""

    def __init__(self, text: str) -> None:
        self._rest = tokens(text)
        self._next = next(self._rest)

    def whole(self) -> Node:
        if self._next.kind == "end":
            raise ExpressionError("this expression is empty. Expected a function.", at=0)
        node = self._operand(0)
        if self._next.kind != "end":
            message = f"{_shown(self._next)} is too much. Expected the end: it is one function."
            raise ExpressionError(message, at=self._next.at)
        return node

    def _take(self) -> Token:
        taken = self._next
        if taken.kind != "end":
            self._next = next(self._rest)
        return taken

    def _operand(self, depth: int) -> Node:
        token = self._take()
        match token.kind:
            case "text":
                return Text(value=token.value, at=token.at)
            case "number":
                return Number(value=int(token.value), at=token.at)
            case "attribute":
                if not token.value:
                    raise ExpressionError("these brackets name no attribute.", at=token.at)
                return Attribute(name=token.value, at=token.at)
            case "word" if self._next.value == "(" and self._next.kind == "mark":
                return self._call(token, depth)
            case "word":
                return Word(name=token.value, at=token.at)
            case _:
                message = f"{_shown(token)} stands where a value is expected."
                raise ExpressionError(message, at=token.at)

    def _call(self, name: Token, depth: int) -> Call:
        if depth == DEEPEST:
            message = f"functions are nested more than {DEEPEST} deep here. Write it shorter."
            raise ExpressionError(message, at=name.at)
        opened = self._take()
        arguments: list[Node] = []
        if not self._closes():
            arguments.append(self._argument(depth + 1))
            while self._next.value == "," and self._next.kind == "mark":
                self._take()
                arguments.append(self._argument(depth + 1))
        if not self._closes():
            token = self._next
            message = f"{_shown(token)} stands where a comma or the closing ) is expected"
            inside = f"{message} of {name.value}( at character {opened.at + 1}."
            if token.value.upper() in {"AND", "OR"} and token.kind == "word":
                inside += " Neither AND nor OR exists: put another IIF into this one."
            raise ExpressionError(inside, at=token.at)
        self._take()
        return Call(name=name.value, arguments=tuple(arguments), at=name.at)

    def _closes(self) -> bool:
        return self._next.value == ")" and self._next.kind == "mark"

    def _argument(self, depth: int) -> Node:
        if self._next.kind == "mark" and self._next.value in {",", ")"}:
            return Omitted(at=self._next.at)
        left = self._operand(depth)
        if self._next.kind != "sign":
            return left
        sign = self._take()
        return Comparison(sign=sign.value, left=left, right=self._operand(depth), at=sign.at)


def _shown(token: Token) -> str:
    match token.kind:
        case "end":
            return "the end"
        case "text":
            return "a text"
        case "attribute":
            return f"[{token.value}]"
        case _:
            return f'"{token.value}"'
