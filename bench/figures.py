"""Figures: a measured number and its limit enter, a table for a terminal leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement. `most` and `least` are limits; None does not limit."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def missed(self) -> bool:
        too_much = self.most is not None and self.value > self.most
        return too_much or (self.least is not None and self.value < self.least)

    @property
    def limit(self) -> str:
        if self.most is not None:
            return f"at most {self.most:,g}"
        return f"at least {self.least:,g}" if self.least is not None else ""


def table(figures: Sequence[Figure]) -> str:
    """One line a figure; a missed limit says so in a word."""
    lines = []
    for one in figures:
        value = f"{one.value:,.2f}" if one.value < 100 else f"{one.value:,.0f}"
        word = "  MISSED" if one.missed else ""
        lines.append(f"{one.name:<44} {value:>10} {one.unit:<10} {one.limit}{word}".rstrip())
    return "\n".join(lines)
