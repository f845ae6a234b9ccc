"""Directory extensions that are gone, which read as empty for everybody."""

from __future__ import annotations

from dataclasses import replace

from reconcile.directory.source import GraphSource
from reconcile.graph.stamps import bootstrap
from reconcile.model.jobs import Job
from reconcile.model.links import AttributeMapping, Clause, Direct, Scope, ScopingFilter
from tests.graph.worlds import World, a_job, in_world

STRANGE = f"extension_{'0' * 32}_badge"


def reading(name: str, how: str) -> Job:
    """A job that filters or maps by an extension."""
    if how == "filter":
        clause = Clause(attribute=name, operator="is-not-null")
        filters = (ScopingFilter(name="some", clauses=(clause,)),)
        return a_job(scope=Scope(groups=("employees",), filters=filters))
    job = a_job()
    mapping = AttributeMapping(target="department", source=Direct(attribute=name))
    return replace(job, link=replace(job.link, mappings=(mapping,)))


async def an_extension(world: World) -> str:
    owner = (await bootstrap(world.client("contoso"))).owner.app_id
    return f"extension_{owner.replace('-', '')}_tenantrySource"


async def holes(world: World, job: Job) -> list[str]:
    found = await GraphSource(world.client("contoso"), job).read()
    return list(found.holes)


def test_an_extension_that_is_gone_is_a_hole() -> None:
    async def play(world: World) -> list[list[str]]:
        return [await holes(world, reading(STRANGE, how)) for how in ("filter", "mapping")]

    assert in_world(play) == [[f"the extension {STRANGE} is gone"]] * 2


def test_an_extension_of_the_target_is_not_looked_for_in_the_source() -> None:
    job = a_job()
    mapping = AttributeMapping(target=STRANGE, source=Direct(attribute="employeeId"))
    link = replace(job.link, mappings=(mapping,), matching=(STRANGE,))

    assert in_world(lambda world: holes(world, replace(job, link=link))) == []


def test_an_extension_that_nobody_has_a_value_of_is_none() -> None:
    async def play(world: World) -> list[str]:
        return await holes(world, reading(await an_extension(world), "filter"))

    assert in_world(play) == []


def test_where_somebody_has_a_value_nothing_is_asked() -> None:
    async def play(world: World) -> list[str]:
        name, contoso = await an_extension(world), world.sandbox.tenant("contoso")
        job = reading(name, "mapping")
        person = next(one for one in contoso.members[job.groups[0]] if one in contoso.users)
        contoso.patch_user(person, {name: "C1"})
        world.sandbox.faults.arm("outage", path="/applications", count=50)
        return await holes(world, job)

    assert in_world(play) == []
