"""Regular expressions of .NET: a pattern and a text enter, what was found or replaced leaves.

The `regex` package knows nearly all that .NET knows, Unicode categories and named groups among it.
A pattern that takes longer than a second on one person's value is that person's failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

import regex

from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import shown

SECONDS: Final = 1.0
_QUOTED_GROUP = re.compile(r"\(\?'([A-Za-z_]\w*)'")
_SUBSTITUTION = re.compile(r"\$(?:\$|&|(?P<number>\d{1,2})|\{(?P<name>\w{1,64})\})")
_FAULTS = (
    regex.error,
    RecursionError,
    OverflowError,
    ValueError,
    IndexError,
    KeyError,
    MemoryError,
)
_Found = TypeVar("_Found")
_Match: TypeAlias = "regex.Match[str]"


@lru_cache(maxsize=512)
def pattern_of(text: str) -> regex.Pattern[str]:
    """Compile a pattern.

    Raises:
        EvaluationError: it is no pattern.
    """
    try:
        return regex.compile(_QUOTED_GROUP.sub(r"(?<\1>", text))
    except _FAULTS as problem:
        message = f"{shown(text)} is no regular expression: {problem}."
        raise EvaluationError(message) from problem


def search(text: str, pattern: str) -> _Match | None:
    """Find a pattern anywhere in a text.

    Raises:
        EvaluationError: it is no pattern, or takes too long.
    """
    return _timed(pattern, lambda: pattern_of(pattern).search(text, timeout=SECONDS))


def replaced(text: str, pattern: str, replacement: str) -> str:
    """Replace all that a pattern finds; `${name}`, `$1`, `$&` and `$$` stand for what they do.

    Raises:
        EvaluationError: it is no pattern, or takes too long.
    """
    found = pattern_of(pattern)
    if "$" not in replacement:
        return _timed(pattern, lambda: found.sub(lambda _: replacement, text, timeout=SECONDS))

    def made(match: _Match) -> str:
        return _SUBSTITUTION.sub(lambda part: _substituted(match, part), replacement)

    return _timed(pattern, lambda: found.sub(made, text, timeout=SECONDS))


def _substituted(match: _Match, part: re.Match[str]) -> str:
    if part[0] == "$$":
        return "$"
    if part[0] == "$&":
        return match[0]
    group = part["name"] or part["number"]
    key: int | str = int(group) if group.isascii() and group.isdigit() else group
    try:
        return match[key] or ""
    except (IndexError, KeyError):
        # As .NET does, a group that there is not stands for itself.
        return part[0]


def group_replaced(text: str, pattern: str, group: str, replacement: str) -> str:
    """Replace one group in each place where a pattern is found.

    Raises:
        EvaluationError: it is no pattern, has no such group, or takes too long.
    """
    require_group(pattern, group)

    def made(match: _Match) -> str:
        start, end = match.span(group)
        if start < 0:
            return match[0]
        shift = match.start()
        return match[0][: start - shift] + replacement + match[0][end - shift :]

    return _timed(pattern, lambda: pattern_of(pattern).sub(made, text, timeout=SECONDS))


def group_in(text: str, pattern: str, group: str) -> str | None:
    """Return what a group holds at the first place where a pattern is found.

    Raises:
        EvaluationError: it is no pattern, has no such group, or takes too long.
    """
    require_group(pattern, group)
    match = search(text, pattern)
    return None if match is None else match[group]


def require_group(pattern: str, group: str) -> None:
    """Raise an EvaluationError where a pattern has no group of a name."""
    groups = pattern_of(pattern).groupindex
    if group not in groups:
        names = ", ".join(sorted(groups)) or "none"
        message = f"{shown(pattern)} has no group {shown(group)}. Its named groups: {names}."
        raise EvaluationError(message)


def _timed(pattern: str, act: Callable[[], _Found]) -> _Found:
    try:
        return act()
    except TimeoutError as problem:
        message = f"{shown(pattern)} takes more than {SECONDS:.0f} s on this value. Simplify it."
        raise EvaluationError(message) from problem
    except _FAULTS as problem:
        message = f"{shown(pattern)} cannot be used on this value: {problem}."
        raise EvaluationError(message) from problem
