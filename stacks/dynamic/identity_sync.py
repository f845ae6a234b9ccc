"""`IdentitySync`: whether a target takes users from a source enters, its permission stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import Output, ResourceOptions
from pulumi.dynamic import Resource

from reconcile.graph.holding import Kind
from reconcile.graph.partners import sync_settings
from reconcile.graph.policies import Wish
from reconcile.graph.settings import Settings
from reconcile.model.tenants import Tenant
from stacks.dynamic.policy_object import PolicyProvider


class IdentitySyncProvider(PolicyProvider):
    """Keeps a target's permission to be written to from a source."""

    kind = Kind.SYNC

    def settings(self, props: Mapping[str, Any]) -> Settings:
        return sync_settings(allowed=bool(props["allowed"]))

    def shown(self, settings: Settings) -> dict[str, Any]:
        return {"allowed": (settings.get("userSyncInbound") or {}).get("isSyncAllowed") is True}


class IdentitySync(Resource, module="tenantry", name="IdentitySync"):
    """The target's identity-synchronization policy for users of one source.

    It goes before the target's `Partner`: Graph refuses to delete a partner that has one.
    """

    allowed: Output[bool]
    before: Output[dict[str, Any]]
    stopped: Output[str]

    def __init__(
        self, name: str, *, tenant: Tenant, wish: Wish, opts: ResourceOptions | None = None
    ) -> None:
        """Declare the part of the wish that the identity synchronization holds."""
        props = {
            "tenant": tenant.alias,
            "tenant_id": tenant.id,
            "partner": wish.partner,
            "partner_id": wish.partner_id,
            "allowed": wish.sync is True,
            "takeover": wish.takeover,
            "before": None,
            "stopped": None,
        }
        super().__init__(IdentitySyncProvider(), name, props, opts)
