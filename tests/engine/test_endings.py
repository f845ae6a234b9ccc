"""How a round ends: with every writer ended, its lease alive until then, and no stale yes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from reconcile.engine.ports import TargetDirectory
from reconcile.engine.round import FRESH, run_round
from reconcile.engine.together import BEAT_SECONDS, kept_alive, together
from reconcile.errors import CredentialError, LeaseHeldError, StalePlanError
from reconcile.model.actions import Action
from reconcile.model.cycles import Cycle, Gate, Hold, HoldReason, Outcome
from reconcile.model.jobs import Job
from reconcile.model.plans import Plan
from reconcile.model.reads import Found, Import, Sought, Watermark
from reconcile.model.rights import Check, unchecked
from sandbox.virtual import VirtualClock, run_virtually
from tests.engine.arena import OPEN, Arena
from tests.engine.estates import everyone


@dataclass(slots=True)
class Unpaid:
    """A target whose authority refuses the token after a number of batches; batches take turns."""

    inner: TargetDirectory
    batches: int
    sent: int = 0

    async def read(self, since: Watermark | None = None) -> Import:
        return await self.inner.read(since)

    async def look_up(self, sought: Sought) -> Found:
        return await self.inner.look_up(sought)

    async def export(
        self, job: Job, actions: Sequence[Action], check: Check = unchecked
    ) -> Sequence[Outcome]:
        self.sent += 1
        if self.sent > self.batches:
            raise CredentialError("fabrikam: the authority refused the secret.")
        for _ in range(self.sent):
            await asyncio.sleep(0)
        return await self.inner.export(job, actions, check)


@dataclass(slots=True)
class CountedLease:
    checks: int = 0
    taken_after: int | None = None

    def check(self) -> None:
        self.checks += 1
        if self.taken_after is not None and self.checks > self.taken_after:
            raise LeaseHeldError("another run took it")

    def release(self) -> None: ...


def test_nothing_is_sent_after_a_round_has_ended() -> None:
    arena = Arena()
    arena.hire_many(200)

    async def play() -> tuple[Cycle, int, int]:
        doors = arena.doors()
        target = Unpaid(doors.target, batches=3)
        job = arena.jobs["contoso"]
        (cycle,) = await run_round(
            job.target, [job], replace(doors, target=target), consent=everyone
        )
        before = target.sent
        for _ in range(100):
            await asyncio.sleep(0)
        return cycle, before, target.sent

    cycle, before, after = asyncio.run(play())

    assert before == after
    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.UNREADABLE
    assert "refused the secret" in cycle.held.detail


def test_the_first_error_ends_the_others() -> None:
    ended: list[str] = []

    async def fails() -> None:
        raise CredentialError("no")

    async def goes_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def play() -> None:
        await together(goes_on(), fails())

    with pytest.raises(CredentialError):
        asyncio.run(play())

    assert ended == ["cancelled"]


def test_a_source_whose_credential_is_refused_holds_its_own_link_only() -> None:
    arena = Arena(["contoso", "tailspin"])
    person = arena.hire("ada")
    arena.hire("alan", "tailspin")
    doors = arena.doors()

    @dataclass(frozen=True, slots=True)
    class Refused:
        async def read(self, since: Watermark | None = None) -> Import:
            raise CredentialError("tailspin: the authority refused the secret.")

        async def look_up(self, sought: Sought) -> Found:
            return Found()

    refused = arena.jobs["tailspin"].name.slug
    cycles = asyncio.run(
        run_round(
            arena.jobs["contoso"].target,
            list(arena.jobs.values()),
            replace(doors, sources={**doors.sources, refused: Refused()}),
            consent=everyone,
        )
    )

    assert set(arena.copies("contoso")) == {person}
    assert [cycle.held is None for cycle in cycles] == [True, False]


@pytest.mark.parametrize("minutes", [1, 180])
def test_a_slow_yes_to_a_plan_that_still_holds_is_carried_out(minutes: int) -> None:
    arena = Arena()
    person = arena.hire("ada")

    def read_slowly(plans: Sequence[tuple[Plan, Hold | None]]) -> frozenset[str]:
        arena.clock.advance(timedelta(minutes=minutes))
        return everyone(plans)

    arena.cycle(read_slowly)

    assert set(arena.copies()) == {person}


def test_a_slow_yes_is_no_yes_to_another_plan() -> None:
    arena = Arena()
    people = arena.hire_many(3)
    arena.cycle()
    arena.unassign(people[0])

    def come_back(plans: Sequence[tuple[Plan, Hold | None]]) -> frozenset[str]:
        arena.clock.advance(FRESH + timedelta(seconds=1))
        arena.sources["contoso"].groups.update(
            {group: set(people) for group in arena.sources["contoso"].groups}
        )
        return everyone(plans)

    with pytest.raises(StalePlanError, match="changed while it was read"):
        arena.cycle(come_back)

    assert set(arena.copies()) == set(people)


def test_a_target_that_closes_while_the_plan_is_read_is_not_written_to() -> None:
    arena = Arena()
    people = arena.hire_many(3)
    arena.cycle()
    arena.unassign(people[0])

    def close(plans: Sequence[tuple[Plan, Hold | None]]) -> frozenset[str]:
        arena.clock.advance(timedelta(hours=3))
        arena.gates["contoso"] = Gate(
            sync_allowed=False, inbound_consent=OPEN.inbound_consent, outbound_consent=True
        )
        return everyone(plans)

    cycle = arena.cycle(close)

    assert set(arena.copies()) == set(people)
    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.STOPPED_BY_TARGET


def test_a_lease_is_renewed_while_the_work_lasts() -> None:
    lease = CountedLease()

    async def play(clock: VirtualClock) -> None:
        async with kept_alive(lease):
            await clock.sleep(10 * BEAT_SECONDS + 1)
        await clock.sleep(10 * BEAT_SECONDS)

    run_virtually(play)

    assert lease.checks == 10


def test_a_lost_lease_is_not_asked_for_again() -> None:
    lease = CountedLease(taken_after=2)

    async def play(clock: VirtualClock) -> None:
        async with kept_alive(lease):
            await clock.sleep(10 * BEAT_SECONDS)

    run_virtually(play)

    assert lease.checks == 3
