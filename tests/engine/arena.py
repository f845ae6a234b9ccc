"""An arena: fake tenants around one target, and everything that may go wrong at its doors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reconcile.engine.ports import Consent, Directory, Doors, Lease
from reconcile.engine.round import run_round
from reconcile.errors import TransientError
from reconcile.model.actions import Action, verb
from reconcile.model.cycles import Cycle, Gate, Outcome
from reconcile.model.jobs import Job
from reconcile.model.reads import Found, Import, Sought, Watermark
from reconcile.model.rights import Check, unchecked
from reconcile.model.tenants import ObjectId
from tests.engine.estates import everyone
from tests.fakes import FakeSource, FakeStore, FakeTarget, FakeTenant, VirtualClock
from tests.strategies import EVERYONE, a_job, a_tenant

OPEN = Gate(sync_allowed=True, inbound_consent=True, outbound_consent=True)


@dataclass(slots=True)
class Trouble:
    """What is wrong with one tenant at the moment."""

    unreadable: bool = False
    unanswering: bool = False
    holes: tuple[str, ...] = ()
    deaf_after: int | None = None

    def listing(self) -> None:
        if self.unreadable:
            raise TransientError("The listing was cut short.")

    def point_reads(self) -> None:
        if self.unanswering:
            raise TransientError("A point read was not answered.")


@dataclass(frozen=True, slots=True)
class TroubledSource:
    inner: FakeSource
    trouble: Trouble

    async def read(self, since: Watermark | None = None) -> Import:
        self.trouble.listing()
        return replace(await self.inner.read(since), holes=self.trouble.holes)

    async def look_up(self, sought: Sought) -> Found:
        self.trouble.point_reads()
        return await self.inner.look_up(sought)


@dataclass(frozen=True, slots=True)
class TroubledTarget:
    """Goes deaf after a number of batches, and keeps a diary of what was exported."""

    inner: FakeTarget
    trouble: Trouble
    diary: list[tuple[str, str]]

    async def read(self, since: Watermark | None = None) -> Import:
        self.trouble.listing()
        return await self.inner.read(since)

    async def look_up(self, sought: Sought) -> Found:
        self.trouble.point_reads()
        return await self.inner.look_up(sought)

    async def export(
        self, job: Job, actions: Sequence[Action], check: Check = unchecked
    ) -> Sequence[Outcome]:
        if self.trouble.deaf_after is not None:
            if self.trouble.deaf_after <= 0:
                raise TransientError("The target answers nothing.", tenant=job.target)
            self.trouble.deaf_after -= 1
        self.diary.extend((job.name.source, verb(action)) for action in actions)
        return await self.inner.export(job, actions, check)


@dataclass(slots=True)
class Arena:
    """Links from some sources into fabrikam."""

    names: Sequence[str] = ("contoso",)
    rules: dict[str, Any] = field(default_factory=dict)
    clock: VirtualClock = field(default_factory=VirtualClock)
    store: FakeStore = field(default_factory=FakeStore)
    gates: dict[str, Gate | TransientError] = field(default_factory=dict)
    diary: list[tuple[str, str]] = field(default_factory=list)
    sources: dict[str, FakeTenant] = field(init=False)
    target: FakeTenant = field(init=False)
    jobs: dict[str, Job] = field(init=False)
    troubles: dict[str, Trouble] = field(init=False)
    reads: int = 0

    def __post_init__(self) -> None:
        self.jobs = {name: a_job(name, **self.rules) for name in self.names}
        self.sources = {name: a_tenant(name, self.clock) for name in self.names}
        self.target = a_tenant("fabrikam", self.clock)
        self.troubles = {name: Trouble() for name in [*self.names, "fabrikam"]}
        for source in self.sources.values():
            source.groups[EVERYONE] = set()

    def hire(self, name: str, source: str = "contoso", **properties: Any) -> ObjectId:
        person = self.sources[source].add(name, **properties)
        self.sources[source].groups[EVERYONE].add(person)
        return person

    def hire_many(self, number: int, source: str = "contoso") -> list[ObjectId]:
        return [self.hire(f"person{place}", source) for place in range(number)]

    def unassign(self, *people: ObjectId, source: str = "contoso") -> None:
        self.sources[source].groups[EVERYONE].difference_update(people)

    def doors(self) -> Doors:
        sources: dict[str, Directory] = {
            job.name.slug: TroubledSource(FakeSource(self.sources[name], job), self.troubles[name])
            for name, job in self.jobs.items()
        }
        target = FakeTarget(self.target, list(self.jobs.values()))
        return Doors(
            sources=sources,
            target=TroubledTarget(target, self.troubles["fabrikam"], self.diary),
            gate=self._gate,
            store=self.store,
            clock=self.clock,
            holder="test",
        )

    async def _gate(self, job: Job) -> Gate:
        found = self.gates.get(job.name.source, OPEN)
        if isinstance(found, TransientError):
            raise found
        return found

    def round(
        self, consent: Consent | None = everyone, *, limit: int | None = None
    ) -> dict[str, Cycle]:
        """One round into the target; its cycles by the source."""
        jobs = list(self.jobs.values())
        doing = run_round(jobs[0].target, jobs, self.doors(), consent=consent, limit=limit)
        return {cycle.link.source: cycle for cycle in asyncio.run(doing)}

    def cycle(self, consent: Consent | None = everyone, *, limit: int | None = None) -> Cycle:
        """One round of the only link."""
        (cycle,) = self.round(consent, limit=limit).values()
        return cycle

    def lease(self) -> Lease:
        """Another run begins."""
        return self.store.acquire(self.jobs[self.names[0]].target, "another run")

    def copies(self, source: str = "contoso") -> dict[ObjectId, dict[str, Any]]:
        """Live target users by the source person whose stamp they carry; nobody has two."""
        found: dict[ObjectId, dict[str, Any]] = {}
        for user, record in self.target.users.items():
            stamp = self.target.stamp_of(user)
            if stamp is not None and stamp.tenant == self.jobs[source].source:
                assert stamp.person not in found
                found[stamp.person] = record
        return found
