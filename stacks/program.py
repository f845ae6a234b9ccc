"""An environment's links enter; Pulumi resources for everything that stands still leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from reconcile.errors import ReconcileError
from reconcile.graph.policies import Wish, compose
from reconcile.model import tenants as model
from reconcile.model.links import Link, LinkName
from reconcile.model.tenants import Alias, Environment
from reconcile.topology.binding import Bound, bind
from stacks import estate
from stacks.adoption import Found
from stacks.azuread_access import check_secrets
from stacks.lookups import GraphLookups, Lookups
from stacks.source_side import SourceSide, SourceSideArgs, title
from stacks.target_side import TargetSide, TargetSideArgs
from stacks.tenant import Tenant, TenantArgs


def main() -> None:
    """Declare what the stack's environment needs."""
    name = pulumi.Config("tenantry").require("environment")
    try:
        environment = estate.environment(name)
        links = estate.links(environment)
        check_secrets(with_azuread(environment, links), estate.variables())
    except ReconcileError as error:
        raise pulumi.RunError(str(error)) from None
    build(environment, links, GraphLookups(name))


def with_azuread(environment: Environment, links: Sequence[Link]) -> tuple[model.Tenant, ...]:
    """The tenants that have resources of the azuread provider: sources, and federated ones."""
    sources = {link.name.source for link in links}
    return tuple(
        tenant
        for alias, tenant in sorted(environment.tenants.items())
        if alias in sources or tenant.federation
    )


def build(environment: Environment, links: Sequence[Link], lookups: Lookups) -> None:
    """Declare every resource, and the outputs that people and other programs need."""
    wishes = {(wish.tenant, wish.partner): wish for wish in compose(links, environment)}
    tenants = _tenants(environment, links, wishes)
    found = _standing(environment, links, lookups)
    told = {
        bound.link.name.slug: _link(bound, wishes, tenants, lookups, found.get(bound.link.name))
        for bound in bind(links, environment)
    }
    pulumi.export("links", told)
    pulumi.export("tenants", {alias: environment.tenants[alias].id for alias in tenants})


def _tenants(
    environment: Environment,
    links: Sequence[Link],
    wishes: Mapping[tuple[Alias, Alias], Wish],
) -> dict[Alias, Tenant]:
    asked = {tenant.alias for tenant in with_azuread(environment, links)}
    linked = {alias for link in links for alias in link.name}
    return {
        alias: Tenant(
            TenantArgs(
                tenant=environment.tenants[alias],
                partners=[
                    (environment.tenants[wish.partner], wish)
                    for (tenant, _), wish in sorted(wishes.items())
                    if tenant == alias
                ],
                with_azuread=alias in asked,
            )
        )
        for alias in sorted(linked | asked)
    }


def _standing(
    environment: Environment, links: Sequence[Link], lookups: Lookups
) -> dict[LinkName, Found]:
    """The apps of links that stand already: one question for each source."""
    apps = {
        source: lookups.apps(
            environment.tenants[source],
            {title(link): link.engine for link in links if link.name.source == source},
        )
        for source in sorted({link.name.source for link in links})
    }
    pairs = ((link.name, apps[link.name.source].get(title(link))) for link in links)
    return {name: app for name, app in pairs if app is not None}


def _link(
    bound: Bound,
    wishes: Mapping[tuple[Alias, Alias], Wish],
    tenants: Mapping[Alias, Tenant],
    lookups: Lookups,
    found: Found | None,
) -> dict[str, Any]:
    """Declare both sides of a link; what is told about it is looked up by its name."""
    link = bound.link
    source, target = tenants[link.name.source], tenants[link.name.target]
    wish = wishes[link.name.target, link.name.source]
    there = TargetSide(TargetSideArgs(bound=bound, wish=wish, target=target))
    inbound, outbound = target.partners[link.name.source], source.partners[link.name.target]
    here = SourceSide(
        SourceSideArgs(
            bound=bound,
            source=source,
            lookups=lookups,
            found=found,
            before_start=[inbound, there.synchronization, outbound],
        )
    )
    return {
        "source": link.name.source,
        "target": link.name.target,
        "engine": link.engine.value,
        "sync_app": here.principal.client_id,
        "service_principal": here.principal.object_id,
        "stopped": pulumi.Output.all(inbound.stopped, there.synchronization.stopped).apply(
            lambda stops: next((one for one in stops if one), None)
        ),
    }
