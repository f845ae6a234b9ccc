"""How a sandbox outlives its process: requests that changed something enter a file, and return.

The same requests at the same moments make the same tenants, so a file needs only a snapshot and
the requests since. They are asked again when the sandbox starts, past quotas, faults and checks
that they have passed before.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.clock import ClockError, ManualClock, SystemClock
from sandbox.entries import Asked, Closed, Entry, Introduced, Passed
from sandbox.routing import route
from sandbox.snapshots import SnapshotError, freeze
from sandbox.store_file import Journal, Kept, StoreFileError
from sandbox.wire import Caller, Refusal, Request

if TYPE_CHECKING:
    from sandbox.store import Directory, Store
    from sandbox.world import Sandbox

_UNKEPT = frozenset({"authorization", "cookie"})


class Keeper:
    """Writes down what changes the tenants of one sandbox."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        """Keep the tenants as they are now, and from now on."""
        self._sandbox = sandbox
        self._journal = Journal(path)
        self._callers: dict[Caller, int] = {}
        self.begin()

    def begin(self) -> None:
        """Keep the tenants as they are now, and forget how they came to be so.

        Raises:
            StoreFileError: when it cannot be written; the file is as it was.
        """
        self._begin()
        if self._sandbox.store.closures:
            self._journal.add(self._closed())

    def _begin(self) -> None:
        self._callers.clear()
        self._journal.begin(freeze(self._sandbox.store), self._sandbox.clock.now())

    def note(self, request: Request, ids: int) -> None:
        """Keep a request that took effect, and how many ids its tenant had made before.

        Raises:
            StoreFileError: when it cannot be kept; it will be with the next one that can.
        """
        if self._journal.behind:
            self.begin()
            return
        kept = request.headers.keys() - _UNKEPT
        self._journal.add(
            Asked(
                at=self._sandbox.clock.now(),
                by=self._number(request.caller),
                method=request.method,
                version=request.version,
                path=request.path,
                query=dict(request.query),
                headers={name: request.headers[name] for name in kept},
                body=request.body,
                origin=request.origin,
                ids=ids,
            )
        )

    def passed(self) -> None:
        """Keep that time was pushed forward."""
        self._happened(Passed(at=self._sandbox.clock.now()))

    def closed(self) -> None:
        """Keep what faults close from now on."""
        self._happened(self._closed())

    def _closed(self) -> Closed:
        return Closed(at=self._sandbox.clock.now(), closed=self._sandbox.store.closures)

    def _happened(self, entry: Entry) -> None:
        # What cannot be kept now is kept with the next change, or that one is refused.
        if not self._journal.behind:
            with suppress(StoreFileError):
                self._journal.add(entry)

    def end(self) -> None:
        """Keep everything in one snapshot, so that the next start is short.

        Raises:
            StoreFileError: when it cannot be written; the file has what was acknowledged.
        """
        try:
            # What a fault closed was not closed by the tenants themselves.
            self._begin()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the file, which already has everything."""
        self._journal.close()

    def _number(self, caller: Caller) -> int:
        """Return the number of a caller, introduced once."""
        number = self._callers.get(caller)
        if number is None:
            number = self._callers[caller] = len(self._callers)
            introduced = Introduced(
                number=number,
                tenant=caller.tenant_id,
                app=caller.app_id,
                permissions=caller.permissions,
            )
            self._journal.add(introduced)
        return number


def bring_back(sandbox: Sandbox, kept: Kept) -> None:
    """Make the tenants what they were when the file was last written.

    Raises:
        SnapshotError: when this program did not make the snapshot; the tenants are as they were.
        StoreFileError: when a request that took effect is refused now; they are, too.
    """
    before = {one.name: getattr(sandbox.store, one.name) for one in fields(sandbox.store)}
    try:
        _reach(sandbox, _relived(sandbox, kept))
        sandbox.store.closures = before["closures"]
    except BaseException as problem:
        for name, value in before.items():
            setattr(sandbox.store, name, value)
        if isinstance(problem, OverflowError | ClockError):
            raise StoreFileError(
                f"{kept.name}: its time cannot be reached ({problem})."
            ) from problem
        raise
    sandbox.delay_again()


def _reach(sandbox: Sandbox, last: datetime) -> None:
    """Go on no earlier than the file ended."""
    ahead = (last - sandbox.clock.now()).total_seconds()
    if ahead > 0 and isinstance(sandbox.clock, SystemClock | ManualClock):
        sandbox.clock.advance(ahead)


def _relived(sandbox: Sandbox, kept: Kept) -> datetime:
    """Restore a file's snapshot and ask again what was asked since; return the last moment."""
    try:
        sandbox.restore(kept.snapshot)
    except SnapshotError as problem:
        raise problem.of(kept.name) from problem
    clock = ManualClock(kept.taken_at)
    callers: dict[int, Caller] = {}
    sandbox.store.closures = frozenset()
    with ExitStack() as past:
        _turn(sandbox, clock, past)
        for number, entry in enumerate(kept.entries, start=1):
            try:
                _relive(sandbox, entry, clock, callers)
            except (
                Refusal,
                LookupError,
                TypeError,
                ValueError,
                AttributeError,
                ArithmeticError,
            ) as problem:
                raise StoreFileError(_cannot_be(kept.name, number, entry, problem)) from problem
    return clock.now()


def _relive(sandbox: Sandbox, entry: Entry, clock: ManualClock, callers: dict[int, Caller]) -> None:
    if isinstance(entry, Introduced):
        callers[entry.number] = Caller(
            tenant_id=entry.tenant, app_id=entry.app, permissions=entry.permissions
        )
        return
    # A system's time may go back, and then it did so for the tenants.
    clock.turn(entry.at)
    sandbox.settle()
    if isinstance(entry, Asked):
        _again(sandbox, entry, callers[entry.by])
    elif isinstance(entry, Closed):
        sandbox.store.closures = entry.closed


def _cannot_be(name: str, number: int, entry: Entry, problem: Exception) -> str:
    what = f"entry {number} after the snapshot"
    if isinstance(entry, Asked):
        what += f" ({entry.method} {entry.path} at {entry.at.isoformat()})"
    how = (
        f"refused now ({problem.answer.status})" if isinstance(problem, Refusal) else repr(problem)
    )
    return (
        f"{name}: {what} took effect then and does not now: {how}. Another version of the "
        "sandbox kept it: start that version once more and take a snapshot."
    )


def _turn(sandbox: Sandbox, clock: ManualClock, past: ExitStack) -> None:
    """Let the tenants take a past moment for the present, and everything for replicated."""
    owners: tuple[Store | Directory, ...] = (sandbox.store, *sandbox.store.tenants.values())
    for owner in owners:
        past.callback(setattr, owner, "clock", owner.clock)
        owner.clock = clock
    for tenant in sandbox.store.tenants.values():
        tenant.replicate(listings=0, points=0)


def _again(sandbox: Sandbox, asked: Asked, caller: Caller) -> None:
    """Ask once more what was asked."""
    tenant = sandbox.store.tenants[caller.tenant_id]
    # Requests that were refused are not kept, and some of them took an id all the same.
    tenant.ids_made = asked.ids
    tenant.expire()
    request = Request(
        method=asked.method,
        version=asked.version,
        path=asked.path,
        caller=caller,
        query=asked.query,
        headers=asked.headers,
        body=asked.body,
        origin=asked.origin,
    )
    match = route(request.method, request.version, request.path)
    sandbox.perform(match, request.at(match.keys, match.route.permissions))
