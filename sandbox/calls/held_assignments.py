"""App roles from their holder's side: requests enter, what one person, group or principal has."""

from __future__ import annotations

from sandbox import odata
from sandbox.calls import assignments
from sandbox.calls.groups import find_group
from sandbox.calls.objects import page
from sandbox.calls.principals import find_principal
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import find_user, missing
from sandbox.contents import GraphObject
from sandbox.odata import Shape
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

_FINDERS = {"users": find_user, "groups": find_group, "serviceprincipals": find_principal}


def _holder(tenant: Directory, request: Request) -> GraphObject:
    return _FINDERS[_kind(request).lower()](tenant, request)


def _kind(request: Request) -> str:
    return request.path.strip("/").partition("/")[0].partition("(")[0]


def _shape(request: Request, holder: GraphObject) -> Shape:
    return assignments.shape_of(f"{_kind(request)}('{holder['id']}')/appRoleAssignments")


def list_held(tenant: Directory, request: Request) -> Answer:
    """GET /users|groups|servicePrincipals/{id}/appRoleAssignments."""
    holder = _holder(tenant, request)
    held = tenant.registrations
    shown = [
        assignments.shown(tenant, request, held.service_principals[resource], one)
        for resource, given in held.assignments.items()
        for one in given.values()
        if one["principalId"] == holder["id"] and resource in held.service_principals
    ]
    rows = (one for one in shown if one is not None)
    return page(tenant, request, _shape(request, holder), rows)


def assign(tenant: Directory, request: Request) -> Answer:
    """POST the same collection: the holder in the body is the one in the path."""
    holder = _holder(tenant, request)
    body = body_of(request.body)
    if str(body.get("principalId", "")).lower() != holder["id"]:
        raise refuse(
            400,
            "Request_BadRequest",
            "The 'principalId' is not the object that the request names.",
        )
    answer = assignments.assign(tenant, request.at((str(body.get("resourceId", "")),)))
    tail = f"{_shape(request, holder).entity_set}/$entity"
    answer.body["@odata.context"] = odata.context(request, tail)
    return answer


def withdraw(tenant: Directory, request: Request) -> Answer:
    """DELETE /users|groups|servicePrincipals/{id}/appRoleAssignments/{id}."""
    holder = _holder(tenant, request)
    for given in tenant.registrations.assignments.values():
        assignment = given.get(request.keys[1])
        if assignment is not None and assignment["principalId"] == holder["id"]:
            del given[request.keys[1]]
            return Answer(status=204)
    raise missing(request.keys[1])
