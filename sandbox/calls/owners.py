"""Owners of applications, principals and groups: requests enter, owners leave."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls.groups import find_group
from sandbox.calls.objects import find, listed, require_owner, typed
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Request


def _list(tenant: Directory, request: Request, object_id: str) -> Answer:
    held = sorted(tenant.registrations.owners.get(object_id, ()))
    found = [typed(tenant, owner) for owner in held]
    return listed(request, "directoryObjects", [item for item in found if item is not None])


def _remove(tenant: Directory, request: Request, shelf: Mapping[str, GraphObject]) -> Answer:
    item = find(tenant, shelf, request)
    require_owner(tenant, request, item["id"])
    held = tenant.registrations.owners.get(item["id"], set())
    if request.keys[1] not in held:
        raise missing(request.keys[1])
    held.discard(request.keys[1])
    return Answer(status=204)


def of_application(tenant: Directory, request: Request) -> Answer:
    """GET /applications/{id}/owners."""
    return _list(tenant, request, find(tenant, tenant.registrations.applications, request)["id"])


def remove_from_application(tenant: Directory, request: Request) -> Answer:
    """DELETE /applications/{id}/owners/{id}/$ref; the caller may remove itself."""
    return _remove(tenant, request, tenant.registrations.applications)


def of_principal(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/owners."""
    return _list(
        tenant, request, find(tenant, tenant.registrations.service_principals, request)["id"]
    )


def remove_from_principal(tenant: Directory, request: Request) -> Answer:
    """DELETE /servicePrincipals/{id}/owners/{id}/$ref; the caller may remove itself."""
    return _remove(tenant, request, tenant.registrations.service_principals)


def of_group(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/owners."""
    return _list(tenant, request, find_group(tenant, request)["id"])
