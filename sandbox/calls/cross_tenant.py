"""The cross-tenant access policy: changes to partners enter, partner configurations leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox import odata
from sandbox.calls.partner_settings import absent, bad, check, merged, same_key, tenant_id_in
from sandbox.calls.user_rules import body_of, texts_in
from sandbox.clock import stamp
from sandbox.closures import in_force
from sandbox.contents import GraphObject
from sandbox.odata import Options, Project, Shape
from sandbox.policy_objects import PARTNER_TEMPLATE, alive, partner_of, service_default, versioned
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

CLOUDS = frozenset({"microsoftonline.com", "microsoftonline.us", "partner.microsoftonline.cn"})
_TAIL = "policies/crossTenantAccessPolicy"
SHAPE = Shape(
    resource="crossTenantAccessPolicyConfigurationPartner",
    entity_set=f"{_TAIL}/partners",
    selectable=lambda name: name in {*PARTNER_TEMPLATE, "identitySynchronization"},
    filterable=lambda name: name == "tenantId",
)


def get_policy(tenant: Directory, request: Request) -> Answer:
    """GET /policies/crossTenantAccessPolicy; its templates are not expanded."""
    expand = [one for one in request.query.get("$expand", "").split(",") if one]
    bare = {name: value for name, value in request.query.items() if name != "$expand"}
    item = _selected(request.asking(bare), tenant.access_policy)
    for name in expand:
        if name == "default":
            item = {**item, name: versioned(request.version, tenant.default_policy)}
        elif name == "partners":
            partners = tenant.partners.values()
            item = {**item, name: [_shown(tenant, request, one) for one in partners]}
        else:
            raise _not_expanded(name)
    return odata.entity(request, item, tail=_TAIL)


def _not_expanded(text: str) -> Refusal:
    return refuse(
        400,
        "BadRequest",
        f"Parsing OData Select and Expand failed: '{text}' cannot be expanded here.",
    )


def _selected(request: Request, item: GraphObject) -> GraphObject:
    shape = Shape(
        resource="crossTenantAccessPolicy",
        entity_set=_TAIL,
        selectable=item.__contains__,
        filterable=lambda _: False,
    )
    return odata.plain_project(odata.options_of(request, shape).select)(item)


def patch_policy(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/crossTenantAccessPolicy."""
    body = body_of(request.body)
    for name in body:
        if name not in {"displayName", "allowedCloudEndpoints"}:
            raise bad(f"Invalid property '{name}'.")
    if not CLOUDS.issuperset(texts_in(body, "allowedCloudEndpoints")):
        raise bad("Invalid value specified for property 'allowedCloudEndpoints'.")
    if not isinstance(body.get("displayName", ""), str | None):
        raise bad("Invalid value specified for property 'displayName'.")
    tenant.access_policy.update(body)
    return Answer(status=204)


def get_default(tenant: Directory, request: Request) -> Answer:
    """GET /policies/crossTenantAccessPolicy/default."""
    default = versioned(request.version, tenant.default_policy)
    return odata.entity(request, _selected(request, default), tail=f"{_TAIL}/default")


