"""Deleted policies toward other tenants: a tenant's id enters, the policy leaves or comes back.

Only beta has these calls. Policies stay as long as people do, thirty days. What restoring answers
next to a newer policy, or without the partner, is not documented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedKind:
    """The calls on one kind of deleted policies; `put_back` refuses what cannot be there again."""

    shape: Shape
    shelf: Callable[[Directory], dict[str, GraphObject]]
    put_back: Callable[[Directory, GraphObject], None]

    def listed(self, tenant: Directory, request: Request) -> Answer:
        """GET /policies/deletedItems/{kind}."""
        options = odata.options_of(request, self.shape)
        project = odata.plain_project(options.select)
        rows = odata.placed(self.shelf(tenant).values(), "tenantId")
        tail = odata.set_tail(self.shape, options, request)
        return odata.page(request, options, rows, project, tail=tail)

    def one(self, tenant: Directory, request: Request) -> Answer:
        """GET /policies/deletedItems/{kind}/{tenant id}."""
        policy = self._found(tenant, request)
        options = odata.options_of(request, self.shape)
        tail = odata.set_tail(self.shape, options, request)
        return odata.entity(request, odata.plain_project(options.select)(policy), tail=tail)

    def deleted(self, tenant: Directory, request: Request) -> Answer:
        """DELETE /policies/deletedItems/{kind}/{tenant id}, for good."""
        del self.shelf(tenant)[self._found(tenant, request)["tenantId"]]
        return Answer(status=204)

    def restored(self, tenant: Directory, request: Request) -> Answer:
        """POST /policies/deletedItems/{kind}/{tenant id}/restore.

        The documented answer still has the day of the deletion.
        """
        policy = self._found(tenant, request)
        kept = {name: value for name, value in policy.items() if name != "deletedDateTime"}
        self.put_back(tenant, kept)
        del self.shelf(tenant)[policy["tenantId"]]
        context = odata.context(request, f"microsoft.graph.{self.shape.resource}")
        return Answer(status=200, body={"@odata.context": context, **policy})

    def _found(self, tenant: Directory, request: Request) -> GraphObject:
        policy = self.shelf(tenant).get(request.keys[0].lower())
        if policy is None:
            raise absent()
        return policy


def _put_partner_back(tenant: Directory, policy: GraphObject) -> None:
    partner_id = policy["tenantId"]
    if partner_id in tenant.partners:
        raise same_key("Another object with the same value for property tenantId already exists.")
    # Only a deleted partner configuration has a name.
    kept = {name: value for name, value in policy.items() if name != "displayName"}
    tenant.partners[partner_id] = kept


def _put_sync_back(tenant: Directory, policy: GraphObject) -> None:
    partner_id = policy["tenantId"]
    if partner_id not in tenant.partners:
        raise bad("The partner configuration is deleted. Restore it first.")
    if partner_id in tenant.identity_sync:
        raise same_key(
            "A conflicting object with one or more of the specified property values is present "
            "in the directory."
        )
    tenant.identity_sync[partner_id] = policy


PARTNERS = DeletedKind(
    shape=_PARTNERS,
    shelf=lambda tenant: tenant.deleted_policies.partners,
    put_back=_put_partner_back,
)
SYNCS = DeletedKind(
    shape=_SYNCS,
    shelf=lambda tenant: tenant.deleted_policies.syncs,
    put_back=_put_sync_back,
)
