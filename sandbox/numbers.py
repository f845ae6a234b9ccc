"""Numbers that callers write: a text enters, the number leaves if the text is one."""

from __future__ import annotations

# More digits mean nothing to Graph, and Python refuses to read thousands of them.
_MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """Return the number that a text of digits is; superscripts are digits, and no number."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None
