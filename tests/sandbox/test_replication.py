from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import EMPLOYEES, Asker, a_sandbox

ADA = "ada@contoso.com"
ONE = sandbox_id("user:contoso:1")
MEMBERS = f"/groups/{EMPLOYEES}/members/graph.user?$select=id"


def late(listings: float, points: float, alias: str = "fabrikam") -> tuple[Asker, Any]:
    world = a_sandbox()
    world.replicate(listings=listings, points=points)
    return Asker(world, alias), world.clock


def test_a_listing_shows_a_new_user_late() -> None:
    asker, clock = late(30, 0)
    user_id = asker.invited(ADA)
    at_once = asker.ids(f"/users?$filter=mail eq '{ADA}'")
    by_id = asker.ask("GET", f"/users/{user_id}").status
    clock.advance(31)

    assert (at_once, by_id) == ([], 200)
    assert asker.ids(f"/users?$filter=mail eq '{ADA}'") == [user_id]
    assert user_id in asker.ids("/users?$select=id")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_new_user_is_unknown_by_id_while_listings_show_it(method: str) -> None:
    asker, clock = late(0, 30)
    user_id = asker.invited(ADA)
    listed = asker.ids(f"/users?$filter=mail eq '{ADA}'")
    early = asker.code(method, f"/users/{user_id}", {"jobTitle": "x"})
    clock.advance(31)

    assert listed == [user_id]
    assert early == (404, "Directory_ObjectNotFound")
    assert asker.ask(method, f"/users/{user_id}", {"jobTitle": "x"}).status < 300


def test_changes_and_deletes_are_listed_late() -> None:
    asker, clock = late(30, 30, "contoso")
    tenant = asker.world.tenant("contoso")
    tenant.patch_user(ONE, {"jobTitle": "Boss"})
    changed_at_once = asker.ids("/users?$filter=jobTitle eq 'Boss'")
    clock.advance(31)
    changed = asker.ids("/users?$filter=jobTitle eq 'Boss'")
    tenant.delete_user(ONE)
    still_listed = asker.ids("/users?$select=id")
    gone_by_id = asker.ask("GET", f"/users/{ONE}").status
    deleted_at_once = asker.ids("/directory/deletedItems/graph.user")
    clock.advance(31)

    assert (changed_at_once, changed) == ([], [ONE])
    assert ONE in still_listed
    assert (gone_by_id, deleted_at_once) == (404, [])
    assert ONE not in asker.ids("/users?$select=id")
    assert asker.ids("/directory/deletedItems/graph.user") == [ONE]


def test_memberships_are_listed_late() -> None:
    asker, clock = late(30, 0, "contoso")
    asker.world.tenant("contoso").remove_member(EMPLOYEES, ONE)
    at_once = asker.ids(MEMBERS)
    clock.advance(31)

    assert ONE in at_once
    assert ONE not in asker.ids(MEMBERS)


@pytest.mark.parametrize(
    "path", [f"/groups/{EMPLOYEES}/members/$ref", f"/users/{ONE}/manager/$ref"]
)
def test_nothing_is_linked_to_an_object_that_is_not_known_yet(path: str) -> None:
    asker, clock = late(0, 30, "contoso")
    user_id = asker.invited("ada@elsewhere.example")
    method = "POST" if "members" in path else "PUT"
    link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{user_id}"}
    early = asker.ask(method, path, link).status
    clock.advance(31)

    assert (early, asker.ask(method, path, link).status) == (404, 204)


def test_old_objects_are_never_late() -> None:
    asker, _ = late(30, 30, "contoso")

    assert asker.ask("GET", f"/users/{ONE}").status == 200
    assert ONE in asker.ids("/users?$select=id")


def test_switched_off_everything_shows_at_once() -> None:
    asker, _ = late(30, 30)
    user_id = asker.invited(ADA)
    asker.world.replicate(listings=0, points=0)

    assert asker.ask("GET", f"/users/{user_id}").status == 200
    assert asker.ids(f"/users?$filter=mail eq '{ADA}'") == [user_id]
