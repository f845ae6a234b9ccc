"""Custom date formats of .NET: a format enters, its pieces or a moment as it has it leave.

See https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings.
Names are those of the invariant culture, which are English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import shown

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PIECE = re.compile(
    r"""(?P<letters>K|([dfFghHmMstyz])\2*)
    |"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'
    |\\(?P<escaped>.)|%(?=[dfFghHKmMstyz])|(?P<plain>[^"'\\%])""",
    re.VERBOSE | re.DOTALL,
)
_MOST = {"d": 4, "g": 1, "h": 2, "H": 2, "m": 2, "M": 4, "s": 2, "t": 2, "z": 3}


class Piece(NamedTuple):
    """A specifier, or text that stands for itself."""

    letters: str
    plain: str


@lru_cache(maxsize=256)
def pieces(layout: str) -> tuple[Piece, ...]:
    """Take a format apart.

    Raises:
        EvaluationError: it is no format, or a single letter, which stands for a whole one in .NET.
    """
    if re.fullmatch("[A-Za-z]", layout):
        message = (
            f"{shown(layout)} is a standard format. Expected a custom one, such as yyyy-MM-dd."
        )
        raise EvaluationError(message)
    return tuple(_pieces(layout))


def _pieces(layout: str) -> Iterator[Piece]:
    at = 0
    while at < len(layout):
        found = _PIECE.match(layout, at)
        if found is None:
            message = f"{shown(layout)} is no format: {layout[at]} at {at + 1} begins nothing."
            raise EvaluationError(message)
        at = found.end()
        quoted = re.sub(r"\\(.)", r"\1", found["double"] or found["single"] or "", flags=re.DOTALL)
        plain = quoted or found["escaped"] or found["plain"] or ""
        if found["letters"] or plain:
            yield Piece(_known(found["letters"] or "", layout), plain)


def _known(letters: str, layout: str) -> str:
    if len(letters) > 7 and letters[0] in "fF":
        message = f"{shown(layout)} is no format: a second has 7 digits after the point at most."
        raise EvaluationError(message)
    return letters[: _MOST.get(letters[:1])]


@lru_cache(maxsize=256)
def require_date(layout: str, wanted: str) -> None:
    """Raise an EvaluationError where a format asks for more of a date than another one has.

    .NET takes the current date for it there, so that the same value would give another every day.
    """
    kinds = {letters[0] for letters, _ in pieces(layout) if letters}
    asked = {letters for letters, _ in pieces(wanted)}
    if not kinds & set("yMd") and asked & {"d", "dd", "M", "MM", "MMM", "MMMM"}:
        message = f"{shown(layout)} has no date, and {shown(wanted)} asks for one."
        raise EvaluationError(message)
    if "y" not in kinds and (asked & {"ddd", "dddd"} or any(one.startswith("y") for one in asked)):
        message = f"{shown(layout)} has no year, and {shown(wanted)} depends on it."
        raise EvaluationError(message)


def write(at: datetime, layout: str) -> str:
    """Write a moment, which is in UTC, as a format has it."""
    written = ""
    for letters, plain in pieces(layout):
        part = plain or _written(at, letters)
        # With nothing after the point, .NET writes no point.
        written = written.removesuffix(".") if letters[:1] == "F" and not part else written + part
    return written


def _written(at: datetime, letters: str) -> str:
    kind, size = letters[0], len(letters)
    match kind:
        case "d" | "M" if size > 2:
            names = DAYS if kind == "d" else MONTHS
            name = names[at.weekday() if kind == "d" else at.month - 1]
            return name[:3] if size == 3 else name
        case "f" | "F":
            digits = f"{at.microsecond:06}0"[:size]
            return digits.rstrip("0") if kind == "F" else digits
        case "y":
            return f"{at.year % 100 if size < 3 else at.year:0{size}}"
        case "z":
            return {1: "+0", 2: "+00"}.get(size, "+00:00")
        case "g" | "K" | "t":
            half = "AM" if at.hour < 12 else "PM"
            return {"g": "A.D.", "K": "Z", "t": half[:size]}[kind]
        case _:
            return f"{_NUMBERS[kind](at):0{size}}"


_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "d": lambda at: at.day,
    "h": lambda at: at.hour % 12 or 12,
    "H": lambda at: at.hour,
    "m": lambda at: at.minute,
    "M": lambda at: at.month,
    "s": lambda at: at.second,
}
