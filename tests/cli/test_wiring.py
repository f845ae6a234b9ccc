"""Where links are bound to tenants as they are: what cannot be bound is refused in one message."""

from __future__ import annotations

import dataclasses

import pytest

from reconcile.cli.wiring import Estate
from reconcile.errors import CredentialError, InputError, PermanentError
from reconcile.graph.stamps import bootstrap
from reconcile.model.cycles import HoldReason
from reconcile.model.links import Engine, Link
from tests.cli.estates import estate_of
from tests.graph.worlds import World, a_job, in_world


def an_estate(world: World) -> tuple[Estate, Link]:
    link = a_job().link
    return estate_of(world, link), link


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
        estate = estate_of(world, *links, refused="wingtip")
        with estate.store:
            (found,) = await estate.rounds()

        assert [cycle.link.source for cycle in found.cycles] == ["contoso"]
        assert isinstance(found.error, CredentialError)

    in_world(play)


def test_a_target_where_only_entra_pushes_needs_no_bootstrap() -> None:
    async def play(world: World) -> None:
        link = dataclasses.replace(a_job().link, engine=Engine.ENTRA)
        estate = estate_of(world, link)
        with estate.store:
            ((found,),) = [one.cycles for one in await estate.rounds()]

        assert found.held is not None
        assert found.held.reason is HoldReason.PUSHED_BY_ENTRA

    in_world(play)
