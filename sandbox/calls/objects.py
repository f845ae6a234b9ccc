"""What calls on registered objects share: requests and shelves enter, objects and pages leave."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.user_rules import texts_in
from sandbox.calls.users import missing
from sandbox.calls.values import invalid
from sandbox.contents import GraphObject
from sandbox.group_properties import names_by_default, whole
from sandbox.odata import Shape
from sandbox.permissions import denied
from sandbox.properties import USER_BY_DEFAULT
from sandbox.registered import whole_application, whole_principal
from sandbox.registered_forms import fits
from sandbox.store import Directory
from sandbox.wire import Answer, Request, plain_id, refuse

_REFERENCE = re.compile(r"/(?:v1\.0|beta)/(?:users|groups|directoryObjects)/([^/?]+)$")
_OWNERS = "owners@odata.bind"
_KEYS = frozenset({"", "id", "appId", "uniqueName"})
_OWNED = frozenset({"Application.ReadWrite.OwnedBy"})


def find(tenant: Directory, shelf: Mapping[str, GraphObject], request: Request) -> GraphObject:
    """Return the object that the request names by object id, `appId=` or another key."""
    name, _, value = request.keys[0].rpartition("=")
    if name not in _KEYS:
        # Which answer Graph has for another key is not documented.
        raise refuse(400, "Request_BadRequest", f"'{name}' is no key of the object.")
    for item in shelf.values():
        held = item.get(name or "id")
        if isinstance(held, str) and held.lower() == value.lower() and tenant.sees(item["id"]):
            return item
    raise missing(value)


def page(tenant: Directory, request: Request, shape: Shape, items: Iterable[GraphObject]) -> Answer:
    """Answer a page of a collection of objects that are complete."""
    options = odata.options_of(request, shape)
    project = odata.plain_project(options.select)
    rows = odata.placed(item for item in items if tenant.shows(item["id"]))
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def one(request: Request, shape: Shape, item: GraphObject) -> Answer:
    """Answer one object."""
    options = odata.options_of(request, shape)
    projected = odata.plain_project(options.select)(item)
    return odata.entity(request, projected, tail=odata.set_tail(shape, options, request))


def made(request: Request, shape: Shape, item: GraphObject) -> Answer:
    """Answer an object that was just made."""
    return odata.entity(request, item, tail=shape.entity_set, status=201)


def listed(request: Request, tail: str, value: list[GraphObject]) -> Answer:
    """Answer a whole collection that takes no query options."""
    return Answer(status=200, body={"@odata.context": odata.context(request, tail), "value": value})


def bound_owners(tenant: Directory, body: GraphObject) -> set[str]:
    """Take the owners that a new object is bound to out of its body; refuses unknown ones."""
    ids = {referenced({"@odata.id": address}) for address in texts_in(body, _OWNERS)}
    body.pop(_OWNERS, None)
    for object_id in sorted(ids):
        if typed(tenant, object_id) is None:
            raise missing(object_id)
    return ids


def checked(
    body: GraphObject, shape: Shape, *, read_only: Collection[str], usual: Mapping[str, Any]
) -> GraphObject:
    """Return the properties to set; refuses the first one that cannot be, or not to this value."""
    for name, value in body.items():
        if not shape.selectable(name):
            raise refuse(400, "Request_BadRequest", f"Invalid property '{name}'.")
        if name in read_only:
            raise refuse(
                400, "Request_BadRequest", f"Property '{name}' is read-only and cannot be set."
            )
        if not fits(name, value, usual.get(name)):
            raise invalid(name, shape.resource)
    return body


def required(body: Mapping[str, Any], name: str, resource: str) -> Any:
    """Return a value that a body must have."""
    if not body.get(name):
        raise refuse(
            400,
            "Request_BadRequest",
            f"A value is required for property '{name}' of resource '{resource}'.",
        )
    return body[name]


def referenced(body: Any) -> str:
    """Return the id in a body's `@odata.id`."""
    address = body.get("@odata.id") if isinstance(body, dict) else None
    found = _REFERENCE.search(address) if isinstance(address, str) else None
    if found is None:
        raise refuse(
            400, "Request_BadRequest", "The '@odata.id' does not name an object of the directory."
        )
    return plain_id(found.group(1))


def require_owner(tenant: Directory, request: Request, object_id: str) -> None:
    """Refuse a caller of whose permissions the route takes only the one for what it owns."""
    if request.caller.permissions & request.allowed_by - _OWNED:
        return
    if not tenant.registrations.owns(request.caller.app_id, object_id):
        raise denied()


def typed(tenant: Directory, object_id: str, version: str = "v1.0") -> GraphObject | None:
    """Return an object of any type as listings of mixed types show it, if it is there."""
    if object_id in tenant.users:
        user = tenant.users[object_id]
        plain = {name: user.get(name) for name in USER_BY_DEFAULT}
        return {"@odata.type": "#microsoft.graph.user", **plain}
    if object_id in tenant.groups:
        group = whole(tenant.groups[object_id], tenant.tenant_id)
        named = {name: group.get(name) for name in names_by_default(version)}
        return {"@odata.type": "#microsoft.graph.group", **named}
    principal = tenant.registrations.service_principals.get(object_id)
    if principal is not None:
        shown = whole_principal(principal, version)
        return {"@odata.type": "#microsoft.graph.servicePrincipal", **shown}
    app = tenant.registrations.applications.get(object_id)
    if app is None:
        return None
    return {"@odata.type": "#microsoft.graph.application", **whole_application(app, version)}
