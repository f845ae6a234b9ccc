"""Lines for a terminal: words enter, lines of at most eighty columns leave.

A column is what a terminal draws: wide letters take two, combining marks none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

WIDTH = 80
_ISOLATE, _END = "\u2068", "\u2069"


def width(text: str) -> int:
    """How many columns a terminal needs for a text."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def safe(text: str) -> str:
    """A text that cannot move the cursor; what is written from right to left keeps to itself."""
    printable = "".join("�" if unicodedata.category(c) == "Cc" else c for c in text)
    if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in printable):
        return f"{_ISOLATE}{printable}{_END}"
    return printable


def shorten(text: str, columns: int) -> str:
    """A text cut to that many columns, with an ellipsis where something is missing."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for letter in text:
        used += _columns(letter)
        if used >= columns:
            break
        kept.append(letter)
    isolated = text.startswith(_ISOLATE)
    return "".join(kept) + "…" + (_END if isolated else "")


def pad(text: str, columns: int) -> str:
    """A text filled with spaces to that many columns."""
    return text + " " * max(columns - width(text), 0)


def wrap(text: str, *, first: str = "", rest: str = "") -> list[str]:
    """The lines of a sentence; `first` stands before the first one, `rest` before the others."""
    lines: list[str] = []
    line, started = first, False
    for word in text.split():
        longer = f"{line} {word}" if started else line + word
        if started and width(longer) > WIDTH:
            lines.append(line)
            line = rest + word
        else:
            line = longer
        started = True
    return [*lines, line]


def columns(rows: Sequence[Sequence[str]], *, indent: str = "", gap: int = 3) -> Iterator[str]:
    """Rows as aligned lines; the last column takes what is left of the line, and is cut there."""
    if not rows:
        return
    count = max(len(row) for row in rows)
    widths = [max(width(row[i]) for row in rows if len(row) > i) for i in range(count - 1)]
    for row in rows:
        line = indent
        for place, cell in enumerate(row):
            last = place == len(row) - 1
            line += cell if last else pad(cell, widths[place] + gap)
        yield shorten(line.rstrip(), WIDTH)
