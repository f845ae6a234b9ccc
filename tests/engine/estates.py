"""An estate for tests of the engine: the sandbox, Graph's adapters and SQLite, in one process."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self, TypeVar

from reconcile.directory.source import GraphSource
from reconcile.directory.target import GraphTarget
from reconcile.engine.focus import Witness
from reconcile.engine.ports import Doors
from reconcile.engine.round import run_round
from reconcile.graph.client import GraphClient
from reconcile.graph.gate import gate
from reconcile.model.cycles import Cycle, Gate, Hold
from reconcile.model.jobs import Job
from reconcile.model.links import Link
from reconcile.model.plans import Plan
from reconcile.model.stamps import Stamp, StampCarrier
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.state.store import SqlStore, open_store
from sandbox.estate import PLACES, tenant_seed
from sandbox.inprocess import InProcessTransport
from sandbox.policy_objects import partner_of
from sandbox.seeds import sandbox_id
from sandbox.store import Directory
from sandbox.virtual import VirtualClock, VirtualLoop
from sandbox.world import Sandbox
from tests.engine.lives import KilledError, Life, MortalTransport, mortal_store
from tests.graph.worlds import Issued, tenant

T = TypeVar("T")

LEASE_LASTS = timedelta(seconds=10)
"""Short, so that a run may follow a dead one while what that one wrote is still settling."""


def everyone(plans: Sequence[tuple[Plan, Hold | None]]) -> frozenset[str]:
    """Consent to everything that is not held."""
    return frozenset(plan.link.slug for plan, held in plans if held is None)


@dataclass(slots=True)
class Estate:
    """Tenants without people, policies that allow every link, and what runs between them.

    With `delay`, whatever tenants list is that many seconds old.
    """

    links: Sequence[Link]
    settle: timedelta = timedelta(0)
    delay: float = 0
    loop: VirtualLoop = field(default_factory=VirtualLoop)
    clock: VirtualClock = field(init=False)
    sandbox: Sandbox = field(init=False)
    store: SqlStore = field(init=False)
    _jobs: dict[str, list[Job]] = field(default_factory=dict)
    _clients: dict[str, GraphClient] = field(default_factory=dict)
    _life: Life = field(default_factory=Life)

    def __post_init__(self) -> None:
        self.clock = VirtualClock(self.loop)
        names = sorted({str(alias) for link in self.links for alias in link.name})
        seeds = [tenant_seed(PLACES[name], []) for name in names]
        self.sandbox = Sandbox(self.clock, estate=seeds, replication_delay=self.delay)
        self.store = open_store("sqlite://", self.clock, lease_lasts=LEASE_LASTS)
        carriers = {name: self._bootstrap(name) for name in names}
        for link in self.links:
            self._allow(link)
            self._jobs.setdefault(link.name.target, []).append(self._job(link, carriers))

    def _bootstrap(self, alias: str) -> StampCarrier:
        """Give a tenant the application that owns stamps, as `tenantry bootstrap` does."""
        registrations = self.sandbox.tenant(alias).registrations
        owner = registrations.add_application({"displayName": "Tenantry stamps"}, None)
        carrier = StampCarrier(owner=owner["appId"])
        registrations.extensions[owner["id"]] = {
            name: {
                "name": name,
                "dataType": "String",
                "isMultiValued": False,
                "targetObjects": ["User"],
            }
            for name in carrier.properties
        }
        return carrier

    def _allow(self, link: Link) -> None:
        source, target = (self.sandbox.tenant(alias) for alias in link.name)
        for one, other, side in ((target, source, "inbound"), (source, target, "outbound")):
            partner = one.partners.setdefault(
                other.tenant_id, partner_of({"tenantId": other.tenant_id})
            )
            consent = dict(partner["automaticUserConsentSettings"])
            partner["automaticUserConsentSettings"] = {**consent, f"{side}Allowed": True}
        target.identity_sync[source.tenant_id] = {
            "tenantId": source.tenant_id,
            "displayName": source.alias,
            "userSyncInbound": {"isSyncAllowed": True},
        }

    def _job(self, link: Link, carriers: Mapping[str, StampCarrier]) -> Job:
        source, target = link.name
        return Job(
            at=self.clock.now(),
            link=link,
            source=TenantId(PLACES[source].tenant_id),
            target=TenantId(PLACES[target].tenant_id),
            groups=tuple(
                ObjectId(sandbox_id(f"group:{source}:{name}")) for name in link.scope.groups
            ),
            source_domains=frozenset({PLACES[source].domain}),
            source_carrier=carriers[source],
            target_carrier=carriers[target],
            settle=self.settle,
        )

    # What runs.

    def jobs(self, target: str = "fabrikam") -> list[Job]:
        return self._jobs[target]

    @property
    def targets(self) -> list[str]:
        return sorted(self._jobs)

    def cycle(
        self,
        target: str = "fabrikam",
        *,
        killed_at: int | None = None,
        dry: bool = False,
        witness: Witness | None = None,
    ) -> tuple[Cycle, ...]:
        """One round into a target.

        Raises:
            KilledError: the run died at its step `killed_at`; its lease stays until it expires.
        """
        self._life.ends_at, self._life.steps = killed_at, 0
        try:
            return self.run(self._round(target, dry=dry, witness=witness))
        except KilledError:
            self._bury()
            raise

    async def _round(self, target: str, *, dry: bool, witness: Witness | None) -> tuple[Cycle, ...]:
        jobs = self._jobs[target]
        doors = Doors(
            sources={
                job.name.slug: GraphSource(self._client(job.name.source), job) for job in jobs
            },
            target=GraphTarget(self._client(target), jobs),
            gate=self._gate,
            store=mortal_store(self.store, self._life),
            clock=self.clock,
            holder="test",
        )
        consent = None if dry else everyone
        return await run_round(jobs[0].target, jobs, doors, consent=consent, witness=witness)

    async def _gate(self, job: Job) -> Gate:
        return await gate(self._client(job.name.source), self._client(job.name.target), job)

    def _client(self, alias: str) -> GraphClient:
        if alias not in self._clients:
            bound, numbers = tenant(alias), itertools.count()
            self._clients[alias] = GraphClient(
                bound,
                Issued(self.sandbox, bound.id, sandbox_id(f"app:{alias}:reconciler")),
                clock=self.clock,
                new_id=lambda: f"00000000-0000-0000-0000-{next(numbers):012}",
                transport=MortalTransport(InProcessTransport(self.sandbox), self._life),
            )
        return self._clients[alias]

    def _bury(self) -> None:
        """Whatever the dead run still had under way ends with it; the next one starts anew."""
        rest = asyncio.all_tasks(self.loop)
        for task in rest:
            task.cancel()
        self.run(_ended(rest))
        self._clients.clear()
        self._life = Life()

    def run(self, doing: Awaitable[T]) -> T:
        async def main() -> T:
            return await doing

        return self.loop.run_until_complete(main())

    def pass_time(self, by: timedelta) -> None:
        self.run(self.clock.sleep(by.total_seconds()))

    def writes(self, during: Callable[[], object]) -> int:
        """How many writes reach any tenant meanwhile."""
        before = self.sandbox.requests.writes
        during()
        return self.sandbox.requests.writes - before

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for client in self._clients.values():
            self.run(client.close())
        self.store.close()
        self.loop.close()

    # What people do.

    def hire(self, alias: str, name: str, **properties: Any) -> ObjectId:
        """A new person of a tenant, assigned to its `employees`."""
        person = ObjectId(self.add(alias, name, **properties))
        self.sandbox.tenant(alias).add_member(sandbox_id(f"group:{alias}:employees"), person)
        return person

    def add(self, alias: str, name: str, **properties: Any) -> ObjectId:
        """A new internal account, or whatever `properties` make of it."""
        address = f"{name}@{PLACES[alias].domain}"
        mail = properties.get("mail", address)
        return ObjectId(
            self.sandbox.tenant(alias).add_user(
                {
                    "displayName": name.title(),
                    "userPrincipalName": address,
                    "mail": mail,
                    "proxyAddresses": [f"SMTP:{mail}"] if mail else [],
                    "userType": "Member",
                    "accountEnabled": True,
                    **properties,
                }
            )
        )

    def copies(self, target: str, source: str) -> dict[ObjectId, list[dict[str, Any]]]:
        """Live external users of a target by the source person whose stamp they carry."""
        found: dict[ObjectId, list[dict[str, Any]]] = {}
        for user in self.sandbox.tenant(target).users.values():
            stamp = self.stamp(target, user)
            if stamp is not None and stamp.tenant == PLACES[source].tenant_id and external(user):
                found.setdefault(stamp.person, []).append(user)
        return found

    def stamp(self, target: str, user: Mapping[str, Any]) -> Stamp | None:
        return self._jobs[target][0].target_carrier.read(user)


async def _ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        with suppress(BaseException):
            await task


def external(user: Mapping[str, Any]) -> bool:
    return user.get("creationType") == "Invitation"


def members(tenant: Directory) -> set[str]:
    """Who is assigned to a tenant's `employees` and was not deleted."""
    group = tenant.members.get(sandbox_id(f"group:{tenant.alias}:employees"), {})
    return set(group) & set(tenant.users)
