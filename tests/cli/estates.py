"""Estates over a sandbox of this process: a world and links enter, what commands work on leaves."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import cast

from reconcile.cli.shell import Clients, SystemClock
from reconcile.cli.wiring import Estate
from reconcile.errors import CredentialError
from reconcile.graph.client import GraphClient
from reconcile.model.links import Link
from reconcile.model.tenants import Alias, Environment, Tenant
from reconcile.state.store import open_store
from tests.graph.worlds import World, a_job, tenant


@dataclass(frozen=True, slots=True)
class WorldClients:
    """What `shell.Clients` answers, from a sandbox of this process."""

    world: World
    refused: str = ""

    def tenant(self, alias: Alias) -> Tenant:
        bound = tenant(alias, self.world.sandbox.origin)
        return dataclasses.replace(bound, groups={"employees": a_job(alias).groups[0]})

    def of(self, alias: Alias) -> GraphClient:
        if alias == self.refused:
            raise CredentialError(f"{alias}: the authority refused the secret.")
        return self.world.client(alias)


def estate_of(world: World, *links: Link, refused: str = "") -> Estate:
    """The links in an estate whose state is empty; the tenant `refused` gives no token."""
    return Estate(
        environment=Environment(name="test", tenants={}),
        links=links,
        clients=cast("Clients", WorldClients(world, refused)),
        store=open_store("sqlite://", SystemClock()),
    )