def patch_default(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/crossTenantAccessPolicy/default; automatic consent is always false there."""
    body = body_of(request.body)
    if "automaticUserConsentSettings" in body:
        raise bad(
            "Property 'automaticUserConsentSettings' cannot be updated on the default policy."
        )
    check(body, versioned(request.version, tenant.default_policy))
    # The default has nothing to inherit from, so null falls back to what the service starts with.
    began = service_default()
    settings = {name: began[name] if value is None else value for name, value in body.items()}
    if not settings:
        return Answer(status=204)
    tenant.default_policy = {**merged(tenant.default_policy, settings), "isServiceDefault": False}
    return Answer(status=204)


def reset_default(tenant: Directory, request: Request) -> Answer:
    """POST /policies/crossTenantAccessPolicy/default/resetToSystemDefault."""
    if request.body:
        raise bad("This action takes no body.")
    tenant.default_policy = service_default()
    return Answer(status=204)


def partner_named(tenant: Directory, request: Request) -> GraphObject:
    """Return the partner configuration whose tenant the path names."""
    partner = tenant.partners.get(request.keys[0].lower())
    if partner is None:
        raise absent()
    return partner


def _expands_sync(request: Request) -> bool:
    text = request.query.get("$expand", "")
    if text not in {"", "identitySynchronization"}:
        raise _not_expanded(text)
    return bool(text)


def _shown(tenant: Directory, request: Request, partner: GraphObject) -> GraphObject:
    together = tenant.store.organizations.together(tenant.tenant_id, partner["tenantId"])
    return alive(request.version, {**partner, "isInMultiTenantOrganization": together})


def _asked(tenant: Directory, request: Request) -> tuple[Options, Project]:
    """Read the query options; what is expanded is shown whatever is selected."""
    expand = _expands_sync(request)
    bare = {name: value for name, value in request.query.items() if name != "$expand"}
    names = {*alive(request.version, PARTNER_TEMPLATE), "identitySynchronization"}
    shape = replace(SHAPE, selectable=names.__contains__)
    options = odata.options_of(request.asking(bare), shape)
    plain = odata.plain_project(options.select)

    def project(partner: GraphObject) -> GraphObject:
        item = plain(_shown(tenant, request, partner))
        if expand:
            sync = in_force(tenant, partner["tenantId"])
            item = {
                **item,
                "identitySynchronization": alive(request.version, sync) if sync else None,
            }
        return item

    return options, project


def list_partners(tenant: Directory, request: Request) -> Answer:
    """GET /policies/crossTenantAccessPolicy/partners."""
    options, project = _asked(tenant, request)
    rows = odata.placed(tenant.partners.values(), "tenantId")
    return odata.page(request, options, rows, project, tail=odata.set_tail(SHAPE, options, request))


def get_partner(tenant: Directory, request: Request) -> Answer:
    """GET /policies/crossTenantAccessPolicy/partners/{tenant id}."""
    partner = partner_named(tenant, request)
    _, project = _asked(tenant, request)
    return odata.entity(request, project(partner), tail=f"{_TAIL}/partners")


def create_partner(tenant: Directory, request: Request) -> Answer:
    """POST /policies/crossTenantAccessPolicy/partners."""
    body = body_of(request.body)
    partner_id = tenant_id_in(body)
    if partner_id == tenant.tenant_id:
        raise bad("The tenantId is the id of this tenant; a partner must be another one.")
    if partner_id in tenant.partners:
        raise same_key("Another object with the same value for property tenantId already exists.")
    settings = {name: value for name, value in body.items() if name != "tenantId"}
    check(settings, _known(request))
    partner = merged(partner_of({"tenantId": partner_id}), settings)
    tenant.partners[partner_id] = partner
    shown = _shown(tenant, request, partner)
    return odata.entity(request, shown, tail=f"{_TAIL}/partners", status=201)


def _known(request: Request) -> Mapping[str, Any]:
    return versioned(request.version, PARTNER_TEMPLATE)


def patch_partner(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/crossTenantAccessPolicy/partners/{tenant id}."""
    partner = partner_named(tenant, request)
    body = body_of(request.body)
    check(body, _known(request))
    tenant.partners[partner["tenantId"]] = merged(partner, body)
    return Answer(status=204)


def delete_partner(tenant: Directory, request: Request) -> Answer:
    """DELETE …/partners/{tenant id}; its identity synchronization goes first."""
    partner = partner_named(tenant, request)
    partner_id = partner["tenantId"]
    if partner_id in tenant.identity_sync:
        # The rule is documented with the operation, the status and the code are not.
        raise bad(
            "The partner configuration has an identity synchronization policy. "
            "Delete identitySynchronization first."
        )
    del tenant.partners[partner_id]
    now = stamp(tenant.clock.now())
    deleted = {**partner, "displayName": None, "deletedDateTime": now}
    tenant.deleted_policies.partners[partner_id] = deleted
    return Answer(status=204)
