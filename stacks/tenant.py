"""A tenant and its wishes toward partners enter; its provider, policies and federation stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from reconcile.graph.credentials import token_audience
from reconcile.graph.policies import Wish
from reconcile.model import tenants as model
from reconcile.model.tenants import Alias
from stacks import names
from stacks.azuread_access import provider_arguments
from stacks.dynamic.partner import Partner
from stacks.stops import tell


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantArgs:
    """One tenant, what it is to say about each partner, and whether it has azuread resources."""

    tenant: model.Tenant
    partners: Sequence[tuple[model.Tenant, Wish]] = ()
    with_azuread: bool = False


class Tenant(pulumi.ComponentResource):
    """What one tenant has once, whatever links lead from it or to it."""

    partners: dict[Alias, Partner]
    access: azuread.Provider | None

    def __init__(self, args: TenantArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the provider, one partner configuration a partner, and the federation."""
        former = pulumi.ResourceOptions(aliases=names.former(str, args.tenant))
        name = args.tenant.alias
        super().__init__(
            "tenantry:index:Tenant", name, None, pulumi.ResourceOptions.merge(former, opts)
        )
        self.access = self._reach(args.tenant) if args.with_azuread else None
        self.partners = {
            partner.alias: self._partner(args.tenant, partner, wish)
            for partner, wish in args.partners
        }
        self._federate(args.tenant)
        self.register_outputs({"tenant_id": args.tenant.id})

    def _reach(self, tenant: model.Tenant) -> azuread.Provider:
        opts = pulumi.ResourceOptions(parent=self, aliases=names.former(str, tenant))
        return azuread.Provider(tenant.alias, opts=opts, **provider_arguments(tenant))

    def _partner(self, tenant: model.Tenant, partner: model.Tenant, wish: Wish) -> Partner:
        aliases = names.former(names.partner_name, tenant, partner)
        made = Partner(
            names.partner_name(tenant.alias, partner.alias),
            tenant=tenant,
            wish=wish,
            opts=pulumi.ResourceOptions(parent=self, aliases=aliases),
        )
        tell(made)
        return made

    def _federate(self, tenant: model.Tenant) -> None:
        """Accept the declared tokens in place of a secret, one credential after the other."""
        federation = tenant.federation
        if federation is None:
            return
        before: list[pulumi.Resource] = []
        for name, subject in federation.subjects.items():
            made = azuread.ApplicationFederatedIdentityCredential(
                f"{tenant.alias}-{name}",
                application_id=f"/applications/{federation.application}",
                display_name=name,
                description="Deploys what stands still between tenants (Tenantry).",
                issuer=federation.issuer,
                subject=subject,
                audiences=[token_audience(tenant)],
                # Entra refuses two at once.
                opts=pulumi.ResourceOptions(
                    parent=self,
                    provider=self.access,
                    depends_on=before,
                    aliases=names.former(lambda alias, name=name: f"{alias}-{name}", tenant),
                ),
            )
            before = [made]
