"""The whole sandbox as one object: an estate and a clock enter, answers to requests leave."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from sandbox.audit_trail import audited
from sandbox.batch import answer_batch
from sandbox.clock import Clock, SystemClock, stamp
from sandbox.estate import demo_estate
from sandbox.faults import Faults
from sandbox.identity import Identity
from sandbox.keys import SigningKey, process_key
from sandbox.meter import Meter
from sandbox.native.schedule import run_due
from sandbox.permissions import require
from sandbox.routing import Match, route
from sandbox.seeds import TenantSeed
from sandbox.snapshots import thaw
from sandbox.store import Directory, Store
from sandbox.store_file import StoreFileError
from sandbox.tally import Tally
from sandbox.wire import Answer, Dropped, Refusal, Request, refuse

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from sandbox.closures import Closures
    from sandbox.keeping import Keeper

ORIGIN = "https://127.0.0.1:8443"
_BATCH = "/$batch"
_REGISTERED = ("/applications", "/applicationTemplates", "/servicePrincipals")
_REQUEST_IDS = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


class Sandbox:
    """Simulated tenants with their identity platform, throttling and faults.

    Tests edit a tenant through `sandbox.tenant("fabrikam")`, as its administrator would, and reach
    it over HTTP through `sandbox.asgi`.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        estate: Iterable[TenantSeed] | None = None,
        throttling: bool = False,
        replication_delay: float = 0,
        seed: int = 7,
        origin: str = ORIGIN,
        key: SigningKey | None = None,
    ) -> None:
        """Load the estate, by default the demonstration's four tenants."""
        self.clock: Clock = clock or SystemClock()
        self.origin = origin
        self.store = Store(clock=self.clock)
        self.store.load_all(demo_estate(seed) if estate is None else estate)
        self.identity = Identity(
            store=self.store, clock=self.clock, origin=origin, key=key or process_key()
        )
        self.meter = Meter(self.clock, on=throttling, population=self._population)
        self.faults = Faults(self.clock, seed, self.store, self._shut)
        self.requests = Tally()
        self.keeper: Keeper | None = None
        self._request_number = self._restored = 0
        self.replicate(listings=replication_delay, points=replication_delay)

    def tenant(self, alias: str) -> Directory:
        """Return a tenant by the name that topologies use, as it is by now."""
        self.settle()
        return self.store.by_alias(alias)

    def replicate(self, *, listings: float, points: float) -> None:
        """Delay what every tenant shows: in listings, and to requests that name a new object."""
        self.listings_delay, self.points_delay = listings, points
        for tenant in self.store.tenants.values():
            tenant.replicate(listings=listings, points=points)

    def restore(self, frozen: bytes) -> None:
        """Put a snapshot in the place of all tenants; time, settings and faults stay.

        Raises:
            SnapshotError: when the bytes are no snapshot of this program; nothing changed.
        """
        thaw(self.store, frozen)
        self.delay_again()

    def go_back(self, frozen: bytes) -> None:
        """Restore a snapshot of this life of the tenants: what came after it never happened.

        Raises:
            SnapshotError: when the bytes are no snapshot of this program; nothing changed.
        """
        self.restore(frozen)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Let what was restored be another life of the tenants, on the file, too."""
        self._restored += 1
        for tenant in self.store.tenants.values():
            # Places in a log that goes on differently mean nothing to who remembers them.
            tenant.log.epoch = f"{stamp(self.clock.now())}/{self._restored}"
        if self.keeper is not None:
            self.keeper.begin()

    def delay_again(self) -> None:
        """Begin the replication delay anew: everything that is there now is seen everywhere."""
        self.replicate(listings=self.listings_delay, points=self.points_delay)

    @property
    def mails(self) -> list[tuple[str, str, str]]:
        """The mails that invitations would have sent: tenant, kind, address."""
        return [
            (tenant.alias, kind, address)
            for tenant in self.store.tenants.values()
            for kind, address in tenant.mails
        ]

    @property
    def invitations(self) -> dict[tuple[str, str], int]:
        """How often each address was invited into each tenant."""
        return {
            (tenant.alias, address): number
            for tenant in self.store.tenants.values()
            for address, number in tenant.invitations.items()
        }

    @cached_property
    def asgi(self) -> Starlette:
        """The sandbox as an ASGI application."""
        from sandbox.http import application  # noqa: PLC0415 - only who serves needs Starlette

        return application(self)

    def settle(self) -> None:
        """Let what has become due since somebody last asked happen."""
        self.store.organizations.settle(self.store)
        run_due(self.store)

    def _shut(self, closures: Closures) -> None:
        """Close targets, or open them again, once everything that was due before is done."""
        self.settle()
        self.store.closures = closures
        if self.keeper is not None:
            self.keeper.closed()

    def _population(self, tenant_id: str) -> int:
        return len(self.store.tenants[tenant_id].users)

    def answer(self, request: Request) -> Answer | Dropped:
        """Answer one Graph request whose caller is known."""
        if self.faults.leap(request) and self.keeper is not None:
            self.keeper.passed()
        self.settle()
        lost = self.faults.cut(request)
        if lost is not None:
            name = f"{request.method} {request.path}"
            self.requests.note(request, name, lost.answer.status, writes=request.path != _BATCH)
            return lost
        if request.path == _BATCH and not request.inner:
            return self._batch(request)
        return self._one(request)

    def _batch(self, request: Request) -> Answer | Dropped:
        try:
            if request.method != "POST":
                raise refuse(
                    405,
                    "Request_BadRequest",
                    "Specified HTTP method is not allowed for the request target.",
                )
            found = answer_batch(request, self._one)
        except Refusal as refused:
            found = refused.answer
        status = found.answer.status if isinstance(found, Dropped) else found.status
        self.requests.note(request, f"POST {_BATCH}", status, writes=False)
        return self._sealed(request, found)

    def _one(self, request: Request) -> Answer | Dropped:
        match: Match | None = None
        found: Answer | Dropped
        try:
            match = route(request.method, request.version, request.path)
            found = self._admitted(match, request.at(match.keys, match.route.permissions))
        except Refusal as refused:
            found = refused.answer
        if isinstance(found, Answer):
            found.headers.update(self.meter.headers(request))
            found = self.faults.after(request, found)
        status = found.answer.status if isinstance(found, Dropped) else found.status
        name = match.name if match else f"{request.method} {request.path}"
        self.requests.note(request, name, status, writes=match is not None and match.writes)
        return self._sealed(request, found)

    def _admitted(self, match: Match, request: Request) -> Answer:
        turned_away = self.faults.before(request) or self.meter.charge(request)
        if turned_away is not None:
            return turned_away
        tenant = self.store.tenants[request.caller.tenant_id]
        tenant.expire()
        request = self.faults.permitted(request)
        require(request, match.route)
        ids = tenant.ids_made
        answer = self.perform(match, request)
        if request.method != "GET":
            self._keep(request, ids)
        return answer

    def _keep(self, request: Request, ids: int) -> None:
        """Keep what took effect before its answer leaves, or say that it was not kept."""
        try:
            if self.keeper is not None:
                self.keeper.note(request, ids)
        except StoreFileError as problem:
            # Graph says this of a quota of storage; a client had better not try again.
            raise refuse(507, "insufficientStorage", str(problem)) from problem

    def perform(self, match: Match, request: Request) -> Answer:
        """Do what a request that was let in asks for."""
        tenant = self.store.tenants[request.caller.tenant_id]
        answer = audited(match.name, tenant, request, match.route.call)
        if match.writes and request.path.startswith(_REGISTERED):
            tenant.observe()
        return answer

    def _sealed(self, request: Request, found: Answer | Dropped) -> Answer | Dropped:
        self.seal(found.answer if isinstance(found, Dropped) else found, request.headers)
        return found

    def seal(self, answer: Answer, asked: Mapping[str, str]) -> Answer:
        """Give an answer the ids and the date that every answer of Graph carries."""
        self._request_number += 1
        request_id = str(uuid.uuid5(_REQUEST_IDS, str(self._request_number)))
        client_id = asked.get("client-request-id", request_id)
        now = self.clock.now()
        answer.headers.setdefault("request-id", request_id)
        answer.headers.setdefault("client-request-id", client_id)
        answer.headers.setdefault("Date", now.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        if isinstance(answer.body, dict) and "innerError" in (answer.body.get("error") or ()):
            answer.body["error"]["innerError"] |= {
                "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
                "request-id": request_id,
                "client-request-id": client_id,
            }
        return answer
