"""The cross-tenant access policy: changes to partners enter, partner configurations leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sandbox import odata
from sandbox.calls.user_rules import body_of
from sandbox.contents import GraphObject
from sandbox.odata import Shape
from sandbox.policy_objects import PARTNER_TEMPLATE, partner_of, service_default
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_READ_ONLY = frozenset({"isInMultiTenantOrganization", "isServiceDefault"})
_B2B = frozenset(
    {
        "b2bCollaborationInbound",
        "b2bCollaborationOutbound",
        "b2bDirectConnectInbound",
        "b2bDirectConnectOutbound",
    }
)
_FLAGS: Mapping[str, frozenset[str]] = {
    "inboundTrust": frozenset(
        {"isMfaAccepted", "isCompliantDeviceAccepted", "isHybridAzureADJoinedDeviceAccepted"}
    ),
    "automaticUserConsentSettings": frozenset({"inboundAllowed", "outboundAllowed"}),
}
_TARGET_TYPES = frozenset({"user", "group", "application"})
_CLOUDS = frozenset({"microsoftonline.com", "microsoftonline.us", "partner.microsoftonline.cn"})
_TAIL = "policies/crossTenantAccessPolicy"
_SHAPE = Shape(
    resource="crossTenantAccessPolicyConfigurationPartner",
    entity_set=f"{_TAIL}/partners",
    selectable=lambda name: name in PARTNER_TEMPLATE or name == "identitySynchronization",
    filterable=lambda name: name == "tenantId",
)


def _bad(message: str) -> Refusal:
    return refuse(400, "Request_BadRequest", message)


def _absent() -> Refusal:
    return refuse(
        404,
        "Directory_ObjectNotFound",
        "Unable to read the company information from the directory.",
    )


def _same_key(message: str) -> Refusal:
    details = [{"code": "ConflictingObjects", "message": message}]
    return refuse(409, "Request_MultipleObjectsWithSameKeyValue", message, details=details)


def get_policy(tenant: Directory, request: Request) -> Answer:
    """GET /policies/crossTenantAccessPolicy."""
    return odata.entity(request, tenant.access_policy, tail=_TAIL)


def patch_policy(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/crossTenantAccessPolicy."""
    body = body_of(request.body)
    for name in body:
        if name not in {"displayName", "allowedCloudEndpoints"}:
            raise _bad(f"Invalid property '{name}'.")
    endpoints = body.get("allowedCloudEndpoints", [])
    if not isinstance(endpoints, list) or not _CLOUDS.issuperset(endpoints):
        raise _bad("Invalid value specified for property 'allowedCloudEndpoints'.")
    tenant.access_policy.update(body)
    return Answer(status=204)


def get_default(tenant: Directory, request: Request) -> Answer:
    """GET /policies/crossTenantAccessPolicy/default."""
    return odata.entity(request, tenant.default_policy, tail=f"{_TAIL}/default")


