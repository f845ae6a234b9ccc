"""What an expression is refused for, and what a value cannot be used for.

* ReconcileError
  x ExpressionError(problem, at)     the text is no expression: before anybody is evaluated
  x EvaluationError                  one person's values do not fit: that person is skipped
"""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import combining, east_asian_width

from reconcile.errors import ReconcileError

_WIDTH = 72


class ExpressionError(ReconcileError):
    """An expression that cannot be used. `at` is the offset of what is wrong in its text."""

    exit_code = 2

    def __init__(self, problem: str, *, at: int) -> None:
        self.problem = problem
        self.at = at
        super().__init__(problem)


class EvaluationError(ReconcileError):
    """A function was given a value that it cannot take."""


def why_refused(attempt: Callable[..., object], *values: object) -> str | None:
    """Why an attempt refuses values, in its own sentence; None if it takes them."""
    try:
        attempt(*values)
    except EvaluationError as problem:
        return str(problem)
    return None


def pointed_out(text: str, at: int) -> tuple[str, str]:
    """Return the line of an expression around a place, and a line with a caret under the place."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start:].split("\n", 1)[0]
    line = "".join(one if one.isprintable() else " " for one in line)
    column, room = at - start, _WIDTH if line.isascii() else _WIDTH // 2
    if len(line) > room:
        left = max(0, min(column - room // 2, len(line) - room))
        line, column = line[left : left + room], column - left
    return line, "".join(map(_blank, line[:column])) + "^"


def _blank(letter: str) -> str:
    """A space as wide as a letter is on a terminal."""
    if combining(letter):
        return ""
    return "\u3000" if east_asian_width(letter) in "WF" else " "
