"""The shapes through which a round sees directories, state and time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reconcile.model.actions import Action
from reconcile.model.cycles import (
    AllowedDeletes,
    Cycle,
    Gate,
    Hold,
    LinkStatus,
    Outcome,
)
from reconcile.model.jobs import Job
from reconcile.model.plans import Plan, Skip
from reconcile.model.reads import Agreement, Found, Import, Memory, Sought, Watermark
from reconcile.model.rights import Check, unchecked
from reconcile.model.tenants import ObjectId, TenantId


class Clock(Protocol):
    """Time, injected: a test passes thirty days in no time."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Directory(Protocol):
    """One tenant to read from."""

    async def read(self, since: Watermark | None = None) -> Import:
        """One finished read.

        Raises:
            DirectoryError: the read failed or was cut short; that never looks like nobody.
        """
        ...

    async def look_up(self, sought: Sought) -> Found:
        """Point reads in `$batch`; everything sought is answered, confirmed absences included."""
        ...


class TargetDirectory(Directory, Protocol):
    """One tenant to write to."""

    async def export(
        self, job: Job, actions: Sequence[Action], check: Check = unchecked
    ) -> Sequence[Outcome]:
        """Carry out at most 20 actions of one job; one outcome an action, in order.

        A changed or lost answer is an outcome (`UNKNOWN`), not an exception. `check` is called
        before each time that something is sent, repetitions included.

        Raises:
            ConsentError, TransientError: nothing of these actions can be sent any more.
        """
        ...


class Lease(Protocol):
    """The right to write to one target tenant, until it expires or is taken."""

    def check(self) -> None:
        """Renew if we still hold it.

        Raises:
            LeaseHeldError: another run took it; nothing more may be written.
        """
        ...

    def release(self) -> None: ...


class Store(Protocol):
    """State. Every method commits before it returns."""

    def acquire(self, target: TenantId, holder: str) -> Lease: ...

    def status(self, job: Job) -> LinkStatus: ...

    def set_status(self, job: Job, status: LinkStatus) -> None: ...

    def memory(self, job: Job) -> Memory: ...

    def allowed(self, job: Job) -> AllowedDeletes | None: ...

    def open_cycle(self, job: Job, plan: Plan | None, began: datetime) -> int:
        """The number of a new cycle of the link."""
        ...

    def intend(self, job: Job, cycle: int, actions: Sequence[Action], at: datetime) -> None:
        """Commit, before they are sent, that these actions are about to be sent."""
        ...

    def record(self, job: Job, cycle: int, outcomes: Sequence[Outcome]) -> None:
        """Commit outcomes, and pairs of what was done (with `Terms`, `written_at` of the outcome);
        close their intents; failures join the waiting with a time to retry. Once a removal that
        was allowed is done, or may be, the person's yes is used up.
        """
        ...

    def stage(self, job: Job, cycle: int, actions: Sequence[Action], at: datetime) -> None:
        """Remember the removals that the guard holds back (`stagedDelete`)."""
        ...

    def settle(
        self,
        job: Job,
        *,
        settled: Sequence[Agreement],
        forgotten: Sequence[ObjectId],
        skips: Sequence[Skip],
        resolved: Sequence[ObjectId],
        closed_intents: Sequence[ObjectId],
        at: datetime,
    ) -> None:
        """Renew the memory of pairs that needed no write, drop pairs that are over, replace the
        waiting of everyone this plan judged (`skips` with `waits`, who are no longer released;
        `resolved` no longer wait), and close intents whose invitation is known not to have
        happened.
        """
        ...

    def close_cycle(self, job: Job, cycle: Cycle) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Everything a round may touch.

    `sources` by the slug of the link: each reads its own link's scope. `gate` reads both tenants'
    policies for one job; it raises `DirectoryError` where a tenant cannot be asked. `holder` names
    this run in the lease.
    """

    sources: Mapping[str, Directory]
    target: TargetDirectory
    gate: Callable[[Job], Awaitable[Gate]]
    store: Store
    clock: Clock
    holder: str


class Consent(Protocol):
    """A person's or a machine's yes, asked between planning and writing, link by link."""

    def __call__(self, plans: Sequence[tuple[Plan, Hold | None]]) -> frozenset[str]:
        """The slugs of the links that may be written; none of them for a dry run.

        Raises:
            StalePlanError: a plan is not the one that was reviewed.
        """
        ...