def patch_default(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/crossTenantAccessPolicy/default; automatic consent is always false there."""
    body = body_of(request.body)
    if "automaticUserConsentSettings" in body:
        raise _bad(
            "Property 'automaticUserConsentSettings' cannot be updated on the default policy."
        )
    _check(body, tenant.default_policy)
    tenant.default_policy = {**_merged(tenant.default_policy, body), "isServiceDefault": False}
    return Answer(status=204)


def reset_default(tenant: Directory, request: Request) -> Answer:
    """POST /policies/crossTenantAccessPolicy/default/resetToSystemDefault."""
    if request.body:
        raise _bad("This action takes no body.")
    tenant.default_policy = service_default()
    return Answer(status=204)


def _partner(tenant: Directory, request: Request) -> GraphObject:
    partner = tenant.partners.get(request.keys[0].lower())
    if partner is None:
        raise _absent()
    return partner


def _expands_sync(request: Request) -> bool:
    text = request.query.get("$expand", "")
    if text not in {"", "identitySynchronization"}:
        raise refuse(
            400,
            "BadRequest",
            f"Parsing OData Select and Expand failed: '{text}' cannot be expanded here.",
        )
    return bool(text)


def _shown(tenant: Directory, partner: GraphObject, *, expand: bool) -> GraphObject:
    if not expand:
        return partner
    return {**partner, "identitySynchronization": tenant.identity_sync.get(partner["tenantId"])}


def list_partners(tenant: Directory, request: Request) -> Answer:
    """GET /policies/crossTenantAccessPolicy/partners."""
    expand = _expands_sync(request)
    bare = {name: value for name, value in request.query.items() if name != "$expand"}
    options = odata.options_of(request.asking(bare), _SHAPE)
    plain = odata.plain_project(options.select)
    rows = odata.numbered(
        _shown(tenant, partner, expand=expand) for partner in tenant.partners.values()
    )
    return odata.page(request, options, rows, plain, tail=odata.set_tail(_SHAPE, options, request))


def get_partner(tenant: Directory, request: Request) -> Answer:
    """GET /policies/crossTenantAccessPolicy/partners/{tenant id}."""
    partner = _partner(tenant, request)
    item = _shown(tenant, partner, expand=_expands_sync(request))
    return odata.entity(request, item, tail=f"{_TAIL}/partners")


def create_partner(tenant: Directory, request: Request) -> Answer:
    """POST /policies/crossTenantAccessPolicy/partners."""
    body = body_of(request.body)
    partner_id = body.get("tenantId")
    if not isinstance(partner_id, str) or not _GUID.fullmatch(partner_id):
        raise _bad("Invalid value specified for property 'tenantId'.")
    partner_id = partner_id.lower()
    if partner_id == tenant.tenant_id:
        raise _bad("The tenantId is the id of this tenant; a partner must be another one.")
    if partner_id in tenant.partners:
        raise _same_key("Another object with the same value for property tenantId already exists.")
    settings = {name: value for name, value in body.items() if name != "tenantId"}
    _check(settings, PARTNER_TEMPLATE)
    partner = _merged(partner_of({"tenantId": partner_id}), settings)
    tenant.partners[partner_id] = partner
    return odata.entity(request, partner, tail=f"{_TAIL}/partners", status=201)


def patch_partner(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/crossTenantAccessPolicy/partners/{tenant id}."""
    partner = _partner(tenant, request)
    body = body_of(request.body)
    _check(body, PARTNER_TEMPLATE)
    tenant.partners[partner["tenantId"]] = _merged(partner, body)
    return Answer(status=204)


def delete_partner(tenant: Directory, request: Request) -> Answer:
    """DELETE …/partners/{tenant id}; its identity synchronization goes first."""
    partner = _partner(tenant, request)
    if partner["tenantId"] in tenant.identity_sync:
        # The rule is documented with the operation, the status and the code are not.
        raise _bad(
            "The partner configuration has an identity synchronization policy. "
            "Delete identitySynchronization first."
        )
    del tenant.partners[partner["tenantId"]]
    return Answer(status=204)


def _check(body: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for name, value in body.items():
        if name not in known:
            raise _bad(f"Invalid property '{name}'.")
        if name in _READ_ONLY or name == "tenantId":
            raise _bad(f"Property '{name}' is read-only and cannot be set.")
        if value is None:
            continue
        if name in _FLAGS:
            _check_flags(name, value)
        elif name in _B2B:
            _check_b2b(name, value)


def _check_flags(name: str, value: Any) -> None:
    known = _FLAGS[name]
    if not isinstance(value, Mapping) or not known.issuperset(body_of(value)):
        raise _bad(f"Invalid value specified for property '{name}'.")
    if any(not (flag is None or isinstance(flag, bool)) for flag in body_of(value).values()):
        raise _bad(f"Invalid value specified for property '{name}'.")


def _check_b2b(name: str, value: Any) -> None:
    if not isinstance(value, Mapping) or not {"usersAndGroups", "applications"}.issuperset(
        body_of(value)
    ):
        raise _bad(f"Invalid value specified for property '{name}'.")
    for part in body_of(value).values():
        if part is None:
            continue
        if part.get("accessType") not in {"allowed", "blocked"} or not part.get("targets"):
            raise _bad(f"Invalid value specified for property '{name}'.")
        for target in part["targets"]:
            if target.get("targetType") not in _TARGET_TYPES or not target.get("target"):
                raise _bad(f"Invalid value specified for property '{name}'.")


def _merged(held: Mapping[str, Any], body: Mapping[str, Any]) -> GraphObject:
    """Merge as OData's PATCH does: members of a complex value that are not sent stay."""
    after: GraphObject = deepcopy(dict(held))
    for name, value in body.items():
        before = after.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            after[name] = {**before, **body_of(value)}
        elif value is None and isinstance(PARTNER_TEMPLATE.get(name), Mapping):
            after[name] = dict(PARTNER_TEMPLATE[name])
        else:
            after[name] = deepcopy(value)
    return after


def get_sync(tenant: Directory, request: Request) -> Answer:
    """GET …/partners/{tenant id}/identitySynchronization."""
    partner = _partner(tenant, request)
    sync = tenant.identity_sync.get(partner["tenantId"])
    if sync is None:
        raise _absent()
    tail = f"{_TAIL}/partners('{partner['tenantId']}')/identitySynchronization"
    return odata.entity(request, sync, tail=tail)


def _checked_sync(request: Request) -> Mapping[str, Any]:
    body = body_of(request.body)
    known = {"displayName", "userSyncInbound", "tenantId"}
    if request.version == "beta":
        known |= {"groupSyncInbound", "externalCloudAuthorizedApplicationId"}
    for name, value in body.items():
        if name not in known:
            raise _bad(f"Invalid property '{name}'.")
        if name.endswith("SyncInbound") and value is not None:
            allowed = value.get("isSyncAllowed") if isinstance(value, Mapping) else None
            if not isinstance(allowed, bool):
                raise _bad(f"Invalid value specified for property '{name}'.")
    return {name: value for name, value in body.items() if name != "tenantId"}


def put_sync(tenant: Directory, request: Request) -> Answer:
    """PUT …/identitySynchronization, which only creates."""
    partner = _partner(tenant, request)
    body = _checked_sync(request)
    if partner["tenantId"] in tenant.identity_sync:
        raise _same_key(
            "A conflicting object with one or more of the specified property values is present "
            "in the directory."
        )
    empty = {"tenantId": partner["tenantId"], "displayName": None, "userSyncInbound": None}
    tenant.identity_sync[partner["tenantId"]] = {**empty, **deepcopy(dict(body))}
    return Answer(status=204)


def patch_sync(tenant: Directory, request: Request) -> Answer:
    """PATCH …/identitySynchronization."""
    partner = _partner(tenant, request)
    body = _checked_sync(request)
    sync = tenant.identity_sync.get(partner["tenantId"])
    if sync is None:
        raise _absent()
    tenant.identity_sync[partner["tenantId"]] = {**sync, **deepcopy(dict(body))}
    return Answer(status=204)


def delete_sync(tenant: Directory, request: Request) -> Answer:
    """DELETE …/identitySynchronization."""
    partner = _partner(tenant, request)
    if tenant.identity_sync.pop(partner["tenantId"], None) is None:
        raise _absent()
    return Answer(status=204)
