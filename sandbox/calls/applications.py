"""Applications and their directory extensions: registrations enter, application objects leave."""

from __future__ import annotations

import re

from sandbox import odata
from sandbox.calls.objects import (
    bound_owners,
    checked,
    find,
    listed,
    made,
    one,
    page,
    require_owner,
    required,
)
from sandbox.calls.user_rules import body_of, conflict, texts_in
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.odata import Shape
from sandbox.properties import APPLICATION_FILTERS
from sandbox.registered import APPLICATION, whole_application
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

_SHAPE = {
    version: Shape(
        resource="Application",
        entity_set="applications",
        selectable=names.__contains__,
        filterable=APPLICATION_FILTERS.__contains__,
    )
    for version, names in APPLICATION.items()
}
_USUAL = {version: whole_application({}, version) for version in APPLICATION}
READ_ONLY = frozenset({"id", "appId", "createdDateTime", "deletedDateTime", "publisherDomain"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TYPES = {
    name.lower(): name
    for name in ("Binary", "Boolean", "DateTime", "Integer", "LargeInteger", "String")
}
HOLDERS = frozenset(
    {"User", "Group", "AdministrativeUnit", "Application", "Device", "Organization"}
)


def find_application(tenant: Directory, request: Request) -> GraphObject:
    """Return the application that the request names by object id, `appId=` or `uniqueName=`."""
    return find(tenant, tenant.registrations.applications, request)


def list_applications(tenant: Directory, request: Request) -> Answer:
    """GET /applications."""
    return page(
        tenant,
        request,
        _SHAPE[request.version],
        (
            whole_application(app, request.version)
            for app in tenant.registrations.applications.values()
        ),
    )


def get_application(tenant: Directory, request: Request) -> Answer:
    """GET /applications/{id}."""
    return one(
        request,
        _SHAPE[request.version],
        whole_application(find_application(tenant, request), request.version),
    )


def _check_unique_name(tenant: Directory, body: GraphObject, own: str = "") -> None:
    name = body.get("uniqueName")
    apps = tenant.registrations.applications.values()
    if name is not None and any(a["uniqueName"] == name and a["id"] != own for a in apps):
        raise conflict("uniqueName")


def create_application(tenant: Directory, request: Request) -> Answer:
    """POST /applications; the calling application's service principal becomes the owner."""
    body = dict(body_of(request.body))
    owners = bound_owners(tenant, body)
    checked(body, _SHAPE[request.version], read_only=READ_ONLY, usual=_USUAL[request.version])
    required(body, "displayName", "Application")
    _check_unique_name(tenant, body)
    caller = tenant.registrations.principal_of(request.caller.app_id)
    app = tenant.registrations.add_application(body, caller["id"] if caller else None)
    tenant.registrations.owners[app["id"]] |= owners
    tenant.register(app["id"])
    return made(request, _SHAPE[request.version], whole_application(app, request.version))


def patch_application(tenant: Directory, request: Request) -> Answer:
    """PATCH /applications/{id}; its service principal follows."""
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    body = dict(body_of(request.body))
    checked(body, _SHAPE[request.version], read_only=READ_ONLY, usual=_USUAL[request.version])
    if "displayName" in body:
        required(body, "displayName", "Application")
    _check_unique_name(tenant, body, own=app["id"])
    tenant.registrations.update_application(app["id"], body)
    return Answer(status=204)


def delete_application(tenant: Directory, request: Request) -> Answer:
    """DELETE /applications/{id}, which hides the extensions it owns and all their values.

    Entra keeps a deleted application for 30 days; here it is gone at once.
    """
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    tenant.registrations.delete_application(app["id"])
    return Answer(status=204)


def list_extensions(tenant: Directory, request: Request) -> Answer:
    """GET /applications/{id}/extensionProperties."""
    app = find_application(tenant, request)
    value = list(tenant.registrations.extensions.get(app["id"], {}).values())
    return listed(request, f"applications('{app['id']}')/extensionProperties", value)


def get_extension(tenant: Directory, request: Request) -> Answer:
    """GET /applications/{id}/extensionProperties/{id}."""
    app = find_application(tenant, request)
    extension = tenant.registrations.extensions.get(app["id"], {}).get(request.keys[1])
    if extension is None:
        raise missing(request.keys[1])
    return odata.entity(request, extension, tail=f"applications('{app['id']}')/extensionProperties")


def create_extension(tenant: Directory, request: Request) -> Answer:
    """POST /applications/{id}/extensionProperties."""
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    body = body_of(request.body)
    name, form, holders = body.get("name"), body.get("dataType"), texts_in(body, "targetObjects")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise refuse(400, "Request_BadRequest", "Invalid value specified for property 'name'.")
    if not isinstance(form, str) or form.lower() not in TYPES:
        raise refuse(400, "Request_BadRequest", "Invalid value specified for property 'dataType'.")
    if not holders or not HOLDERS.issuperset(holders):
        raise refuse(
            400, "Request_BadRequest", "Invalid value specified for property 'targetObjects'."
        )
    if not isinstance(body.get("isMultiValued", False), bool):
        raise refuse(
            400, "Request_BadRequest", "Invalid value specified for property 'isMultiValued'."
        )
    full = f"extension_{app['appId'].replace('-', '')}_{name}"
    if tenant.registrations.extension(full) is not None:
        raise refuse(
            400, "Request_BadRequest", f"An extension property exists with the name {full}."
        )
    extension: GraphObject = {
        "id": tenant.new_id("extensionProperty"),
        "deletedDateTime": None,
        "appDisplayName": app["displayName"],
        "dataType": TYPES[form.lower()],
        "isMultiValued": body.get("isMultiValued", False),
        "isSyncedFromOnPremises": False,
        "name": full,
        "targetObjects": holders,
    }
    tenant.registrations.extensions.setdefault(app["id"], {})[extension["id"]] = extension
    tail = f"applications('{app['id']}')/extensionProperties"
    return odata.entity(request, extension, tail=tail, status=201)


def delete_extension(tenant: Directory, request: Request) -> Answer:
    """DELETE /applications/{id}/extensionProperties/{id}."""
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    if tenant.registrations.extensions.get(app["id"], {}).pop(request.keys[1], None) is None:
        raise missing(request.keys[1])
    return Answer(status=204)
