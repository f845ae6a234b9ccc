"""docs/parity.md, read: what Entra has, a row each, and the tests that show what Tenantry does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"

_TEST = re.compile(r"`((?:\w+/)+test_\w+\.py::test_\w+(?:\[[^\]`]+\])?)`")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `feature` is its first cell, `tests` are node ids below `tests/`."""

    feature: str
    tests: tuple[str, ...]


def rows() -> list[Row]:
    """The rows of all tables, in their order."""
    lines = PAGE.read_text("utf-8").splitlines()
    # The line below a table's head has no spaces.
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return [Row(first, tuple(_TEST.findall(last))) for first, *_, last in cells if last != "test"]
