"""Deleted objects by their id: what may be done with each type enters, a call for all leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.permissions import denied
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is done with a deleted object of one type, and the permissions that allow it."""

    act: Callable[[Directory, Request, GraphObject], Answer]
    permissions: frozenset[str]


def on_deleted(*, user: Way, group: Way) -> Callable[[Directory, Request], Answer]:
    """Return the call that finds out what the id names and goes the way of its type."""
    ways: Mapping[str, Way] = {"user": user, "group": group}

    def call(tenant: Directory, request: Request) -> Answer:
        kind, item = _find(tenant, request)
        if not request.caller.permissions & ways[kind].permissions:
            raise denied()
        return ways[kind].act(tenant, request, item)

    return call


def require_purging(tenant: Directory) -> None:
    """Refuse an application that removes a deleted object for good.

    The stored copies of graph-docs directory-deleteditems-delete say that applications may not, and
    no permission is published; newer words may be otherwise, so a switch lets them.
    """
    if not tenant.store.switches.applications_purge:
        raise denied()


def _find(tenant: Directory, request: Request) -> tuple[str, GraphObject]:
    """Return the deleted object that the request names, of the type that its path casts to."""
    key = request.keys[0].lower()
    if key.startswith("graph."):
        raise refuse(501, "notSupported", f"The sandbox does not simulate '{request.keys[0]}'.")
    last = request.path.rpartition("/")[2].lower()
    cast = last.rpartition(".")[2] if "graph." in last else ""
    for kind, shelf in (("user", tenant.deleted_users), ("group", tenant.deleted_groups)):
        if key in shelf and cast in {"", kind}:
            return kind, shelf[key]
    raise missing(request.keys[0])
