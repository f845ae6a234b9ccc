"""A text and the custom date format of .NET that it is written in enter, a moment in UTC leaves."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from reconcile.expressions.date_formats import DAYS, MONTHS, pieces
from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import shown

_OFFSET = r"[-+]\d{1,2}(?::?\d{2})?"
# What each specifier takes in a text that is read.
_READS = {
    "d": r"\d{1,2}",
    "dd": r"\d{2}",
    "ddd": "|".join(day[:3] for day in DAYS),
    "dddd": "|".join(DAYS),
    "g": r"A\.D\.",
    "h": r"\d{1,2}",
    "hh": r"\d{2}",
    "H": r"\d{1,2}",
    "HH": r"\d{2}",
    "K": rf"Z|{_OFFSET}|",
    "m": r"\d{1,2}",
    "mm": r"\d{2}",
    "M": r"\d{1,2}",
    "MM": r"\d{2}",
    "MMM": "|".join(month[:3] for month in MONTHS),
    "MMMM": "|".join(MONTHS),
    "s": r"\d{1,2}",
    "ss": r"\d{2}",
    "t": "[AP]",
    "tt": "AM|PM",
    "y": r"\d{1,2}",
    "yy": r"\d{2}",
    "yyy": r"\d{3,5}",
    "z": _OFFSET,
    "zz": _OFFSET,
    "zzz": _OFFSET,
}
_ANY_YEAR = 2000  # of a moment of which only the day and the time count; it has all 366 days
_TURN_OF_CENTURY = 50  # of two digits, 49 is 2049 and 50 is 1950


@lru_cache(maxsize=256)
def _pattern(layout: str, *, inner_space: bool) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    for letters, plain in pieces(layout):
        if not letters:
            parts.append(r"(?>\s*)" if inner_space and plain.isspace() else re.escape(plain))
            continue
        if letters[0] == "F" and parts and parts[-1] == r"\.":
            parts[-1] = r"\.?"
        # As in .NET, what was read is not read otherwise because of what follows it.
        parts.append(
            f"(?P={letters})" if letters in seen else f"(?>(?P<{letters}>{_reads(letters)}))"
        )
        seen.add(letters)
    return re.compile("".join(parts), re.IGNORECASE | re.ASCII)


def _reads(letters: str) -> str:
    if letters[0] == "f" or letters.startswith("yyyy"):
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
        _require_weekday(held, local)
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        message = f"{shown(text)} is no moment that there is."
        raise EvaluationError(message) from problem


def _require_weekday(held: dict[str, str], at: datetime) -> None:
    for name, length in (("ddd", 3), ("dddd", None)):
        if name in held and held[name].lower() != DAYS[at.weekday()][:length].lower():
            raise ValueError


def _year(held: dict[str, str]) -> int:
    for name, digits in held.items():
        if name.startswith("yyy"):
            return int(digits)
    short = held.get("yy") or held.get("y")
    if short is None:
        return _ANY_YEAR
    return int(short) + (2000 if int(short) < _TURN_OF_CENTURY else 1900)


def _month(held: dict[str, str]) -> int:
    for name, length in (("MMM", 3), ("MMMM", None)):
        if name in held:
            names = [month[:length].lower() for month in MONTHS]
            return names.index(held[name].lower()) + 1
    return int(held.get("M") or held.get("MM") or 1)


def _hour(held: dict[str, str]) -> int:
    half, mark = held.get("h") or held.get("hh"), (held.get("tt") or held.get("t") or "").upper()
    if half is None:
        hour = int(held.get("H") or held.get("HH") or 0)
        if mark and mark.startswith("P") != (hour >= 12):
            raise ValueError
        return hour
    if int(half) > 12:
        raise ValueError
    return int(half) % 12 + (12 if mark.startswith("P") else 0)


def _microsecond(held: dict[str, str]) -> int:
    digits = next((part for name, part in held.items() if name[0] in "fF"), "")
    return int(digits[:6].ljust(6, "0"))


def _zone(offset: str | None) -> timezone:
    if offset is None or offset.upper() == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    if int(minutes) > 59:
        raise ValueError
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-span if offset[0] == "-" else span)
