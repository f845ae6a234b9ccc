"""Switches off each feature that docs/parity.md lists and says which tests do not notice.

    python -m tests.parity [WORDS OF A ROW …]

Exit code 1 where a test passes without the feature that it is said to show.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby

from tests.parity.documented import Row, rows
from tests.parity.switches import SWITCHES
from tests.parity.switching import Seen, look, prepare


def complaints(row: Row, seen: list[Seen]) -> Iterator[str]:
    """What is wrong with a row, by what its switches did."""
    for number, one in enumerate(seen, start=1):
        if one.broken:
            names = ", ".join(sorted(one.broken))
            yield f"{row.feature}: with switch {number} off, these break and do not fail: {names}"
        elif not one.failed:
            yield f"{row.feature}: no test notices switch {number}"
    failed = frozenset[str]().union(*(one.failed for one in seen))
    for test in row.tests:
        if not any(name == test or name.startswith(f"{test}[") for name in failed):
            yield f"{row.feature}: {test} passes with every switch off"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    found = [row for row in rows() if all(word in row.feature for word in words)]
    prepare([test for row in found for test in row.tests])
    jobs = [(row, place) for row in found for place in range(len(SWITCHES[row.feature]))]
    wrong = 0
    for row, several in groupby(zip(jobs, look(jobs), strict=True), lambda one: one[0][0]):
        problems = list(complaints(row, [seen for _, seen in several]))
        wrong += len(problems)
        for line in problems or [f"ok  {row.feature}"]:
            say(line)
    say(f"{len(found)} rows, {len(jobs)} switches: {wrong} wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
