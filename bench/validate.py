"""`tenantry validate`: CPU seconds of the whole process, and that nothing heavy is loaded."""

from __future__ import annotations

import sys

from bench.figures import Figure
from bench.processes import TENANTRY, run

_HEAVY = ("msgraph", "azure", "pulumi", "sqlalchemy")
_RUNS = 5


def measure(_people: int) -> list[Figure]:
    """The median of several runs, after one that is not counted."""
    words = (sys.executable, TENANTRY, "validate")
    runs = sorted(run(*words).cpu for _ in range(_RUNS + 1))
    traced = run(sys.executable, "-X", "importtime", *words[1:]).output
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in traced.splitlines()}
    return [
        Figure(name="validate: CPU, median", value=runs[_RUNS // 2], unit="s", most=0.5),
        Figure(name="validate: heavy packages", value=len(loaded & set(_HEAVY)), unit="", most=0),
    ]
