"""Durations and shares as files write them enter, times and percentages leave."""

from __future__ import annotations

from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """The time that a number with `s`, `m`, `h` or `d` names, such as `40m`."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def share(text: str) -> int:
    """The percentage in a text such as `10%`."""
    return int(text.removesuffix("%"))
