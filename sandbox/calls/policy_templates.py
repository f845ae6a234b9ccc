"""Templates of settings for an organization's tenants: changes enter, templates leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.partner_settings import bad, check, merged
from sandbox.calls.user_rules import body_of
from sandbox.contents import GraphObject
from sandbox.policy_templates import LEVELS, for_partners, for_syncs, levels_of
from sandbox.store import Directory
from sandbox.wire import Answer, Request

_TAIL = "policies/crossTenantAccessPolicy/templates"


def _answered(request: Request, template: GraphObject, name: str) -> Answer:
    names = [one for one in request.query.get("$select", "").split(",") if one in template]
    chosen = {one: template[one] for one in names} if names else template
    return odata.entity(request, chosen, tail=f"{_TAIL}/{name}")


def _split(body: Mapping[str, Any]) -> tuple[GraphObject, GraphObject]:
    """Part what a template says from when it is applied."""
    settings = {name: value for name, value in body.items() if name != "templateApplicationLevel"}
    if "templateApplicationLevel" not in body:
        return {}, settings
    text = body["templateApplicationLevel"]
    if not isinstance(text, str) or not levels_of(text).issubset(LEVELS):
        raise bad("Invalid value specified for property 'templateApplicationLevel'.")
    chosen = levels_of(text)
    written = ",".join(level for level in LEVELS if level in chosen)
    return {"templateApplicationLevel": written or "none"}, settings


def get_partners(tenant: Directory, request: Request) -> Answer:
    """GET …/templates/multiTenantOrganizationPartnerConfiguration."""
    template = tenant.policy_templates.partners
    return _answered(request, template, "multiTenantOrganizationPartnerConfiguration")


def patch_partners(tenant: Directory, request: Request) -> Answer:
    """PATCH …/templates/multiTenantOrganizationPartnerConfiguration."""
    held = tenant.policy_templates.partners
    level, settings = _split(body_of(request.body))
    check(settings, {name: held[name] for name in held if name != "id"})
    tenant.policy_templates.partners = {**merged(held, settings), **level}
    return Answer(status=204)


def reset_partners(tenant: Directory, request: Request) -> Answer:
    """POST …/templates/multiTenantOrganizationPartnerConfiguration/resetToDefaultSettings."""
    tenant.policy_templates.partners = for_partners(tenant.tenant_id)
    return Answer(status=204)


def get_syncs(tenant: Directory, request: Request) -> Answer:
    """GET …/templates/multiTenantOrganizationIdentitySynchronization."""
    template = tenant.policy_templates.syncs
    return _answered(request, template, "multiTenantOrganizationIdentitySynchronization")


def patch_syncs(tenant: Directory, request: Request) -> Answer:
    """PATCH …/templates/multiTenantOrganizationIdentitySynchronization; it knows no groups."""
    level, settings = _split(body_of(request.body))
    for name in settings:
        if name != "userSyncInbound":
            raise bad(f"Invalid property '{name}'.")
    allowed = settings.get("userSyncInbound") or {"isSyncAllowed": None}
    flag = allowed.get("isSyncAllowed") if isinstance(allowed, Mapping) else ""
    if flag is not None and not isinstance(flag, bool):
        raise bad("Invalid value specified for property 'userSyncInbound'.")
    inbound = {"userSyncInbound": {"isSyncAllowed": flag}} if settings else {}
    tenant.policy_templates.syncs = {**tenant.policy_templates.syncs, **inbound, **level}
    return Answer(status=204)


def reset_syncs(tenant: Directory, request: Request) -> Answer:
    """POST …/templates/multiTenantOrganizationIdentitySynchronization/resetToDefaultSettings."""
    tenant.policy_templates.syncs = for_syncs(tenant.tenant_id)
    return Answer(status=204)
