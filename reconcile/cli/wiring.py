"""Where graph, directory and state meet the engine: an estate enters, jobs and rounds leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from reconcile.cli import shell
from reconcile.cli.rounds import Round
from reconcile.cli.shell import Clients, Place
from reconcile.directory.source import GraphSource
from reconcile.directory.target import GraphTarget
from reconcile.engine.focus import Witness
from reconcile.engine.ports import Consent, Doors, TargetDirectory
from reconcile.engine.round import run_round
from reconcile.errors import InputError, ReconcileError
from reconcile.graph.control import verified_domains
from reconcile.graph.gate import gate
from reconcile.graph.stamps import complete_owner
from reconcile.model.cycles import Cycle, Gate
from reconcile.model.jobs import Job
from reconcile.model.links import Engine, Link, LinkName
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import Alias, Environment, ObjectId
from reconcile.state.store import SqlStore

Watch = Callable[[TargetDirectory], TargetDirectory]

AT_ONCE = 4
"""More targets than this wait: they share one processor."""


NOTHING_STAMPED = StampCarrier()
"""What carries stamps where only Entra pushes: such a link is held before anybody is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What rounds are run for: whose yes is asked, whom they act on, and who looks on."""

    consent: Consent | None = None
    limit: int | None = None
    only: frozenset[ObjectId] | None = None
    witness: Witness | None = None


NOTHING_WRITTEN = Errand()


def _as_it_is(target: TargetDirectory) -> TargetDirectory:
    return target


@dataclass(slots=True, kw_only=True)
class Estate:
    """The links that a command is about, in an environment whose tenants can be reached."""

    environment: Environment
    links: tuple[Link, ...]
    clients: Clients
    store: SqlStore
    _carriers: dict[Alias, StampCarrier | None] = field(default_factory=dict)
    _domains: dict[Alias, frozenset[str]] = field(default_factory=dict)
    _binding: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def targets(self) -> int:
        """How many rounds there are to run."""
        return len(shell.by_target(self.links))

    async def job(self, link: Link) -> Job:
        """The link, bound to ids, verified domains and stamps as they are now.

        Raises:
            DirectoryError, CredentialError: a tenant cannot be asked.
            InputError: the target has nowhere to keep stamps yet, and we are to push there.
            PermanentError: a tenant's stamps lost what carried them.
        """
        async with self._binding:
            return await self._job(link)

    async def _job(self, link: Link) -> Job:
        source, target = (self.clients.tenant(alias) for alias in link.name)
        carrier = await self._carrier(target.alias)
        if carrier is None and link.engine is Engine.RECONCILER:
            raise InputError(
                f"{target.alias}: no application owns Tenantry's stamps there, so nobody could "
                f"be told from others. Run `tenantry bootstrap {target.alias}`."
            )
        return Job(
            link=link,
            source=source.id,
            target=target.id,
            at=shell.SystemClock().now(),
            groups=tuple(source.groups[name] for name in link.scope.groups),
            users=tuple(source.users[name] for name in link.scope.users),
            memberships=tuple((name, source.groups[name]) for name in link.scope.memberships),
            source_domains=await self._verified(source.alias),
            source_carrier=await self._carrier(source.alias),
            target_carrier=carrier or NOTHING_STAMPED,
            settle=self.environment.settle,
        )

    async def _carrier(self, alias: Alias) -> StampCarrier | None:
        """Where a tenant's users carry stamps; None before the tenant is bootstrapped.

        Raises:
            PermanentError: what carried them is no longer there.
        """
        if alias not in self._carriers:
            choice = self.clients.tenant(alias).stamp
            if choice.attribute is not None:
                carrier: StampCarrier | None = StampCarrier(attribute=choice.attribute)
            else:
                owner = await complete_owner(self.clients.of(alias), choice.owner)
                carrier = StampCarrier(owner=owner) if owner else None
            self._carriers[alias] = carrier
        return self._carriers[alias]

    async def _verified(self, alias: Alias) -> frozenset[str]:
        if alias not in self._domains:
            self._domains[alias] = await verified_domains(self.clients.of(alias))
        return self._domains[alias]

    async def gate(self, job: Job) -> Gate:
        """Whether both tenants allow the push."""
        source, target = (self.clients.of(alias) for alias in job.name)
        return await gate(source, target, job)

    def doors(self, target: Alias, jobs: Sequence[Job], watch: Watch = _as_it_is) -> Doors:
        """Everything that a round into one target may touch."""
        return Doors(
            sources={
                job.name.slug: GraphSource(self.clients.of(job.name.source), job) for job in jobs
            },
            target=watch(GraphTarget(self.clients.of(target), jobs)),
            gate=self.gate,
            store=self.store,
            clock=shell.SystemClock(),
            holder=f"{shell.who()} {shell.new_id()}",
        )

    async def rounds(
        self,
        errand: Errand = NOTHING_WRITTEN,
        *,
        watch: Watch = _as_it_is,
        at_once: int = AT_ONCE,
    ) -> list[Round]:
        """One round a target; a target that fails does not stop the others.

        Targets have quotas of their own, so `at_once` of them take no longer than one.
        """
        turns = asyncio.Semaphore(at_once)

        async def in_turn(target: Alias, links: Sequence[Link]) -> Round:
            async with turns:
                try:
                    return await self._round(target, links, errand, watch)
                except ReconcileError as error:
                    return Round(target=target, error=error)

        groups = shell.by_target(self.links)
        return await asyncio.gather(*(in_turn(*group) for group in groups.items()))

    async def _round(
        self, target: Alias, links: Sequence[Link], errand: Errand, watch: Watch
    ) -> Round:
        """One round of the links that can be bound; one refused source does not stop the others."""
        jobs: list[Job] = []
        refusals: list[ReconcileError] = []
        for link in links:
            try:
                jobs.append(await self.job(link))
            except ReconcileError as error:
                refusals.append(error)
        refusal = refusals[0] if refusals else None
        if not jobs:
            return Round(target=target, error=refusal)
        doors = self.doors(target, jobs, watch)
        tenant = self.clients.tenant(target).id
        cycles = await run_round(
            tenant,
            jobs,
            doors,
            consent=errand.consent,
            limit=errand.limit,
            only=errand.only,
            witness=errand.witness,
        )
        return Round(target=target, cycles=self._counted(target, cycles), error=refusal)

    def _counted(self, target: Alias, cycles: Sequence[Cycle]) -> tuple[Cycle, ...]:
        """The cycles with the requests that each tenant has answered so far in this run."""
        return tuple(
            replace(
                cycle,
                requests={
                    alias: self.clients.of(alias).requests for alias in (cycle.link.source, target)
                },
            )
            for cycle in cycles
        )


@asynccontextmanager
async def open_estate(place: Place, only: Sequence[LinkName] = ()) -> AsyncIterator[Estate]:
    """The estate that was named; connections end with it.

    Raises:
        InputError, StateError: what was named cannot be used; nothing was read.
    """
    environment = shell.read_environment(place.environment)
    links = shell.read_links(place, environment, only)
    with shell.open_state(place, environment) as store:
        async with shell.clients(environment) as clients:
            yield Estate(environment=environment, links=links, clients=clients, store=store)
