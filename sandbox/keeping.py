"""How a sandbox outlives its process: requests that changed something enter a file, and return.

The same requests at the same moments make the same tenants, so a file needs only a snapshot and
the requests since. They are asked again when the sandbox starts, past quotas, faults and checks
that they have passed before.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.clock import ManualClock, SystemClock
from sandbox.routing import route
from sandbox.snapshots import freeze
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
        """Keep the tenants as they are now, and forget how they came to be so."""
        self._callers.clear()
        self._journal.begin(freeze(self._sandbox.store), self._sandbox.clock.now())

    def note(self, request: Request, ids: int) -> None:
        """Keep a request that took effect, and how many ids its tenant had made before."""
        self._journal.add(
            {
                "at": self._sandbox.clock.now().isoformat(),
                "by": self._number(request.caller),
                "method": request.method,
                "version": request.version,
                "path": request.path,
                "query": request.query,
                "headers": {
                    name: request.headers[name] for name in request.headers.keys() - _UNKEPT
                },
                "body": request.body,
                "origin": request.origin,
                "ids": ids,
            }
        )

    def passed(self) -> None:
        """Keep that time was pushed forward."""
        self._journal.add({"at": self._sandbox.clock.now().isoformat()})

    def end(self) -> None:
        """Keep everything in one snapshot, so that the next start is short."""
        self.begin()
        self.close()

    def close(self) -> None:
        """Let go of the file, which already has everything."""
        self._journal.close()

    def _number(self, caller: Caller) -> int:
        """Return the number of a caller, introduced once."""
        number = self._callers.get(caller)
        if number is None:
            number = self._callers[caller] = len(self._callers)
            self._journal.add(
                {
                    "caller": number,
                    "tenant": caller.tenant_id,
                    "app": caller.app_id,
                    "permissions": sorted(caller.permissions),
                }
            )
        return number


def bring_back(sandbox: Sandbox, kept: Kept) -> None:
    """Make the tenants what they were when the file was last written.

    Raises:
        SnapshotError: when this program did not make the snapshot.
        StoreFileError: when a request that took effect is refused now.
    """
    sandbox.restore(kept.snapshot)
    last = kept.taken_at
    callers: dict[int, Caller] = {}
    with ExitStack() as past:
        clock = ManualClock(last)
        _turn(sandbox, clock, past)
        for entry in kept.entries:
            if "caller" in entry:
                callers[entry["caller"]] = _caller(entry)
                continue
            last = datetime.fromisoformat(entry["at"])
            clock.advance((last - clock.now()).total_seconds())
            sandbox.settle()
            if "by" in entry:
                _again(sandbox, entry, callers[entry["by"]])
    ahead = (last - sandbox.clock.now()).total_seconds()
    if ahead > 0 and isinstance(sandbox.clock, SystemClock | ManualClock):
        sandbox.clock.advance(ahead)
    sandbox.delay_again()


def _turn(sandbox: Sandbox, clock: ManualClock, past: ExitStack) -> None:
    """Let the tenants take a past moment for the present, and everything for replicated."""
    owners: tuple[Store | Directory, ...] = (sandbox.store, *sandbox.store.tenants.values())
    for owner in owners:
        past.callback(setattr, owner, "clock", owner.clock)
        owner.clock = clock
    for tenant in sandbox.store.tenants.values():
        tenant.replicate(listings=0, points=0)


def _caller(entry: Mapping[str, Any]) -> Caller:
    return Caller(
        tenant_id=entry["tenant"],
        app_id=entry["app"],
        permissions=frozenset(entry["permissions"]),
    )


def _again(sandbox: Sandbox, entry: Mapping[str, Any], caller: Caller) -> None:
    """Ask once more what was asked."""
    tenant = sandbox.store.tenants[caller.tenant_id]
    # Requests that were refused are not kept, and some of them took an id all the same.
    tenant.ids_made = entry["ids"]
    tenant.expire()
    names = ("method", "version", "path", "query", "headers", "body", "origin")
    request = Request(caller=caller, **{name: entry[name] for name in names})
    match = route(request.method, request.version, request.path)
    try:
        sandbox.perform(match, request.at(match.keys, match.route.permissions))
    except Refusal as refused:
        raise StoreFileError(
            f"store: {request.method} {request.path} took effect at {entry['at']} and is refused "
            f"now ({refused.answer.status}). Another version of the sandbox kept it: start that "
            "version once more and take a snapshot."
        ) from refused
