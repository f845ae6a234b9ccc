from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from reconcile.directory.source import GraphSource
from reconcile.errors import ConsentError, DirectoryError, NotFoundError
from reconcile.model.jobs import Job
from reconcile.model.links import Scope
from reconcile.model.reads import Import, Sought
from reconcile.model.tenants import ObjectId
from sandbox.seeds import sandbox_id
from tests.graph.worlds import World, a_job, in_world

EMPLOYEES = sandbox_id("group:contoso:employees")
EXECUTIVES = sandbox_id("group:contoso:executives")
CEO = sandbox_id("user:contoso:1")


async def read(world: World, job: Job, app: str = "reconciler") -> Import:
    return await GraphSource(world.client("contoso", app), job).read()


def ids(found: Import) -> list[ObjectId]:
    return [user.id for page in found.pages() for user in page]


def test_somebody_in_two_groups_is_read_once() -> None:
    job = a_job(groups={"executives": EXECUTIVES, "employees": EMPLOYEES})

    found = ids(in_world(lambda world: read(world, job)))

    assert len(found) == len(set(found)) > 40


def test_named_users_join_the_groups() -> None:
    job = a_job(groups={"executives": EXECUTIVES}, users=(CEO, sandbox_id("user:contoso:20")))

    found = ids(in_world(lambda world: read(world, job)))

    assert sandbox_id("user:contoso:20") in found
    assert found.count(ObjectId(CEO)) == 1


def test_a_named_user_who_is_gone_is_simply_not_there() -> None:
    job = a_job(groups={}, users=(CEO, EMPLOYEES))

    assert ids(in_world(lambda world: read(world, job))) == [CEO]


def test_any_kind_of_group_assigns_its_members() -> None:
    kinds: list[dict[str, Any]] = [
        {"groupTypes": [], "securityEnabled": True, "mailEnabled": False},
        {"groupTypes": ["DynamicMembership"], "securityEnabled": True, "mailEnabled": False},
        {"groupTypes": ["Unified"], "securityEnabled": False, "mailEnabled": True},
    ]
    people = [ObjectId(sandbox_id(f"user:contoso:{number}")) for number in (30, 31, 32)]

    async def play(world: World) -> list[ObjectId]:
        contoso = world.sandbox.tenant("contoso")
        groups = {f"group{number}": contoso.add_group(one) for number, one in enumerate(kinds)}
        for group, person in zip(groups.values(), people, strict=True):
            contoso.add_member(group, person)
        return ids(await read(world, a_job(groups=groups)))

    assert in_world(play) == people


def test_everyone_is_everyone() -> None:
    job = a_job(groups={}, scope=Scope(everyone=True))

    async def play(world: World) -> tuple[int, int]:
        return len(ids(await read(world, job))), len(world.sandbox.tenant("contoso").users)

    found, there = in_world(play)

    assert found == there


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_group_that_is_missing_or_empty_is_a_hole_with_its_name(how: str) -> None:
    async def play(world: World) -> Import:
        contoso = world.sandbox.tenant("contoso")
        if how == "missing":
            contoso.delete_group(EXECUTIVES)
        else:
            for member in list(contoso.members[EXECUTIVES]):
                contoso.remove_member(EXECUTIVES, member)
        return await read(world, a_job(groups={"executives": EXECUTIVES, "employees": EMPLOYEES}))

    found = in_world(play)

    assert list(found.holes) == ["executives"]
    assert len(ids(found)) > 40


@dataclass
class Watched(httpx.AsyncBaseTransport):
    """Calls `before` with each address and how often its path was asked, then asks the sandbox."""

    inner: httpx.AsyncBaseTransport
    before: Callable[[str, int], None]
    asked: Counter[str] = field(default_factory=Counter)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked[request.url.path] += 1
        self.before(request.url.path, self.asked[request.url.path])
        return await self.inner.handle_async_request(request)


@pytest.mark.parametrize("first", ["employees", "executives"])
def test_a_group_that_is_deleted_between_two_pages_is_no_read(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where everybody on its first page was known from an earlier group."""
    groups = {"employees": EMPLOYEES, "executives": EXECUTIVES}
    monkeypatch.setattr("reconcile.directory.members.TOP", 1)

    async def play(world: World) -> None:
        contoso = world.sandbox.tenant("contoso")

        def vanish(path: str, count: int) -> None:
            if f"{EXECUTIVES}/members" in path and count == 2:
                contoso.delete_group(EXECUTIVES)

        client = world.client("contoso")
        assert client.transport is not None
        await client.http.aclose()
        client.http = httpx.AsyncClient(transport=Watched(client.transport, vanish))
        ordered = {name: groups[name] for name in sorted(groups, key=lambda one: one != first)}
        with pytest.raises(NotFoundError):
            await GraphSource(client, a_job(groups=ordered)).read()

    in_world(play)


def test_a_page_cut_short_is_asked_again() -> None:
    async def play(world: World) -> int:
        world.sandbox.faults.arm("truncate", count=3, path="/members")
        return len(ids(await read(world, a_job())))

    assert in_world(play) > 40


def test_a_page_that_stays_cut_short_is_no_read() -> None:
    async def play(world: World) -> None:
        world.sandbox.faults.arm("truncate", count=99, path="/members")
        with pytest.raises(DirectoryError, match="cut short"):
            await read(world, a_job())

    in_world(play)


def test_a_storm_is_waited_out() -> None:
    async def play(world: World) -> int:
        world.sandbox.faults.arm("storm", count=8)
        return len(ids(await read(world, a_job())))

    assert in_world(play) > 40


def test_a_missing_permission_is_no_empty_group() -> None:
    async def play(world: World) -> None:
        with pytest.raises(ConsentError, match=r"lacks GroupMember\.Read\.All"):
            await read(world, a_job(), app="reader")

    in_world(play)


def test_a_read_of_ten_thousand_takes_few_requests() -> None:
    async def play(world: World) -> int:
        contoso = world.sandbox.tenant("contoso")
        for number in range(9_960):
            mail = f"p{number}@contoso.com"
            person = contoso.add_user({"userPrincipalName": mail, "mail": mail})
            contoso.add_member(EMPLOYEES, person)
        await read(world, a_job())
        return world.client("contoso").requests

    assert in_world(play) <= 13


def test_a_member_of_a_nested_group_is_not_assigned() -> None:
    async def play(world: World) -> None:
        contoso = world.sandbox.tenant("contoso")
        person = ObjectId(sandbox_id("user:contoso:30"))
        contoso.remove_member(EMPLOYEES, person)
        contoso.add_member(sandbox_id("group:contoso:trainees"), person)
        source = GraphSource(world.client("contoso"), a_job())
        found = await source.look_up(Sought(leavers=frozenset({person})))
        assert found.leavers[person].user is not None
        assert not found.leavers[person].assigned

    in_world(play)


def test_a_look_up_without_an_answer_calls_nobody_absent() -> None:
    async def play(world: World) -> None:
        world.sandbox.faults.arm("storm", count=10_000, path="/memberOf")
        source = GraphSource(world.client("contoso"), a_job())
        with pytest.raises(DirectoryError):
            await source.look_up(Sought(leavers=frozenset({ObjectId(CEO)})))

    in_world(play)


def test_a_named_user_is_assigned_without_a_group() -> None:
    async def play(world: World) -> None:
        source = GraphSource(world.client("contoso"), a_job(groups={}, users=(CEO,)))
        found = await source.look_up(Sought(leavers=frozenset({ObjectId(CEO)})))
        assert found.leavers[ObjectId(CEO)].assigned

    in_world(play)
