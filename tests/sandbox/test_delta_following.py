"""Whoever follows delta queries ends with what a full listing says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.seeds import sandbox_id
from sandbox.store import Directory
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, NESTED, Asker, a_sandbox, a_user
from tests.sandbox.following import Follower

SELECTED = "id,displayName,jobTitle,accountEnabled,otherMails"
PEOPLE = [sandbox_id(f"user:contoso:{number}") for number in range(16)]

people = st.integers(0, 15)
groups = st.sampled_from([EMPLOYEES, NESTED])
prefers = st.sampled_from(["", "return=minimal"])
edits = st.one_of(
    st.tuples(st.just("add"), people),
    st.tuples(st.just("delete"), people),
    st.tuples(st.just("restore"), people),
    st.tuples(st.just("purge"), people),
    st.tuples(st.just("title"), people, st.sampled_from(["Boss", "Clerk", None])),
    st.tuples(st.just("join"), people, groups),
    st.tuples(st.just("leave"), people, groups),
    st.tuples(st.just("manager"), people, people),
    st.tuples(st.just("forsake"), people),
    st.tuples(st.just("rename"), groups, st.sampled_from(["one", "two"])),
    st.tuples(st.sampled_from(["bin", "unbin", "empty"]), st.just(NESTED)),
    st.tuples(st.just("round"), st.sampled_from(["users", "groups"])),
    st.tuples(st.just("wait"), st.sampled_from([10, 40])),
)


def edit(tenant: Directory, kind: str, *rest: Any) -> None:
    """Make an edit if it makes sense now."""
    if rest[0] in {EMPLOYEES, NESTED}:
        edit_group(tenant, kind, *rest)
        return
    one = PEOPLE[rest[0]]
    if kind == "restore" and one in tenant.deleted_users:
        tenant.restore_user(one)
    elif kind == "purge" and one in tenant.deleted_users:
        tenant.purge_user(one)
    elif kind == "add" and one not in tenant.users and one not in tenant.deleted_users:
        tenant.add_user(a_user(rest[0]))
    elif one in tenant.users:
        change(tenant, kind, one, *rest[1:])


def edit_group(tenant: Directory, kind: str, group: str, *rest: Any) -> None:
    """Edit a group; one that is deleted is made a Microsoft 365 group before."""
    if group in tenant.groups and kind == "rename":
        tenant.patch_group(group, {"displayName": rest[0]})
    elif group in tenant.groups and kind == "bin":
        tenant.patch_group(group, {"groupTypes": ["Unified"]})
        tenant.delete_group(group)
    elif group in tenant.deleted_groups and kind == "unbin":
        tenant.restore_group(group)
    elif group in tenant.deleted_groups and kind == "empty":
        tenant.purge_group(group)


def change(tenant: Directory, kind: str, one: str, *rest: Any) -> None:
    if kind == "delete":
        tenant.delete_user(one)
    elif kind == "title":
        tenant.patch_user(one, {"jobTitle": rest[0]})
    elif kind == "join" and rest[0] in tenant.groups and one not in tenant.members[rest[0]]:
        tenant.add_member(rest[0], one)
    elif kind == "leave" and one in tenant.members.get(rest[0], {}):
        tenant.remove_member(rest[0], one)
    elif kind == "manager" and PEOPLE[rest[0]] in tenant.users:
        tenant.set_manager(one, PEOPLE[rest[0]])
    elif kind == "forsake":
        tenant.set_manager(one, None)


def listed_users(asker: Asker) -> dict[str, dict[str, Any]]:
    found = asker.get(f"/users?$select={SELECTED}&$top=999")["value"]
    return {
        one["id"]: {name: value for name, value in one.items() if value is not None}
        for one in found
    }


def managers(world: Sandbox) -> dict[str, str]:
    tenant = world.tenant("contoso")
    return {
        one: manager
        for one, manager in tenant.manager.items()
        if one in tenant.users and manager in tenant.users
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(edits, max_size=60), st.integers(0, 2), st.sampled_from([0, 30]), prefers)
def test_a_follower_ends_with_the_whole_directory(
    story: list[Any], awkwardness: int, delay: int, prefer: str
) -> None:
    world = a_sandbox()
    world.store.switches.delta_awkwardness = awkwardness
    world.replicate(listings=delay, points=0)
    asker, tenant = Asker(world, "contoso"), world.tenant("contoso")
    followers = {
        "users": Follower(asker, f"/users/delta?$select={SELECTED},manager", prefer),
        "groups": Follower(asker, "/groups/delta?$select=displayName,members", prefer),
    }
    for kind, *rest in story:
        if kind == "round":
            followers[rest[0]].round()
        elif kind == "wait":
            world.clock.advance(rest[0])  # type: ignore[attr-defined]  # a_sandbox has a manual one
        else:
            edit(tenant, kind, *rest)
    world.clock.advance(60)  # type: ignore[attr-defined]
    for follower in followers.values():
        follower.round()

    assert followers["users"].believed() == listed_users(asker)
    reports = {one: next(iter(held)) for one, held in followers["users"].links.items() if held}
    assert reports == managers(world)
    for group in (EMPLOYEES, NESTED):
        there = group in tenant.groups
        members = asker.ids(f"/groups/{group}/members?$select=id") if there else []
        assert followers["groups"].links.get(group, set()) == set(members)


@pytest.mark.parametrize("awkwardness", [0, 1, 2])
def test_what_changes_between_two_pages_is_not_lost(awkwardness: int) -> None:
    world = a_sandbox()
    world.store.switches.delta_awkwardness = awkwardness
    asker, tenant = Asker(world, "contoso"), world.tenant("contoso")
    follower = Follower(asker, f"/users/delta?$select={SELECTED}")
    ask, number = asker.get, 0

    def busy(address: str, **headers: str) -> Any:
        nonlocal number
        answer = ask(address, **headers)
        number += 1
        if number < 12:
            tenant.patch_user(PEOPLE[number], {"jobTitle": f"Title {number}"})
        return answer

    asker.get = busy  # type: ignore[method-assign]  # somebody edits whenever a page was read
    follower.round()
    asker.get = ask  # type: ignore[method-assign]

    follower.round()
    assert follower.believed() == listed_users(asker)
