"""Where links are bound to tenants as they are: what cannot be bound is refused in one message."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import cast

import pytest

from reconcile.cli.shell import Clients, SystemClock
from reconcile.cli.wiring import Estate
from reconcile.errors import CredentialError, InputError, PermanentError
from reconcile.graph.client import GraphClient
from reconcile.graph.stamps import bootstrap
from reconcile.model.links import Link
from reconcile.model.tenants import Alias, Environment, Tenant
from reconcile.state.store import open_store
from tests.graph.worlds import World, a_job, in_world, tenant


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


def an_estate(world: World) -> tuple[Estate, Link]:
    link = a_job().link
    estate = Estate(
        environment=Environment(name="test", tenants={}),
        links=(link,),
        clients=cast("Clients", WorldClients(world)),
        store=open_store("sqlite://", SystemClock()),
    )
    return estate, link


def test_a_link_is_bound_to_the_stamps_of_its_target() -> None:
    async def play(world: World) -> None:
        owner = (await bootstrap(world.client("fabrikam"))).owner.app_id
        estate, link = an_estate(world)
        with estate.store:
            job = await estate.job(link)
        assert job.target_carrier.owner == owner
        assert job.source_carrier is None

    in_world(play)


def test_a_target_without_an_owner_is_told_to_bootstrap() -> None:
    async def play(world: World) -> None:
        estate, link = an_estate(world)
        with estate.store, pytest.raises(InputError, match="Run `tenantry bootstrap fabrikam`"):
            await estate.job(link)

    in_world(play)


def test_stamps_whose_extensions_are_gone_are_not_read_as_lost() -> None:
    async def play(world: World) -> None:
        owner = (await bootstrap(world.client("fabrikam"))).owner
        world.sandbox.tenant("fabrikam").registrations.extensions.pop(owner.id)
        estate, link = an_estate(world)
        with estate.store, pytest.raises(PermanentError, match="Every stamp there would seem lost"):
            await estate.job(link)

    in_world(play)


def test_one_refused_source_does_not_stop_the_others() -> None:
    async def play(world: World) -> None:
        await bootstrap(world.client("fabrikam"))
        links = tuple(a_job(name).link for name in ("contoso", "wingtip"))
        clients = cast("Clients", WorldClients(world, refused="wingtip"))
        with open_store("sqlite://", SystemClock()) as store:
            environment = Environment(name="test", tenants={})
            estate = Estate(environment=environment, links=links, clients=clients, store=store)
            (found,) = await estate.rounds()

        assert [cycle.link.source for cycle in found.cycles] == ["contoso"]
        assert isinstance(found.error, CredentialError)

    in_world(play)
