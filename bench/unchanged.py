"""Ten thousand people on each side and nothing changed: requests, memory and time of a cycle."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.figures import Figure
from bench.processes import serving
from bench.worlds import push
from sandbox.serving import listen


def measure(people: int) -> list[Figure]:
    """Serve an estate that was pushed already, and run the command line's cycle against it."""
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as name:
        folder = Path(name)
        listener = listen(0)
        origin = f"https://127.0.0.1:{listener.getsockname()[1]}"
        pushed = push(people, folder, origin)
        pushed.sandbox.meter.on = False
        with serving(pushed.sandbox, listener, folder / "sandbox") as served:
            place = ["--env", "sandbox", "--topologies", str(pushed.topology)]
            apply = ["apply", *place, "--state", str(pushed.state), "--yes"]
            served.tenantry(*apply)  # settles what the first push has written
            served.reset()
            began = time.perf_counter()
            quiet = served.tenantry(*apply)
            elapsed = time.perf_counter() - began
            counted = served.state()
    return [
        Figure(name="unchanged: requests", value=counted["requests"], unit="", most=40),
        Figure(name="unchanged: writes", value=counted["writes"], unit="", most=0),
        Figure(name="unchanged: peak memory", value=quiet.peak, unit="MB", most=300),
        Figure(name="unchanged: CPU", value=quiet.cpu, unit="s"),
        Figure(name="unchanged: elapsed", value=elapsed, unit="s"),
    ]
