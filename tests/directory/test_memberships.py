"""Groups inside groups, and the groups that filters ask about, as they are read from a tenant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconcile.directory.source import GraphSource
from reconcile.errors import DirectoryError
from reconcile.model.jobs import Job
from reconcile.model.links import Clause, Scope, ScopingFilter
from reconcile.model.reads import Found, Import, Sought
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, decode_user
from sandbox.seeds import sandbox_id
from tests.graph.worlds import World, a_job, in_world

EMPLOYEES = sandbox_id("group:contoso:employees")
EXECUTIVES = sandbox_id("group:contoso:executives")
NESTED = sandbox_id("user:contoso:nested-only")


def asking(operator: str = "member-of", *, nested: bool = False, negated: bool = False) -> Job:
    """A job whose filter asks for the executives."""
    clause = Clause(attribute="", operator=operator, values=("executives",), negated=negated)
    filters = (ScopingFilter(name="some", clauses=(clause,)),)
    scope = Scope(groups=("employees",), filters=filters, nested=nested)
    return replace(a_job(scope=scope), memberships=(("executives", ObjectId(EXECUTIVES)),))


async def read(world: World, job: Job) -> Import:
    return await GraphSource(world.client("contoso"), job).read()


def people(found: Import) -> dict[ObjectId, User]:
    return {one.id: decode_user(one.raw, None) for page in found.pages() for one in page}


def test_with_nested_groups_their_members_are_read_too() -> None:
    nested = a_job(scope=Scope(groups=("employees",), nested=True))

    direct = people(in_world(lambda world: read(world, a_job())))
    whole = people(in_world(lambda world: read(world, nested)))

    assert direct.keys() < whole.keys()
    assert ObjectId(NESTED) in whole


def test_groups_in_a_circle_and_a_microsoft_365_group_are_read_to_their_end() -> None:
    async def play(world: World) -> dict[ObjectId, User]:
        contoso = world.sandbox.tenant("contoso")
        inner = next(one for one in contoso.members[EMPLOYEES] if one in contoso.groups)
        contoso.add_member(inner, EMPLOYEES)
        contoso.groups[EXECUTIVES]["groupTypes"] = ["Unified"]
        contoso.add_member(inner, EXECUTIVES)
        return people(await read(world, a_job(scope=Scope(groups=("employees",), nested=True))))

    assert ObjectId(NESTED) in in_world(play)


def test_everybody_is_marked_with_the_groups_that_filters_ask_about() -> None:
    async def play(world: World) -> tuple[dict[ObjectId, User], set[str]]:
        return people(await read(world, asking())), set(
            world.sandbox.tenant("contoso").members[EXECUTIVES]
        )

    found, executives = in_world(play)

    assert {user.groups for user in found.values()} == {frozenset(), frozenset({"executives"})}
    assert {one for one in found if found[one].groups} == executives & found.keys()


def test_without_such_a_filter_nobody_is_marked_and_nothing_more_is_asked() -> None:
    async def play(world: World) -> tuple[set[object], int]:
        found = people(await read(world, a_job()))
        return {user.groups for user in found.values()}, world.client("contoso").requests

    marks, _ = in_world(play)

    assert marks == {None}


def test_joining_a_group_changes_the_seal_of_who_joins() -> None:
    async def play(world: World) -> tuple[dict[ObjectId, bytes], dict[ObjectId, bytes], str]:
        job, contoso = asking(), world.sandbox.tenant("contoso")
        before = {
            one.id: job.seal(one.raw) for page in (await read(world, job)).pages() for one in page
        }
        joins = next(one for one in sorted(before) if one not in contoso.members[EXECUTIVES])
        contoso.add_member(EXECUTIVES, joins)
        after = {
            one.id: job.seal(one.raw) for page in (await read(world, job)).pages() for one in page
        }
        return before, after, joins

    before, after, joins = in_world(play)

    assert {one for one in before if before[one] != after[one]} == {joins}


@pytest.mark.parametrize(
    ("operator", "negated", "holes"),
    [
        ("member-of", False, ["executives"]),
        ("not-member-of", False, []),
        ("member-of", True, []),
        ("not-member-of", True, ["executives"]),
    ],
)
def test_an_empty_group_is_a_hole_where_members_are_needed(
    operator: str,
    negated: bool,  # noqa: FBT001
    holes: list[str],
) -> None:
    async def play(world: World) -> Import:
        contoso = world.sandbox.tenant("contoso")
        for member in list(contoso.members[EXECUTIVES]):
            contoso.remove_member(EXECUTIVES, member)
        return await read(world, asking(operator, negated=negated))

    assert list(in_world(play).holes) == holes


@pytest.mark.parametrize("operator", ["member-of", "not-member-of"])
def test_a_group_that_is_gone_is_always_a_hole(operator: str) -> None:
    async def play(world: World) -> Import:
        world.sandbox.tenant("contoso").delete_group(EXECUTIVES)
        return await read(world, asking(operator))

    assert list(in_world(play).holes) == ["executives"]


@pytest.mark.parametrize("nested", [False, True])
def test_who_is_looked_up_is_marked_as_in_the_listing(nested: bool) -> None:  # noqa: FBT001
    async def play(world: World) -> tuple[dict[ObjectId, User], Found]:
        source = GraphSource(world.client("contoso"), asking(nested=nested))
        listed = people(await source.read())
        return listed, await source.look_up(Sought(leavers=frozenset(listed)))

    listed, found = in_world(play)

    looked_up = {one: leaver.user and leaver.user.groups for one, leaver in found.leavers.items()}
    assert looked_up == {one: user.groups for one, user in listed.items()}
    assert all(leaver.assigned for leaver in found.leavers.values())


def test_a_cut_listing_of_members_is_no_read() -> None:
    async def play(world: World) -> None:
        world.sandbox.faults.arm("outage", path=f"/groups/{EXECUTIVES}/members", count=50)
        with pytest.raises(DirectoryError):
            await read(world, asking())

    in_world(play)
