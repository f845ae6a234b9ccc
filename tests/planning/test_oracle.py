"""The planner against the oracle: whatever the order and the pages of a read, both agree."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.model.plans import Plan
from reconcile.model.reads import Import, Sought
from reconcile.planning.plan import plan_cycle
from reconcile.planning.sift import sift
from tests.fakes import FakeImport, FakeSource, FakeTarget
from tests.oracle import oracle, told
from tests.planning.events import worlds
from tests.planning.rounds import plan_pair
from tests.strategies import Pair

slow_worlds = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def _shuffled(read: FakeImport, chance: random.Random) -> Import:
    """The same read in another order, in other pages, with rows that come twice."""
    rows = [row for page in read.rows for row in page]
    rows += chance.sample(rows, len(rows) // 2)
    chance.shuffle(rows)
    pages = []
    while rows:
        size = chance.randint(0, 4)
        pages.append(rows[:size])
        rows = rows[size:]
    return replace(read, rows=pages)


async def _plan_shuffled(pair: Pair, chance: random.Random) -> Plan:
    source, target = FakeSource(pair.source, pair.job), FakeTarget(pair.target, [pair.job])
    memory = pair.store.memory(pair.job)
    findings = sift(
        pair.job,
        _shuffled(await source.read(), chance),
        _shuffled(await target.read(), chance),
        memory,
    )
    sought = findings.sought
    found = await source.look_up(Sought(leavers=sought.leavers)) | await target.look_up(
        Sought(addresses=sought.addresses, targets=sought.targets)
    )
    return plan_cycle(pair.job, findings, found, memory, now=pair.clock.now())


@slow_worlds
@given(pair=worlds())
def test_the_planner_does_what_the_oracle_says(pair: Pair) -> None:
    memory = pair.store.memory(pair.job)
    expected = oracle(pair.job, pair.source, pair.target, memory, pair.clock.now())

    plan = plan_pair(pair)

    actual = told(plan)
    assert actual.actions ^ expected.actions == frozenset()
    assert actual.skips ^ expected.skips == frozenset()
    assert actual == expected


@slow_worlds
@given(pair=worlds(), seed=st.integers(0, 1_000))
def test_order_pages_and_repetition_change_nothing(pair: Pair, seed: int) -> None:
    plan = plan_pair(pair)

    shuffled = asyncio.run(_plan_shuffled(pair, random.Random(seed)))

    assert shuffled == plan
    assert shuffled.fingerprint == plan.fingerprint
