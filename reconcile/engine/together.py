"""Together: several coroutines enter, all of them have ended when their results leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from reconcile.engine.ports import Lease
from reconcile.errors import StateError

T = TypeVar("T")

BEAT_SECONDS = 30
"""How often a lease is renewed beside the work; a lease lasts several beats."""


async def together(*work: Coroutine[Any, Any, T]) -> list[T]:
    """Every result, in order; the first error cancels the others and waits for their end.

    `asyncio.gather` alone would let them go on, and write behind the back of a round that ended.
    """
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def kept_alive(lease: Lease) -> AsyncIterator[None]:
    """Renew the lease while a long read or a throttled batch lasts.

    A lease that was lost stays lost: the check before the next batch says so and stops the round.
    """
    beating = asyncio.ensure_future(_beat(lease))
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


async def _beat(lease: Lease) -> None:
    # Not the injected clock: a clock that stands still until somebody sleeps would race away.
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            lease.check()
        except StateError:
            return
