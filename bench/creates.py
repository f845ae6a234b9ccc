"""Ten thousand creates under the documented quotas, in virtual time: how much of them is used."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.figures import Figure
from bench.worlds import Pushed, push
from reconcile.model.cycles import Result

WRITES, WINDOW = 3_000, 150
"""The write quota of one application in one tenant, and its seconds."""


def measure(people: int) -> list[Figure]:
    """Push everyone from nothing, with the sandbox's throttling on."""
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as folder:
        began = time.perf_counter()
        pushed = push(people, Path(folder), "https://127.0.0.1:8443")
        real = time.perf_counter() - began
    return [*figures(pushed), Figure(name="creates: real time", value=real, unit="s")]


def figures(pushed: Pushed) -> list[Figure]:
    """A full bucket is there at the start; whatever is used beyond it has to refill."""
    created = sum(outcome.result is Result.DONE for outcome in pushed.cycle.outcomes)
    quota = WRITES + WRITES / WINDOW * pushed.seconds
    share = 100 * pushed.writes / quota
    return [
        Figure(name="creates: people created", value=created, unit=""),
        Figure(name="creates: people failed", value=pushed.cycle.failed, unit="", most=0),
        Figure(name="creates: writes", value=pushed.writes, unit=""),
        Figure(name="creates: virtual time", value=pushed.seconds, unit="s"),
        Figure(name="creates: share of the write quota", value=share, unit="%", least=90),
        Figure(name="creates: refused with 429", value=pushed.throttled, unit="", most=0),
    ]
