"""App roles given to people and groups: requests enter, a principal's assignments leave."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox import odata
from sandbox.calls.objects import find, page, required, typed
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.clock import stamp
from sandbox.consent import assignment_id
from sandbox.contents import GraphObject
from sandbox.odata import Shape
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

# Stands for access without a role, where the application declares none.
_DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"
_MEMBERS = {
    "#microsoft.graph.user": ("User", "User"),
    "#microsoft.graph.group": ("Group", "User"),
    "#microsoft.graph.servicePrincipal": ("ServicePrincipal", "Application"),
}
SHOWN = frozenset(
    {
        "id",
        "appRoleId",
        "createdDateTime",
        "deletedDateTime",
        "principalDisplayName",
        "principalId",
        "principalType",
        "resourceDisplayName",
        "resourceId",
    }
)


def shape_of(entity_set: str) -> Shape:
    """Return how a collection of assignments may be asked for."""
    return Shape(
        resource="AppRoleAssignment",
        entity_set=entity_set,
        selectable=lambda name: name in SHOWN,
        filterable=lambda name: name in {"principalDisplayName", "resourceId"},
    )


def _shape(principal: GraphObject) -> Shape:
    return shape_of(f"servicePrincipals('{principal['id']}')/appRoleAssignedTo")


def _bad(message: str) -> Refusal:
    return refuse(400, "Request_BadRequest", message)


def _principal(tenant: Directory, request: Request) -> GraphObject:
    return find(tenant, tenant.registrations.service_principals, request)


def shown(
    tenant: Directory, request: Request, principal: GraphObject, assignment: GraphObject
) -> GraphObject | None:
    """Return an assignment with today's names; one of a deleted user is not shown."""
    holder = typed(tenant, assignment["principalId"])
    if holder is None:
        return None
    created = "creationTimestamp" if request.version == "beta" else "createdDateTime"
    return {
        "id": assignment["id"],
        "deletedDateTime": None,
        "appRoleId": assignment["appRoleId"],
        created: assignment["createdDateTime"],
        "principalDisplayName": holder.get("displayName"),
        "principalId": assignment["principalId"],
        "principalType": _MEMBERS[holder["@odata.type"]][0],
        "resourceDisplayName": principal["displayName"],
        "resourceId": principal["id"],
    }


def list_assigned(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/appRoleAssignedTo."""
    principal = _principal(tenant, request)
    given = tenant.registrations.assigned_to(principal["id"]).values()
    rows = (shown(tenant, request, principal, one) for one in given)
    return page(tenant, request, _shape(principal), (one for one in rows if one is not None))


def get_assigned(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/appRoleAssignedTo/{id}."""
    principal = _principal(tenant, request)
    assignment = tenant.registrations.assigned_to(principal["id"]).get(request.keys[1])
    item = assignment and shown(tenant, request, principal, assignment)
    if not item:
        raise missing(request.keys[1])
    return odata.entity(request, item, tail=_shape(principal).entity_set)


def assign(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals/{id}/appRoleAssignedTo."""
    principal = _principal(tenant, request)
    body = body_of(request.body)
    holder_id, role_id = _checked(tenant, principal, body)
    number = uuid.UUID(tenant.new_id("appRoleAssignment"))
    made = {
        "id": assignment_id(holder_id, number),
        "appRoleId": role_id,
        "createdDateTime": stamp(tenant.clock.now()),
        "principalId": holder_id,
    }
    tenant.registrations.assignments.setdefault(principal["id"], {})[made["id"]] = made
    tenant.register(made["id"])
    item = shown(tenant, request, principal, made)
    return odata.entity(request, item or {}, tail=_shape(principal).entity_set, status=201)


def _checked(tenant: Directory, principal: GraphObject, body: Any) -> tuple[str, str]:
    holder_id, role_id, resource_id = (
        str(required(body, name, "AppRoleAssignment")).lower()
        for name in ("principalId", "appRoleId", "resourceId")
    )
    if resource_id != principal["id"]:
        raise _bad("The 'resourceId' is not the service principal that the request names.")
    holder = typed(tenant, holder_id)
    if holder is None or not tenant.sees(holder_id) or holder["@odata.type"] not in _MEMBERS:
        raise missing(holder_id)
    if holder["@odata.type"] == "#microsoft.graph.group" and not holder.get("securityEnabled"):
        raise _bad("Only groups that are enabled for security can be assigned.")
    _check_role(principal, role_id, _MEMBERS[holder["@odata.type"]][1])
    given = tenant.registrations.assigned_to(principal["id"]).values()
    if any((one["principalId"], one["appRoleId"]) == (holder_id, role_id) for one in given):
        raise _bad("Permission being assigned already exists on the object")
    return holder_id, role_id


def _check_role(principal: GraphObject, role_id: str, member_type: str) -> None:
    roles = principal["appRoles"]
    if role_id == _DEFAULT_ROLE and not roles:
        return
    for role in roles:
        allowed = member_type in role["allowedMemberTypes"] and role.get("isEnabled", True)
        if role["id"].lower() == role_id and allowed:
            return
    raise _bad(f"Permission being assigned was not found on application '{principal['appId']}'.")


def withdraw(tenant: Directory, request: Request) -> Answer:
    """DELETE /servicePrincipals/{id}/appRoleAssignedTo/{id}."""
    given = tenant.registrations.assignments.get(_principal(tenant, request)["id"], {})
    if given.pop(request.keys[1], None) is None:
        raise missing(request.keys[1])
    return Answer(status=204)
