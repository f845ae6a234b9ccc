"""A link enters; what its source tenant has for it alone stands: the sync app and its scope.

The sync app is an instance of Entra's own template, so that administrators find a link's scope
where they know it. With Tenantry's reconciler it has no job; with Entra's engine it carries one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from reconcile.graph.apps import SYNC_TEMPLATE
from reconcile.model import tenants as model
from reconcile.model.links import Engine, Link
from reconcile.model.tenants import ObjectId
from reconcile.topology.binding import Bound
from stacks import names
from stacks.adoption import Found, role_for_people
from stacks.lookups import Lookups
from stacks.native_job import NativeJobArgs, declare
from stacks.tenant import Tenant

# The first shows the app among the enterprise applications, the second hides it from its users.
_TAGS = ("WindowsAzureActiveDirectoryIntegratedApp", "HideApp")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSideArgs:
    """A link, its source, and what must stand before Entra's own job of it may start.

    `found` is the link's app where it stands already.
    """

    bound: Bound
    source: Tenant
    lookups: Lookups
    found: Found | None = None
    before_start: Sequence[pulumi.Resource] = ()


class SourceSide(pulumi.ComponentResource):
    """A link as its source sees it."""

    principal: azuread.ServicePrincipal

    def __init__(self, args: SourceSideArgs) -> None:
        """Declare the app, who is assigned to it, and with Entra's engine its job."""
        link = args.bound.link
        self._bound = args.bound
        self._found = args.found
        self._former = names.former(names.link_name, args.bound.source, args.bound.target)
        super().__init__(
            "tenantry:index:SourceSide",
            link.name.slug,
            None,
            pulumi.ResourceOptions(
                parent=args.source, aliases=self._former, provider=args.source.access
            ),
        )
        self.principal = self._sync_app(args)
        assignments = [self._assign(one) for one in self._assigned()]
        if link.engine is Engine.ENTRA:
            declare(
                NativeJobArgs(
                    bound=args.bound,
                    principal=self.principal,
                    lookups=args.lookups,
                    found=args.found,
                    before_start=[*args.before_start, *assignments],
                ),
                self._opts(),
            )
        self.register_outputs({"sync_app": self.principal.client_id})

    def _opts(
        self, *, aliases: Sequence[pulumi.Alias] | None = None, found: str | None = None
    ) -> pulumi.ResourceOptions:
        known = self._former if aliases is None else aliases
        return pulumi.ResourceOptions(parent=self, aliases=list(known), import_=found)

    def _sync_app(self, args: SourceSideArgs) -> azuread.ServicePrincipal:
        """The template's application, and the settings of its service principal."""
        link, source = args.bound.link, args.bound.source
        app = azuread.ApplicationFromTemplate(
            link.name.slug,
            display_name=title(link),
            template_id=SYNC_TEMPLATE,
            opts=self._opts(found=self._found.app_import if self._found else None),
        )
        return azuread.ServicePrincipal(
            link.name.slug,
            # The template's resource gives object ids only, and the client id takes a look-up.
            client_id=app.service_principal_object_id.apply(
                lambda principal: self._client_id(args.lookups, source, ObjectId(principal))
            ),
            use_existing=True,
            app_role_assignment_required=True,
            tags=sorted({*_TAGS, link.name.tag}),
            notes=_notes(args.bound),
            opts=self._opts(),
        )

    def _assigned(self) -> list[ObjectId]:
        return sorted({*self._bound.groups, *self._bound.users})

    def _assign(self, assigned: ObjectId) -> azuread.AppRoleAssignment:
        link, source, target = self._bound.link.name, self._bound.source, self._bound.target
        former = names.former(
            lambda one, other: names.assignment_name(one, other, assigned), source, target
        )
        known = self._found.assignment_import(assigned) if self._found else None
        opts = self._opts(aliases=former, found=known)
        opts.depends_on = [self.principal]
        return azuread.AppRoleAssignment(
            names.assignment_name(link.source, link.target, assigned),
            principal_object_id=assigned,
            # An import is compared before the principal's outputs are known.
            app_role_id=self._found.role if self._found and known else self._role(),
            resource_object_id=(
                self._found.principal if self._found and known else self.principal.object_id
            ),
            opts=opts,
        )

    def _role(self) -> pulumi.Output[str]:
        chosen: pulumi.Output[str] = self.principal.app_roles.apply(_chosen)
        return chosen

    async def _client_id(self, lookups: Lookups, source: model.Tenant, principal: ObjectId) -> str:
        if self._found and self._found.principal == principal:
            return self._found.client_id
        return await lookups.client_id(source, principal)


def title(link: Link) -> str:
    """What administrators see; by it an app is found that no state knows."""
    return link.name.title if link.engine is Engine.ENTRA else f"{link.name.title} (do not start)"


def _notes(bound: Bound) -> str:
    link = bound.link
    who = (
        "Entra's own provisioning pushes this link."
        if link.engine is Engine.ENTRA
        else "Tenantry's reconciler pushes this link: do not start provisioning here."
    )
    return f"Kept by Tenantry for {link.name.source} to {link.name.target}. {who}"


def _chosen(roles: Sequence[azuread.outputs.ServicePrincipalAppRole]) -> str:
    return role_for_people(map(_in_graph, roles))


def _in_graph(role: azuread.outputs.ServicePrincipalAppRole) -> dict[str, object]:
    """A role in Graph's names."""
    return {
        "id": role.id,
        "displayName": role.display_name,
        "isEnabled": role.enabled,
        "allowedMemberTypes": role.allowed_member_types,
    }
