"""Ten thousand people on each side and nothing changed: requests, memory and time of a cycle."""

from __future__ import annotations

import time

from bench.figures import Figure
from bench.worlds import settled


def measure(people: int) -> list[Figure]:
    """Serve an estate that was pushed already, and run the command line's cycle against it."""
    with settled(people) as (pushed, served):
        began = time.perf_counter()
        quiet = served.tenantry(*pushed.apply)
        elapsed = time.perf_counter() - began
        counted = served.state()
    return [
        Figure(name="unchanged: requests", value=counted["requests"], unit="", most=40),
        Figure(name="unchanged: writes", value=counted["writes"], unit="", most=0),
        Figure(name="unchanged: peak memory", value=quiet.peak, unit="MB", most=300),
        Figure(name="unchanged: CPU", value=quiet.cpu, unit="s"),
        Figure(name="unchanged: elapsed", value=elapsed, unit="s"),
    ]
