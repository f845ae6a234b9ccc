"""Service principals: requests enter, principals of the tenant's applications leave."""

from __future__ import annotations

from sandbox.calls.objects import (
    bound_owners,
    checked,
    find,
    made,
    one,
    page,
    require_owner,
)
from sandbox.calls.user_rules import body_of
from sandbox.consent import GRAPH_APP_ID
from sandbox.contents import GraphObject
from sandbox.odata import Shape
from sandbox.properties import PRINCIPAL_FILTERS
from sandbox.registered import PRINCIPAL, whole_principal
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

_SHAPE = {
    version: Shape(
        resource="ServicePrincipal",
        entity_set="servicePrincipals",
        selectable=names.__contains__,
        filterable=PRINCIPAL_FILTERS.__contains__,
    )
    for version, names in PRINCIPAL.items()
}
_USUAL = {version: whole_principal({}, version) for version in PRINCIPAL}
FROM_THE_APPLICATION = frozenset(
    {
        "appDisplayName",
        "appOwnerOrganizationId",
        "applicationTemplateId",
        "deletedDateTime",
        "id",
        "oauth2PermissionScopes",
        "samlMetadataUrl",
        "signInAudience",
    }
)


def find_principal(tenant: Directory, request: Request) -> GraphObject:
    """Return the service principal that the request names by object id or `appId=`."""
    return find(tenant, tenant.registrations.service_principals, request)


def list_principals(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals."""
    return page(
        tenant,
        request,
        _SHAPE[request.version],
        (
            whole_principal(principal, request.version)
            for principal in tenant.registrations.service_principals.values()
        ),
    )


def get_principal(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}."""
    return one(
        request,
        _SHAPE[request.version],
        whole_principal(find_principal(tenant, request), request.version),
    )


def create_principal(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals, for an application of this tenant."""
    body = dict(body_of(request.body))
    owners = bound_owners(tenant, body)
    _check(body, request.version, FROM_THE_APPLICATION)
    app_id = body.get("appId")
    apps = tenant.registrations.applications.values()
    app = next((one for one in apps if one["appId"] == app_id), None)
    if app is None:
        raise refuse(
            400,
            "Request_BadRequest",
            f"The appId '{app_id}' of the service principal does not reference a valid "
            "application object.",
        )
    if tenant.registrations.principal_of(app["appId"]) is not None:
        raise refuse(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            "The service principal cannot be created, updated, or restored because the service "
            f"principal name {app_id} is already in use.",
        )
    caller = tenant.registrations.principal_of(request.caller.app_id)
    principal = tenant.registrations.add_principal(app, owner=caller["id"] if caller else None)
    tenant.registrations.owners[principal["id"]] |= owners
    principal.update(body)
    tenant.register(principal["id"])
    return made(request, _SHAPE[request.version], whole_principal(principal, request.version))


def patch_principal(tenant: Directory, request: Request) -> Answer:
    """PATCH /servicePrincipals/{id}."""
    principal = find_principal(tenant, request)
    require_owner(tenant, request, principal["id"])
    read_only = FROM_THE_APPLICATION | {"appId"}
    if principal["appId"] == GRAPH_APP_ID:
        read_only |= {"appRoles"}
    body = dict(body_of(request.body))
    _check(body, request.version, read_only)
    principal.update(body)
    return Answer(status=204)


def _check(body: GraphObject, version: str, read_only: frozenset[str]) -> None:
    checked(body, _SHAPE[version], read_only=read_only, usual=_USUAL[version])


def delete_principal(tenant: Directory, request: Request) -> Answer:
    """DELETE /servicePrincipals/{id}, with its jobs, secrets and assignments."""
    principal = find_principal(tenant, request)
    require_owner(tenant, request, principal["id"])
    if principal["appId"] == GRAPH_APP_ID:
        # Nobody documents what Entra answers; without it nothing could be consented to again.
        raise refuse(
            400, "Request_BadRequest", "The service principal of Microsoft Graph cannot be deleted."
        )
    tenant.registrations.delete_principal(principal["id"])
    return Answer(status=204)
