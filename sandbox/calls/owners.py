"""Owners of applications, principals and groups: requests enter, owners leave."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls.group_rules import require_role_rights
from sandbox.calls.groups import find_group
from sandbox.calls.objects import find, listed, referenced, require_owner, typed
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

_OWNING = frozenset({"#microsoft.graph.user", "#microsoft.graph.servicePrincipal"})


def _list(tenant: Directory, request: Request, object_id: str) -> Answer:
    held = sorted(tenant.registrations.owners.get(object_id, ()))
    found = [typed(tenant, owner, request.version) for owner in held]
    return listed(request, "directoryObjects", [item for item in found if item is not None])


def _remove(tenant: Directory, request: Request, shelf: Mapping[str, GraphObject]) -> Answer:
    item = find(tenant, shelf, request)
    require_owner(tenant, request, item["id"])
    held = tenant.registrations.owners.get(item["id"], set())
    if request.keys[1] not in held:
        raise missing(request.keys[1])
    held.discard(request.keys[1])
    return Answer(status=204)


def _add(tenant: Directory, request: Request, object_id: str) -> Answer:
    owner = referenced(request.body)
    item = typed(tenant, owner)
    if item is None or not tenant.sees(owner):
        raise missing(owner)
    if item["@odata.type"] not in _OWNING:
        raise refuse(400, "Request_BadRequest", "Only users and service principals can be owners.")
    held = tenant.registrations.owners.setdefault(object_id, set())
    if owner in held:
        raise refuse(
            400,
            "Request_BadRequest",
            "One or more added object references already exist for the following modified "
            "properties: 'owners'.",
        )
    held.add(owner)
    return Answer(status=204)


def add_to_application(tenant: Directory, request: Request) -> Answer:
    """POST /applications/{id}/owners/$ref."""
    app = find(tenant, tenant.registrations.applications, request)
    require_owner(tenant, request, app["id"])
    return _add(tenant, request, app["id"])


def add_to_principal(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals/{id}/owners/$ref."""
    principal = find(tenant, tenant.registrations.service_principals, request)
    require_owner(tenant, request, principal["id"])
    return _add(tenant, request, principal["id"])


def add_to_group(tenant: Directory, request: Request) -> Answer:
    """POST /groups/{id}/owners/$ref."""
    group = find_group(tenant, request)
    require_role_rights(request, group)
    return _add(tenant, request, group["id"])


def remove_from_group(tenant: Directory, request: Request) -> Answer:
    """DELETE /groups/{id}/owners/{id}/$ref; the last owner who is a user stays."""
    group = find_group(tenant, request)
    require_role_rights(request, group)
    held = tenant.registrations.owners.get(group["id"], set())
    owner = request.keys[1]
    if owner not in held:
        raise missing(owner)
    if held & tenant.users.keys() == {owner}:
        raise refuse(
            400,
            "Request_BadRequest",
            "The group must have at least one owner, hence this owner cannot be removed.",
        )
    held.discard(owner)
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
