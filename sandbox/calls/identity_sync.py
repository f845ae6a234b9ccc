"""Whom a tenant lets push people to it: policies of partners enter and leave."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sandbox import odata
from sandbox.calls.cross_tenant import partner_named
from sandbox.calls.partner_settings import absent, bad, same_key
from sandbox.calls.user_rules import body_of
from sandbox.clock import stamp
from sandbox.closures import in_force
from sandbox.contents import GraphObject
from sandbox.policy_objects import SYNC_TEMPLATE, alive, sync_of, versioned
from sandbox.store import Directory
from sandbox.wire import Answer, Request


def get_sync(tenant: Directory, request: Request) -> Answer:
    """GET …/partners/{tenant id}/identitySynchronization."""
    partner_id, _ = _sync(tenant, request)
    tail = f"policies/crossTenantAccessPolicy/partners('{partner_id}')/identitySynchronization"
    shown = alive(request.version, in_force(tenant, partner_id))
    return odata.entity(request, shown, tail=tail)


def _sync(tenant: Directory, request: Request) -> tuple[str, GraphObject]:
    partner_id = partner_named(tenant, request)["tenantId"]
    sync = tenant.identity_sync.get(partner_id)
    if sync is None:
        raise absent()
    return partner_id, sync


def _checked(request: Request) -> Mapping[str, Any]:
    body = body_of(request.body)
    known = versioned(request.version, SYNC_TEMPLATE)
    for name, value in body.items():
        if name not in known:
            raise bad(f"Invalid property '{name}'.")
        if name.endswith("SyncInbound") and value is not None:
            plain = body_of(value) if isinstance(value, Mapping) else {}
            if set(plain) != {"isSyncAllowed"} or not isinstance(plain["isSyncAllowed"], bool):
                raise bad(f"Invalid value specified for property '{name}'.")
        elif value is not None and not isinstance(value, str):
            raise bad(f"Invalid value specified for property '{name}'.")
    return {name: deepcopy(value) for name, value in body.items() if name != "tenantId"}


def put_sync(tenant: Directory, request: Request) -> Answer:
    """PUT …/identitySynchronization, which only creates."""
    partner_id = partner_named(tenant, request)["tenantId"]
    body = _checked(request)
    if partner_id in tenant.identity_sync:
        raise same_key(
            "A conflicting object with one or more of the specified property values is present "
            "in the directory."
        )
    tenant.identity_sync[partner_id] = sync_of({"tenantId": partner_id, **body})
    return Answer(status=204)


def patch_sync(tenant: Directory, request: Request) -> Answer:
    """PATCH …/identitySynchronization."""
    partner_named(tenant, request)
    body = _checked(request)
    partner_id, sync = _sync(tenant, request)
    tenant.identity_sync[partner_id] = {**sync, **body}
    return Answer(status=204)


def delete_sync(tenant: Directory, request: Request) -> Answer:
    """DELETE …/identitySynchronization."""
    partner_id, sync = _sync(tenant, request)
    del tenant.identity_sync[partner_id]
    now = stamp(tenant.clock.now())
    tenant.deleted_policies.syncs[partner_id] = {**sync, "deletedDateTime": now}
    return Answer(status=204)
