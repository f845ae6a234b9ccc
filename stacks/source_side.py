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
from reconcile.model.links import Engine
from reconcile.model.tenants import ObjectId
from reconcile.topology.binding import Bound
from stacks import names
from stacks.lookups import Lookups
from stacks.native_job import NativeJobArgs, declare
from stacks.tenant import Tenant

# The first shows the app among the enterprise applications, the second hides it from its users.
_TAGS = ("WindowsAzureActiveDirectoryIntegratedApp", "HideApp")
_ROLE = "msiam_access"
_NO_ROLE = ObjectId("00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSideArgs:
    """A link, its source, and what must stand before Entra's own job of it may start."""

    bound: Bound
    source: Tenant
    lookups: Lookups
    before_start: Sequence[pulumi.Resource] = ()


class SourceSide(pulumi.ComponentResource):
    """A link as its source sees it."""

    principal: azuread.ServicePrincipal

    def __init__(self, args: SourceSideArgs) -> None:
        """Declare the app, who is assigned to it, and with Entra's engine its job."""
        link = args.bound.link
        self._bound = args.bound
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
                    before_start=[*args.before_start, *assignments],
                ),
                self._opts(),
            )
        self.register_outputs({"sync_app": self.principal.client_id})

    def _opts(self, aliases: Sequence[pulumi.Alias] | None = None) -> pulumi.ResourceOptions:
        known = self._former if aliases is None else aliases
        return pulumi.ResourceOptions(parent=self, aliases=list(known))

    def _sync_app(self, args: SourceSideArgs) -> azuread.ServicePrincipal:
        """The template's application, and the settings of its service principal."""
        link, source = args.bound.link, args.bound.source
        app = azuread.ApplicationFromTemplate(
            link.name.slug,
            display_name=_title(args.bound),
            template_id=SYNC_TEMPLATE,
            opts=self._opts(),
        )
        return azuread.ServicePrincipal(
            link.name.slug,
            # The template's resource gives object ids only, and the client id takes a look-up.
            client_id=app.service_principal_object_id.apply(
                lambda principal: args.lookups.client_id(source, ObjectId(principal))
            ),
            use_existing=True,
            app_role_assignment_required=True,
            tags=sorted({*_TAGS, link.name.tag}),
            notes=_notes(args.bound),
            opts=self._opts(),
        )

    def _assigned(self) -> list[ObjectId]:
        return sorted({*self._bound.groups, *self._bound.users})

    def _assign(self, principal: ObjectId) -> azuread.AppRoleAssignment:
        link, source, target = self._bound.link.name, self._bound.source, self._bound.target
        return azuread.AppRoleAssignment(
            names.assignment_name(link.source, link.target, principal),
            app_role_id=self.principal.app_roles.apply(_role),
            principal_object_id=principal,
            resource_object_id=self.principal.object_id,
            opts=self._opts(
                names.former(
                    lambda one, other: names.assignment_name(one, other, principal), source, target
                )
            ),
        )


def _title(bound: Bound) -> str:
    """What administrators see; by it an app is found that was made and never tagged."""
    link = bound.link
    return link.name.title if link.engine is Engine.ENTRA else f"{link.name.title} (do not start)"


def _notes(bound: Bound) -> str:
    link = bound.link
    who = (
        "Entra's own provisioning pushes this link."
        if link.engine is Engine.ENTRA
        else "Tenantry's reconciler pushes this link: do not start provisioning here."
    )
    return f"Kept by Tenantry for {link.name.source} to {link.name.target}. {who}"


def _role(roles: Sequence[azuread.outputs.ServicePrincipalAppRole]) -> str:
    """The role that people are assigned; an application without roles has the default one."""
    offered = [one for one in roles if one.enabled and "User" in (one.allowed_member_types or ())]
    chosen = sorted(offered, key=lambda one: (one.display_name != _ROLE, one.id or ""))
    return str(chosen[0].id) if chosen else _NO_ROLE
