"""What an expression is refused for, and what a value cannot be used for.

* ReconcileError
  x ExpressionError(problem, at)     the text is no expression: before anybody is evaluated
  x EvaluationError                  one person's values do not fit: that person is skipped
"""

from __future__ import annotations

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


def pointed_out(text: str, at: int) -> tuple[str, str]:
    """Return the line of an expression around a place, and a line with a caret under the place."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start:].split("\n", 1)[0].replace("\t", " ")
    column = at - start
    if len(line) > _WIDTH:
        left = max(0, min(column - _WIDTH // 2, len(line) - _WIDTH))
        line, column = line[left : left + _WIDTH], column - left
    return line, " " * column + "^"
