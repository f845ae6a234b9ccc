"""Whatever an administrator edits, indexes and replicas agree with the plain contents."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.contents import Contents
from sandbox.store import Directory
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, NESTED, Asker, a_sandbox, a_user

NUMBERS = st.integers(0, 5)
MAILS = st.sampled_from(["a@contoso.com", "b@contoso.com", "A@contoso.com", None])
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), NUMBERS, MAILS),
        st.tuples(st.just("mail"), NUMBERS, MAILS),
        st.tuples(st.just("delete"), NUMBERS, st.none()),
        st.tuples(st.just("restore"), NUMBERS, st.none()),
        st.tuples(st.just("purge"), NUMBERS, st.none()),
        st.tuples(st.just("join"), NUMBERS, st.none()),
        st.tuples(st.just("leave"), NUMBERS, st.none()),
        st.tuples(st.sampled_from(["bin", "unbin", "empty"]), NUMBERS, st.none()),
    ),
    max_size=25,
)


def edit(tenant: Directory, kind: str, user_id: str, mail: Any) -> None:
    live, deleted = user_id in tenant.users, user_id in tenant.deleted_users
    member = user_id in tenant.members[EMPLOYEES]
    match kind:
        case "add" if not live and not deleted:
            tenant.add_user({**a_user(0, mail=mail, userPrincipalName=user_id), "id": user_id})
        case "mail" if live:
            tenant.patch_user(user_id, {"mail": mail, "otherMails": [mail] if mail else []})
        case "delete" if live:
            tenant.delete_user(user_id)
        case "restore" if deleted:
            tenant.restore_user(user_id)
        case "purge" if deleted:
            tenant.purge_user(user_id)
        case "join" if live and not member:
            tenant.add_member(EMPLOYEES, user_id)
        case "leave" if member:
            tenant.remove_member(EMPLOYEES, user_id)
        case _:
            edit_group(tenant, kind)


def edit_group(tenant: Directory, kind: str) -> None:
    """Delete, restore or purge a group that has members, as a Microsoft 365 group."""
    deleted = NESTED in tenant.deleted_groups
    if kind == "bin" and NESTED in tenant.groups:
        tenant.patch_group(NESTED, {"groupTypes": ["Unified"]})
        tenant.delete_group(NESTED)
    elif kind == "unbin" and deleted:
        tenant.restore_group(NESTED)
    elif kind == "empty" and deleted:
        tenant.purge_group(NESTED)


def edited(edits: list[tuple[str, int, Any]], *, late: float = 0) -> Sandbox:
    world = a_sandbox()
    world.replicate(listings=late, points=late)
    clock: Any = world.clock
    for kind, number, mail in edits:
        edit(world.tenant("contoso"), kind, f"id-{number}", mail)
        clock.advance(1)
    return world


def shown(contents: Contents) -> tuple[Any, ...]:
    members = {group: list(held) for group, held in contents.members.items()}
    return (
        list(contents.users.values()),
        list(contents.deleted_users.values()),
        members,
        contents.manager,
        contents.groups,
        contents.deleted_groups,
    )


@given(EDITS)
def test_an_indexed_filter_finds_what_a_scan_finds(edits: list[tuple[str, int, Any]]) -> None:
    world = edited(edits)
    clause = "mail eq 'a@contoso.com' or otherMails/any(x:x eq 'b@contoso.com')"

    found = Asker(world, "contoso").ids(f"/users?$select=id&$filter={clause}")

    assert found == [
        user["id"]
        for user in world.tenant("contoso").users.values()
        if str(user["mail"]).lower() == "a@contoso.com" or "b@contoso.com" in user["otherMails"]
    ]


@given(EDITS)
def test_a_replica_that_caught_up_shows_the_tenant(edits: list[tuple[str, int, Any]]) -> None:
    world = edited(edits, late=10)
    clock: Any = world.clock
    clock.advance(11)
    tenant = world.tenant("contoso")

    assert shown(tenant.listed) == shown(tenant)


@given(EDITS, st.integers(0, 25))
def test_a_replica_shows_the_tenant_as_it_was(
    edits: list[tuple[str, int, Any]], seconds: int
) -> None:
    late = edited(edits, late=seconds + 0.5)
    then = edited(edits[: max(len(edits) - seconds, 0)])

    assert shown(late.tenant("contoso").listed)[2:] == shown(then.tenant("contoso"))[2:]
    assert list(late.tenant("contoso").listed.users) == list(then.tenant("contoso").users)
