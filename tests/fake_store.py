"""State in plain dicts: it remembers what the port promises to remember, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconcile.errors import LeaseHeldError
from reconcile.model.actions import Action, Create, Delete, Release, verb
from reconcile.model.cycles import (
    AllowedDeletes,
    Cycle,
    LinkStatus,
    Outcome,
    Proceed,
    Removal,
    Result,
)
from reconcile.model.jobs import Job, Side
from reconcile.model.plans import Plan, Reason, Skip
from reconcile.model.reads import Agreement, Intent, Seal, Waiting
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.planning.escrow import retry_at


@dataclass(slots=True)
class FakeMemory:
    """What is known of one link; also the shelf on which `FakeStore` keeps it."""

    rebuilt: bool = False
    fingerprint: str | None = None
    pairs: dict[ObjectId, Agreement] = field(default_factory=dict)
    people: dict[ObjectId, Waiting] = field(default_factory=dict)
    open: dict[ObjectId, Intent] = field(default_factory=dict)

    @property
    def population(self) -> int:
        return len(self.pairs)

    def seals(self, side: Side) -> Mapping[ObjectId, Seal]:
        if side is Side.SOURCE:
            return {pair.source: pair.source_seal for pair in self.pairs.values()}
        return {pair.target: pair.target_seal for pair in self.pairs.values()}

    def agreements(self, side: Side, ids: Collection[ObjectId]) -> Mapping[ObjectId, Agreement]:
        if side is Side.SOURCE:
            return {one: self.pairs[one] for one in ids if one in self.pairs}
        wanted = set(ids)
        return {pair.target: pair for pair in self.pairs.values() if pair.target in wanted}

    def waiting(self) -> Mapping[ObjectId, Waiting]:
        return dict(self.people)

    def intents(self) -> Mapping[ObjectId, Intent]:
        return dict(self.open)

    def keep(self, agreements: Iterable[Agreement]) -> None:
        """A target user has one pair: the latest word takes it from any older one."""
        for agreement in agreements:
            for source, pair in list(self.pairs.items()):
                if pair.target == agreement.target and source != agreement.source:
                    del self.pairs[source]
            self.pairs[agreement.source] = agreement


@dataclass(slots=True)
class FakeLease:
    """The right to write to one target until somebody else takes it."""

    holders: dict[TenantId, FakeLease]
    target: TenantId
    holder: str

    def check(self) -> None:
        if self.holders.get(self.target) is not self:
            message = f"{self.target}: another run took the lease."
            raise LeaseHeldError(message)

    def release(self) -> None:
        if self.holders.get(self.target) is self:
            del self.holders[self.target]


@dataclass(slots=True)
class FakeStore:
    """The engine's `Store`; `shelves` is what each link remembers, by slug."""

    shelves: defaultdict[str, FakeMemory] = field(default_factory=lambda: defaultdict(FakeMemory))
    statuses: dict[str, LinkStatus] = field(default_factory=dict)
    approvals: dict[str, AllowedDeletes] = field(default_factory=dict)
    staged: dict[str, tuple[Action, ...]] = field(default_factory=dict)
    cycles: defaultdict[str, list[Cycle]] = field(default_factory=lambda: defaultdict(list))
    numbers: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    holders: dict[TenantId, FakeLease] = field(default_factory=dict)

    def acquire(self, target: TenantId, holder: str) -> FakeLease:
        if target in self.holders:
            message = f"{target}: {self.holders[target].holder} holds the lease."
            raise LeaseHeldError(message)
        self.holders[target] = FakeLease(self.holders, target, holder)
        return self.holders[target]

    def status(self, job: Job) -> LinkStatus:
        return self.statuses.get(job.name.slug, LinkStatus())

    def set_status(self, job: Job, status: LinkStatus) -> None:
        self.statuses[job.name.slug] = status
        self.memory(job).rebuilt = status.rebuilt

    def memory(self, job: Job) -> FakeMemory:
        return self.shelves[job.name.slug]

    def allowed(self, job: Job) -> AllowedDeletes | None:
        return self.approvals.get(job.name.slug)

    def open_cycle(self, job: Job, plan: Plan | None, began: datetime) -> int:
        self.numbers[job.name.slug] += 1
        return self.numbers[job.name.slug]

    def intend(self, job: Job, cycle: int, actions: Sequence[Action], at: datetime) -> None:
        """An intent that is still open keeps its time: a guest of then is ours, too."""
        memory = self.memory(job)
        for action in actions:
            if isinstance(action, Create):
                source = action.person.source
                fresh = Intent(source=source, address=action.person.address or "", at=at)
                known = memory.open.setdefault(source, fresh)
                if known is not fresh and action.person.target is None:
                    memory.open[source] = replace(known, again=at)

    def record(self, job: Job, cycle: int, outcomes: Sequence[Outcome]) -> None:
        memory = self.memory(job)
        for outcome in outcomes:
            source = outcome.action.person.source
            if outcome.result is Result.DONE:
                self._note_done(memory, outcome)
            elif outcome.result is Result.FAILED:
                memory.people[source] = _failure(outcome, memory.people.get(source))
            self._use_up(job, outcome)
            if outcome.result is not Result.UNKNOWN and not _left_halfway(outcome):
                memory.open.pop(source, None)

    def stage(self, job: Job, cycle: int, actions: Sequence[Action], at: datetime) -> None:
        self.staged[job.name.slug] = tuple(actions)

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
        memory = self.memory(job)
        for source in forgotten:
            memory.pairs.pop(source, None)
        memory.keep(settled)
        for source in resolved:
            memory.people.pop(source, None)
        for skip in skips:
            if skip.waits and skip.source is not None and skip.reason is not Reason.ESCROWED:
                memory.people[skip.source] = Waiting(
                    source=skip.source, step=skip.step, reason=skip.reason.value
                )
        for source in closed_intents:
            memory.open.pop(source, None)

    def close_cycle(self, job: Job, cycle: Cycle) -> None:
        memory = self.memory(job)
        if cycle.applied:
            whole = isinstance(cycle.verdict, Proceed) and (cycle.plan is None or cycle.plan.whole)
            if whole or memory.fingerprint is None:
                memory.fingerprint = job.fingerprint
            if whole:
                self.approvals.pop(job.name.slug, None)
        self.cycles[job.name.slug].append(cycle)

    def release(self, job: Job, source: ObjectId) -> None:
        """A person's word that someone who waits is to be judged anew."""
        memory = self.memory(job)
        memory.people[source] = replace(
            memory.people[source], released=True, tries=0, retry_at=None
        )

    def allow(self, job: Job) -> None:
        """A person's word that what was staged last may be done."""
        removals = frozenset(
            Removal(verb(one), one.person.target)
            for one in self.staged[job.name.slug]
            if one.person.target is not None
        )
        self.approvals[job.name.slug] = AllowedDeletes(removals=removals, who="ada", why="moved")
        self.set_status(job, replace(self.status(job), rebuilt=False))

    def _use_up(self, job: Job, outcome: Outcome) -> None:
        allowed = self.allowed(job)
        tried = outcome.result in {Result.DONE, Result.UNKNOWN}
        if allowed is not None and tried and allowed.covers(outcome.action):
            del self.approvals[job.name.slug]

    def _note_done(self, memory: FakeMemory, outcome: Outcome) -> None:
        action, source = outcome.action, outcome.action.person.source
        memory.people.pop(source, None)
        if isinstance(action, Delete | Release):
            memory.pairs.pop(source, None)
            return
        target = outcome.target or action.person.target
        assert target is not None
        memory.keep(
            [
                Agreement(
                    source=source,
                    target=target,
                    source_seal=action.terms.source_seal,
                    wanted=action.terms.wanted,
                    mark=action.terms.mark,
                    written_at=outcome.at,
                )
            ]
        )


def _failure(outcome: Outcome, known: Waiting | None) -> Waiting:
    tries = known.tries if known else 0
    counted = tries if outcome.transient else tries + 1
    return Waiting(
        source=outcome.action.person.source,
        step=outcome.step,
        reason=outcome.code or "Failed",
        tries=counted,
        retry_at=None if outcome.transient else retry_at(counted, outcome.at),
        released=known.released if known else False,
    )


def _left_halfway(outcome: Outcome) -> bool:
    """Invited now or earlier, and not finished: the intent stays open, so the guest is ours."""
    finishes = isinstance(outcome.action, Create) and outcome.action.person.target is not None
    return (outcome.invited or finishes) and outcome.result is not Result.DONE
