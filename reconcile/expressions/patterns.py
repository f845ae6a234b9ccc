"""Regular expressions of .NET: a pattern and a text enter, what was found or replaced leaves.

The `regex` package knows nearly all that .NET knows, and is told it in its own dialect. A pattern
that takes longer than a second on one person's value is that person's failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

import regex

from reconcile.expressions.dialect import translated
from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import require_short, shown

SECONDS: Final = 1.0
_SUBSTITUTION = re.compile(r"\$(?:[$&`'+_]|(?P<number>[0-9]{1,9})|\{(?P<name>\w{1,64})\})")
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
        return regex.compile(translated(text).text)
    except _FAULTS as problem:
        # Where the package has read something else, the place that it tells would mislead.
        read = getattr(problem, "pattern", text)
        why = problem if read == text else getattr(problem, "msg", problem)
        message = f"{shown(text)} is no regular expression: {why}."
        raise EvaluationError(message) from problem


def search(text: str, pattern: str) -> _Match | None:
    """Find a pattern anywhere in a text.

    Raises:
        EvaluationError: it is no pattern, or takes too long.
    """
    return _timed(pattern, lambda: pattern_of(pattern).search(text, timeout=SECONDS))


def replaced(text: str, pattern: str, replacement: str) -> str:
    """Replace all that a pattern finds; `${name}`, `$1`, `$&` and their like stand for parts.

    Raises:
        EvaluationError: it is no pattern, or takes too long.
    """
    if "$" not in replacement:
        return _substitute(text, pattern, lambda _: replacement)
    require_short(len(replacement) + replacement.count("$") * len(text))
    pattern_of(pattern)
    numbers = translated(pattern).numbers

    def made(match: _Match) -> str:
        return _SUBSTITUTION.sub(lambda part: _substituted(match, part, numbers), replacement)

    return _substitute(text, pattern, made)


def _substitute(text: str, pattern: str, made: Callable[[_Match], str]) -> str:
    found, length = pattern_of(pattern), len(text)

    def counted(match: _Match) -> str:
        nonlocal length
        part = made(match)
        length += len(part)
        require_short(length)
        return part

    return _timed(pattern, lambda: found.sub(counted, text, timeout=SECONDS))


def _substituted(match: _Match, part: re.Match[str], numbers: tuple[int, ...]) -> str:
    if group := part["name"] or part["number"]:
        try:
            return match[_key(group, numbers)] or ""
        except (IndexError, KeyError):
            # As .NET does, a group that there is not stands for itself.
            return part[0]
    if part[0] == "$+":
        return match[numbers[-1] if numbers else 0] or ""
    return _PARTS[part[0]](match)


def _key(group: str, numbers: tuple[int, ...]) -> int | str:
    if not (group.isascii() and group.isdigit()):
        return group
    return numbers[int(group) - 1] if int(group) else 0


_PARTS: dict[str, Callable[[_Match], str]] = {
    "$$": lambda _: "$",
    "$&": lambda match: match[0],
    "$`": lambda match: match.string[: match.start()],
    "$'": lambda match: match.string[match.end() :],
    "$_": lambda match: match.string,
}


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

    return _substitute(text, pattern, made)


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
