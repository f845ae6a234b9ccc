"""`Partner`: what one tenant is to say about another enters, its partner configuration stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import Output, ResourceOptions
from pulumi.dynamic import Resource

from reconcile.graph.holding import Kind
from reconcile.graph.policies import Wish
from reconcile.graph.settings import Settings
from reconcile.model.tenants import Tenant
from stacks.dynamic.policy_object import PolicyProvider
from stacks.dynamic.words import decoded, encoded


class PartnerProvider(PolicyProvider):
    """Keeps a tenant's configuration for a partner."""

    kind = Kind.PARTNER

    def settings(self, props: Mapping[str, Any]) -> Settings:
        return decoded(props["settings"])

    def shown(self, settings: Settings) -> dict[str, Any]:
        return {"settings": encoded(settings)}


class Partner(Resource, module="tenantry", name="Partner"):
    """One tenant's cross-tenant access policy toward one partner, composed from all links."""

    settings: Output[dict[str, Any]]
    before: Output[dict[str, Any]]
    stopped: Output[str]

    def __init__(
        self, name: str, *, tenant: Tenant, wish: Wish, opts: ResourceOptions | None = None
    ) -> None:
        """Declare the part of the wish that the partner configuration holds."""
        props = {
            "tenant": tenant.alias,
            "tenant_id": tenant.id,
            "partner": wish.partner,
            "partner_id": wish.partner_id,
            "settings": encoded(wish.settings),
            "takeover": wish.takeover,
            "before": None,
            "stopped": None,
        }
        super().__init__(PartnerProvider(), name, props, opts)
