"""Custom date formats of .NET: a format and a text enter, a moment leaves, and the other way round.

See https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings.
Names are those of the invariant culture, which are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import shown

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PIECE = re.compile(
    r"""(?P<letters>d{1,4}|f{1,7}|F{1,7}|g{1,2}|h{1,2}|H{1,2}|K|m{1,2}|M{1,4}|s{1,2}|t{1,2}|y{1,5}|z{1,3})
    |"(?P<double>[^"]*)"|'(?P<single>[^']*)'|\\(?P<escaped>.)|%(?=[dfFghHKmMstyz])|(?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)
_OFFSET = r"[-+]\d{1,2}(?::?\d{2})?"
# What each specifier takes in a text that is read.
_READS = {
    "d": r"\d{1,2}",
    "dd": r"\d{2}",
    "ddd": "|".join(day[:3] for day in _DAYS),
    "dddd": "|".join(_DAYS),
    "g": r"A\.D\.",
    "gg": r"A\.D\.",
    "h": r"\d{1,2}",
    "hh": r"\d{2}",
    "H": r"\d{1,2}",
    "HH": r"\d{2}",
    "K": rf"Z|{_OFFSET}|",
    "m": r"\d{1,2}",
    "mm": r"\d{2}",
    "M": r"\d{1,2}",
    "MM": r"\d{2}",
    "MMM": "|".join(month[:3] for month in _MONTHS),
    "MMMM": "|".join(_MONTHS),
    "s": r"\d{1,2}",
    "ss": r"\d{2}",
    "t": "[AP]",
    "tt": "AM|PM",
    "y": r"\d{1,2}",
    "yy": r"\d{2}",
    "yyy": r"\d{3,5}",
    "yyyy": r"\d{4}",
    "yyyyy": r"\d{5}",
    "z": _OFFSET,
    "zz": _OFFSET,
    "zzz": _OFFSET,
}
_TURN_OF_CENTURY = 50  # of two digits, 49 is 2049 and 50 is 1950


class Piece(NamedTuple):
    """A specifier, or text that stands for itself."""

    letters: str
    plain: str


@lru_cache(maxsize=256)
def pieces(layout: str) -> tuple[Piece, ...]:
    """Take a format apart.

    Raises:
        EvaluationError: it is a single letter, which stands for a whole format in .NET.
    """
    if re.fullmatch("[A-Za-z]", layout):
        message = (
            f"{shown(layout)} is a standard format. Expected a custom one, such as yyyy-MM-dd."
        )
        raise EvaluationError(message)
    return tuple(_pieces(layout))


def _pieces(layout: str) -> Iterator[Piece]:
    for found in _PIECE.finditer(layout):
        plain = found["double"] or found["single"] or found["escaped"] or found["plain"] or ""
        if found["letters"] or plain:
            yield Piece(found["letters"] or "", plain)


@lru_cache(maxsize=256)
def _pattern(layout: str, *, inner_space: bool) -> re.Pattern[str]:
    parts, seen = [], set()
    for number, (letters, plain) in enumerate(pieces(layout)):
        if not letters:
            parts.append(r"\s*" if inner_space and plain.isspace() else re.escape(plain))
            continue
        name = f"{letters}_{number}" if letters in seen else letters
        seen.add(letters)
        parts.append(f"(?P<{name}>{_reads(letters)})")
    return re.compile("".join(parts), re.IGNORECASE | re.ASCII)


def _reads(letters: str) -> str:
    if letters[0] == "f":
        return rf"\d{{{len(letters)}}}"
    return rf"\d{{0,{len(letters)}}}" if letters[0] == "F" else _READS[letters]


def read(text: str, layout: str, *, inner_space: bool = False) -> datetime:
    """Read a moment as a format has it, in UTC; spaces around it do not count.

    Raises:
        EvaluationError: the text is not of that format, or there is no such moment.
    """
    found = _pattern(layout, inner_space=inner_space).fullmatch(text.strip())
    if found is None:
        message = f"{shown(text)} is not written as {shown(layout)} says."
        raise EvaluationError(message)
    return moment(found.groupdict(), text)


def moment(parts: dict[str, str | None], text: str) -> datetime:
    """Make a moment of the parts of a text, by the specifiers that they were read with.

    Raises:
        EvaluationError: there is no such moment.
    """
    held = {name: part for name, part in parts.items() if part}
    try:
        local = datetime(
            _year(held),
            _month(held),
            int(held.get("d") or held.get("dd") or 1),
            _hour(held),
            int(held.get("m") or held.get("mm") or 0),
            int(held.get("s") or held.get("ss") or 0),
            _microsecond(held),
            tzinfo=_zone(held.get("K") or held.get("zzz") or held.get("zz") or held.get("z")),
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        message = f"{shown(text)} is no moment that there is."
        raise EvaluationError(message) from problem


def _year(held: dict[str, str]) -> int:
    for name in ("yyyy", "yyyyy", "yyy"):
        if name in held:
            return int(held[name])
    short = int(held.get("yy") or held.get("y") or 1)
    if "yy" in held or "y" in held:
        return short + (2000 if short < _TURN_OF_CENTURY else 1900)
    # .NET takes the current date where a format has none; only the time is of interest then.
    return 1


def _month(held: dict[str, str]) -> int:
    for name, length in (("MMM", 3), ("MMMM", None)):
        if name in held:
            names = [month[:length].lower() for month in _MONTHS]
            return names.index(held[name].lower()) + 1
    return int(held.get("M") or held.get("MM") or 1)


def _hour(held: dict[str, str]) -> int:
    half = held.get("h") or held.get("hh")
    if half is None:
        return int(held.get("H") or held.get("HH") or 0)
    afternoon = (held.get("tt") or held.get("t") or "A").upper().startswith("P")
    return int(half) % 12 + (12 if afternoon else 0)


def _microsecond(held: dict[str, str]) -> int:
    digits = next((part for name, part in held.items() if name[0] in "fF"), "")
    return int(digits[:6].ljust(6, "0"))


def _zone(offset: str | None) -> timezone:
    if offset is None or offset.upper() == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-span if offset[0] == "-" else span)


def write(at: datetime, layout: str) -> str:
    """Write a moment, which is in UTC, as a format has it."""
    return "".join(plain or _written(at, letters) for letters, plain in pieces(layout))


def _written(at: datetime, letters: str) -> str:
    kind, size = letters[0], len(letters)
    match kind:
        case "d" | "M" if size > 2:
            names = _DAYS if kind == "d" else _MONTHS
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
            return f"{_number(at, kind):0{min(size, 2)}}"


def _number(at: datetime, kind: str) -> int:
    numbers = {
        "d": at.day,
        "h": at.hour % 12 or 12,
        "H": at.hour,
        "m": at.minute,
        "M": at.month,
        "s": at.second,
    }
    return numbers[kind]
