"""Deleted policies toward other tenants: a tenant's id enters, the policy leaves or comes back.

Only beta has these calls. Policies stay as long as people do, thirty days. What restoring answers
next to a newer policy, or without the partner, is not documented.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox import odata
from sandbox.calls.partner_settings import absent, bad, same_key
from sandbox.contents import GraphObject
from sandbox.odata import Shape
from sandbox.policy_objects import PARTNER_TEMPLATE, SYNC_TEMPLATE
from sandbox.store import Directory
from sandbox.wire import Answer, Request

_TAIL = "policies/deletedItems"
_PARTNERS = Shape(
    resource="crossTenantAccessPolicyConfigurationPartner",
    entity_set=f"{_TAIL}/crossTenantPartners",
    selectable=lambda name: name in {*PARTNER_TEMPLATE, "deletedDateTime", "displayName"},
    filterable=lambda name: name == "tenantId",
)
_SYNCS = Shape(
    resource="crossTenantIdentitySyncPolicyPartner",
    entity_set=f"{_TAIL}/crossTenantSyncPolicyPartners",
    selectable=lambda name: name in {*SYNC_TEMPLATE, "deletedDateTime"},
    filterable=lambda name: name == "tenantId",
)
_Shelf = Mapping[str, GraphObject]


def _listed(request: Request, shelf: _Shelf, shape: Shape) -> Answer:
    options = odata.options_of(request, shape)
    project = odata.plain_project(options.select)
    rows = odata.numbered(shelf.values())
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def _one(request: Request, shelf: _Shelf) -> GraphObject:
    policy = shelf.get(request.keys[0].lower())
    if policy is None:
        raise absent()
    return policy


def _restored(policy: GraphObject) -> GraphObject:
    return {name: value for name, value in policy.items() if name != "deletedDateTime"}


def _restored_partner(policy: GraphObject) -> GraphObject:
    # Only a deleted partner configuration has a name.
    return {name: value for name, value in _restored(policy).items() if name != "displayName"}


def list_partners(tenant: Directory, request: Request) -> Answer:
    """GET /policies/deletedItems/crossTenantPartners."""
    return _listed(request, tenant.deleted_policies.partners, _PARTNERS)


def get_partner(tenant: Directory, request: Request) -> Answer:
    """GET /policies/deletedItems/crossTenantPartners/{tenant id}."""
    policy = _one(request, tenant.deleted_policies.partners)
    return odata.entity(request, policy, tail=_PARTNERS.entity_set)


def delete_partner(tenant: Directory, request: Request) -> Answer:
    """DELETE /policies/deletedItems/crossTenantPartners/{tenant id}, for good."""
    shelf = tenant.deleted_policies.partners
    del shelf[_one(request, shelf)["tenantId"]]
    return Answer(status=204)


def restore_partner(tenant: Directory, request: Request) -> Answer:
    """POST /policies/deletedItems/crossTenantPartners/{tenant id}/restore."""
    shelf = tenant.deleted_policies.partners
    policy = _one(request, shelf)
    partner_id = policy["tenantId"]
    if partner_id in tenant.partners:
        raise same_key("Another object with the same value for property tenantId already exists.")
    tenant.partners[partner_id] = _restored_partner(shelf.pop(partner_id))
    return _answered(request, policy, _PARTNERS.resource)


def list_syncs(tenant: Directory, request: Request) -> Answer:
    """GET /policies/deletedItems/crossTenantSyncPolicyPartners."""
    return _listed(request, tenant.deleted_policies.syncs, _SYNCS)


def get_sync(tenant: Directory, request: Request) -> Answer:
    """GET /policies/deletedItems/crossTenantSyncPolicyPartners/{tenant id}."""
    policy = _one(request, tenant.deleted_policies.syncs)
    return odata.entity(request, policy, tail=_SYNCS.entity_set)


def delete_sync(tenant: Directory, request: Request) -> Answer:
    """DELETE /policies/deletedItems/crossTenantSyncPolicyPartners/{tenant id}, for good."""
    shelf = tenant.deleted_policies.syncs
    del shelf[_one(request, shelf)["tenantId"]]
    return Answer(status=204)


def restore_sync(tenant: Directory, request: Request) -> Answer:
    """POST /policies/deletedItems/crossTenantSyncPolicyPartners/{tenant id}/restore."""
    shelf = tenant.deleted_policies.syncs
    policy = _one(request, shelf)
    partner_id = policy["tenantId"]
    if partner_id not in tenant.partners:
        raise bad("The partner configuration is deleted. Restore it first.")
    if partner_id in tenant.identity_sync:
        raise same_key(
            "A conflicting object with one or more of the specified property values is present "
            "in the directory."
        )
    tenant.identity_sync[partner_id] = _restored(shelf.pop(partner_id))
    return _answered(request, policy, _SYNCS.resource)


def _answered(request: Request, policy: GraphObject, resource: str) -> Answer:
    """Answer a restored policy; the documented answer still has the day of its deletion."""
    context = odata.context(request, f"microsoft.graph.{resource}")
    return Answer(status=200, body={"@odata.context": context, **policy})
