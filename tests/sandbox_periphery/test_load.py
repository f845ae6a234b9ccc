"""The benchmarks' client counts what all of its connections did."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.load import rate


def test_what_connections_do_at_once_is_counted_whole() -> None:
    done = 0

    async def step(_connection: Any, _number: int) -> int:
        nonlocal done
        await asyncio.sleep(0)
        done += 1
        return 1

    connections: list[Any] = [None] * 4
    counted = asyncio.run(rate(connections, step, seconds=0.05))

    assert counted * 0.05 > done / 2
