"""Service principals: requests enter, principals, synchronization jobs and secrets leave."""

from __future__ import annotations

from sandbox import odata
from sandbox.calls.applications import require_owner
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.odata import Shape
from sandbox.properties import PRINCIPAL, PRINCIPAL_FILTERS
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

_SHAPE = Shape(
    resource="ServicePrincipal",
    entity_set="servicePrincipals",
    selectable=lambda name: name in PRINCIPAL,
    filterable=lambda name: name in PRINCIPAL_FILTERS,
)


def find_principal(tenant: Directory, request: Request) -> GraphObject:
    """Return the service principal that the request names by object id or `appId=`."""
    name, _, value = request.keys[0].rpartition("=")
    for principal in tenant.registrations.service_principals.values():
        if str(principal[name or "id"]).lower() == value.lower():
            return principal
    raise missing(value)


def list_principals(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals."""
    options = odata.options_of(request, _SHAPE)
    rows = odata.numbered(tenant.registrations.service_principals.values())
    tail = odata.set_tail(_SHAPE, options, request)
    return odata.page(request, options, rows, odata.plain_project(options.select), tail=tail)


def get_principal(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}."""
    options = odata.options_of(request, _SHAPE)
    principal = odata.plain_project(options.select)(find_principal(tenant, request))
    return odata.entity(request, principal, tail=odata.set_tail(_SHAPE, options, request))


def create_principal(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals, for an application of this tenant."""
    body = body_of(request.body)
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
    owner = caller["id"] if caller else None
    principal = tenant.registrations.add_principal(app, owner=owner)
    principal.update({name: value for name, value in body.items() if name in PRINCIPAL})
    return odata.entity(request, principal, tail="servicePrincipals", status=201)


def delete_principal(tenant: Directory, request: Request) -> Answer:
    """DELETE /servicePrincipals/{id}."""
    principal = find_principal(tenant, request)
    require_owner(tenant, request, principal["id"])
    tenant.registrations.delete_principal(principal["id"])
    return Answer(status=204)


def list_jobs(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/jobs."""
    principal = find_principal(tenant, request)
    value = list(tenant.registrations.jobs.get(principal["id"], {}).values())
    tail = f"servicePrincipals('{principal['id']}')/synchronization/jobs"
    return Answer(status=200, body={"@odata.context": odata.context(request, tail), "value": value})


def get_job(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/jobs/{id}."""
    principal = find_principal(tenant, request)
    job = tenant.registrations.jobs.get(principal["id"], {}).get(request.keys[1])
    if job is None:
        raise missing(request.keys[1])
    tail = f"servicePrincipals('{principal['id']}')/synchronization/jobs"
    return odata.entity(request, job, tail=tail)


def list_secrets(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/secrets; documented on beta, seen on v1.0."""
    principal = find_principal(tenant, request)
    value = tenant.registrations.secrets.get(principal["id"], [])
    tail = f"servicePrincipals('{principal['id']}')/synchronization/secrets"
    return Answer(status=200, body={"@odata.context": odata.context(request, tail), "value": value})
