"""The application gallery: a template's id enters, an application and its principal leave."""

from __future__ import annotations

from sandbox import odata
from sandbox.calls.objects import required
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.calls.values import invalid
from sandbox.contents import GraphObject
from sandbox.registered import whole_application, whole_principal
from sandbox.store import Directory
from sandbox.sync_jobs import SYNC_TEMPLATE
from sandbox.wire import Answer, Request

# The gallery has thousands; only the one of cross-tenant synchronization is simulated. What its
# entry says apart from the id is not documented.
_TEMPLATE: GraphObject = {
    "id": SYNC_TEMPLATE,
    "categories": [],
    "description": "Synchronizes users to another Microsoft Entra tenant.",
    "displayName": "Cross-tenant synchronization",
    "homePageUrl": None,
    "logoUrl": None,
    "publisher": "Microsoft Corporation",
    "supportedProvisioningTypes": ["sync"],
    "supportedSingleSignOnModes": [],
}
_SHAPE = odata.Shape(
    resource="ApplicationTemplate",
    entity_set="applicationTemplates",
    selectable=_TEMPLATE.__contains__,
    filterable={"id", "displayName", "publisher"}.__contains__,
)


def _require(request: Request) -> None:
    if request.keys[0].lower() != SYNC_TEMPLATE:
        raise missing(request.keys[0])


def list_templates(_: Directory, request: Request) -> Answer:
    """GET /applicationTemplates."""
    options = odata.options_of(request, _SHAPE)
    project = odata.plain_project(options.select)
    tail = odata.set_tail(_SHAPE, options, request)
    return odata.page(request, options, odata.placed([_TEMPLATE]), project, tail=tail)


def get_template(_: Directory, request: Request) -> Answer:
    """GET /applicationTemplates/{id}."""
    _require(request)
    return odata.entity(request, _TEMPLATE, tail="applicationTemplates")


def instantiate(tenant: Directory, request: Request) -> Answer:
    """POST /applicationTemplates/{id}/instantiate; the caller owns both objects."""
    _require(request)
    name = required(body_of(request.body), "displayName", "ApplicationTemplate")
    if not isinstance(name, str):
        raise invalid("displayName", "ApplicationTemplate")
    caller = tenant.registrations.principal_of(request.caller.app_id)
    app, principal = tenant.registrations.instantiate(name, caller["id"] if caller else None)
    tenant.register(app["id"], principal["id"])
    context = odata.context(request, "microsoft.graph.applicationServicePrincipal")
    body = {
        "@odata.context": context,
        "application": whole_application(app, request.version),
        "servicePrincipal": whole_principal(principal, request.version),
    }
    return Answer(status=201, body=body)
