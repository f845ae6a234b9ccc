"""Deleted groups: Microsoft 365 groups wait 30 days for somebody to restore them, others do not."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from sandbox.snapshots import freeze
from tests.sandbox.asking import NESTED, WORKING, Asker, a_sandbox
from tests.sandbox.following import Follower
from tests.sandbox.test_groups import MICROSOFT_365, SECURITY, made

DELETED = "/directory/deletedItems"
LISTED = f"{DELETED}/microsoft.graph.group"
ADDRESS = "https://graph.microsoft.com/v1.0/users"
ONE, TWO = sandbox_id("user:contoso:1"), sandbox_id("user:contoso:2")
DAY = 86400
EVENTUAL = {"consistencylevel": "eventual"}


@pytest.fixture
def contoso() -> Asker:
    world = a_sandbox()
    world.store.switches.delta_awkwardness = 0
    return Asker(world, "contoso")


def deleted(asker: Asker, **more: Any) -> str:
    """Make a Microsoft 365 group with a member and an owner, and delete it."""
    bound = {"members@odata.bind": [f"{ADDRESS}/{ONE}"], "owners@odata.bind": [f"{ADDRESS}/{TWO}"]}
    group = str(made(asker, MICROSOFT_365 | bound | more)["id"])
    assert asker.ask("DELETE", f"/groups/{group}").status == 204
    return group


def days_pass(asker: Asker, days: int) -> None:
    clock: Any = asker.world.clock
    clock.advance(days * DAY)
    asker.get("/organization")


def test_a_deleted_microsoft_365_group_is_listed_with_the_deleted_items(contoso: Asker) -> None:
    group = deleted(contoso)

    assert contoso.code("GET", f"/groups/{group}")[0] == 404
    assert group not in contoso.ids("/groups")
    assert contoso.ids(LISTED) == [group]
    assert contoso.get(LISTED)["value"][0]["deletedDateTime"] == "2026-01-05T08:00:00Z"


def test_a_deleted_security_group_is_gone_at_once(contoso: Asker) -> None:
    group = made(contoso, SECURITY)["id"]
    contoso.ask("DELETE", f"/groups/{group}")

    assert contoso.ids(LISTED) == []
    assert contoso.code("GET", f"{DELETED}/{group}")[0] == 404


@pytest.mark.parametrize("cast", ["", "/microsoft.graph.group"])
def test_a_deleted_group_is_got_by_its_id(contoso: Asker, cast: str) -> None:
    group = deleted(contoso)

    found = contoso.get(f"{DELETED}/{group}{cast}")

    assert (found["@odata.type"], found["displayName"]) == ("#microsoft.graph.group", "Golf")


def test_a_deleted_group_is_no_user(contoso: Asker) -> None:
    assert contoso.code("GET", f"{DELETED}/{deleted(contoso)}/microsoft.graph.user")[0] == 404


def test_deleted_groups_are_sorted_by_the_time_of_their_deletion(contoso: Asker) -> None:
    first = deleted(contoso)
    days_pass(contoso, 1)
    second = deleted(contoso)
    address = f"{LISTED}?$count=true&$orderBy=deletedDateTime desc&$select=id,DisplayName"

    page = contoso.get(address, **EVENTUAL)

    assert page["@odata.count"] == 2
    assert page["value"] == [{"id": one, "displayName": "Golf"} for one in (second, first)]


def test_a_restored_group_has_its_members_and_owners(contoso: Asker) -> None:
    group = deleted(contoso)

    answer = contoso.ask("POST", f"{DELETED}/{group}/restore")

    assert (answer.status, answer.body["deletedDateTime"]) == (200, None)
    assert contoso.ids(LISTED) == []
    assert contoso.ids(f"/groups/{group}/members") == [ONE]
    assert contoso.ids(f"/groups/{group}/owners") == [TWO]


def test_nobody_is_in_a_deleted_group(contoso: Asker) -> None:
    group = deleted(contoso)

    assert group not in contoso.ids(f"/users/{ONE}/memberOf")
    assert group not in contoso.ask("POST", f"/users/{ONE}/getMemberGroups", {}).body["value"]


def test_a_purged_group_cannot_be_restored(contoso: Asker) -> None:
    contoso.world.store.switches.applications_purge = True
    group = deleted(contoso)

    assert contoso.ask("DELETE", f"{DELETED}/{group}").status == 204
    assert contoso.code("POST", f"{DELETED}/{group}/restore")[0] == 404


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_deleted_groups_are_kept_for_thirty_days(contoso: Asker, days: int, left: int) -> None:
    deleted(contoso)

    days_pass(contoso, days)

    assert len(contoso.ids(LISTED)) == left


def test_each_type_of_deleted_object_needs_its_own_permission(contoso: Asker) -> None:
    group = deleted(contoso)
    contoso.ask("DELETE", f"/users/{ONE}")
    people = Asker(contoso.world, "contoso", permissions=frozenset({"User.ReadWrite.All"}))
    groups = Asker(contoso.world, "contoso", permissions=frozenset({"Group.ReadWrite.All"}))

    assert people.code("GET", f"{DELETED}/{group}")[0] == 403
    assert people.code("POST", f"{DELETED}/{group}/restore")[0] == 403
    assert groups.code("GET", f"{DELETED}/{ONE}")[0] == 403
    assert groups.ask("POST", f"{DELETED}/{group}/restore").status == 200
    assert people.ask("POST", f"{DELETED}/{ONE}/restore").status == 200


def test_who_restores_a_group_for_roles_needs_the_right_to_assign_roles(contoso: Asker) -> None:
    group = deleted(contoso, isAssignableToRole=True, securityEnabled=True)
    lesser = Asker(
        contoso.world, "contoso", permissions=WORKING - {"RoleManagement.ReadWrite.Directory"}
    )

    assert lesser.code("POST", f"{DELETED}/{group}/restore")[0] == 403
    assert contoso.ask("POST", f"{DELETED}/{group}/restore").status == 200


def test_a_group_for_roles_is_deleted_by_its_owner_or_by_who_may_assign_roles(
    contoso: Asker,
) -> None:
    lesser = Asker(
        contoso.world, "contoso", permissions=WORKING - {"RoleManagement.ReadWrite.Directory"}
    )
    tenant = contoso.world.tenant("contoso")
    owner = tenant.registrations.principal_of(contoso.request("GET", "/groups").caller.app_id)
    assert owner is not None
    group = made(contoso, SECURITY | {"isAssignableToRole": True})["id"]

    assert lesser.code("DELETE", f"/groups/{group}")[0] == 403

    tenant.registrations.owners[group].add(owner["id"])

    assert lesser.ask("DELETE", f"/groups/{group}").status == 204


def test_delta_tells_whether_a_group_can_come_back(contoso: Asker) -> None:
    contoso.world.store.switches.applications_purge = True
    follower = Follower(contoso, "/groups/delta").round()
    group = deleted(contoso)
    contoso.ask("DELETE", f"/groups/{NESTED}")

    assert follower.round().removed == {group: "changed", NESTED: "deleted"}

    contoso.ask("DELETE", f"{DELETED}/{group}")

    assert follower.round().removed[group] == "deleted"


def test_delta_tells_a_restored_group_with_its_members(contoso: Asker) -> None:
    group = deleted(contoso)
    follower = Follower(contoso, "/groups/delta?$deltatoken=latest").round()

    contoso.ask("POST", f"{DELETED}/{group}/restore")
    follower.round()

    assert follower.objects[group]["displayName"] == "Golf"
    assert follower.links[group] == {ONE}


def test_the_audit_log_tells_groups_from_people(contoso: Asker) -> None:
    group = deleted(contoso)
    contoso.ask("POST", f"{DELETED}/{group}/restore")

    log = contoso.get("/auditLogs/directoryAudits")["value"]

    assert "Restore Group" in [one["activityDisplayName"] for one in log]


def test_deleted_groups_are_in_snapshots(contoso: Asker) -> None:
    contoso.world.store.switches.applications_purge = True
    group = deleted(contoso)
    frozen = freeze(contoso.world.store)
    contoso.ask("DELETE", f"{DELETED}/{group}")

    contoso.world.go_back(frozen)

    assert contoso.ids(LISTED) == [group]


def test_no_application_purges_a_group_unless_a_switch_lets_it(contoso: Asker) -> None:
    group = deleted(contoso)

    assert contoso.code("DELETE", f"{DELETED}/{group}") == (403, "Authorization_RequestDenied")
    assert contoso.ids(LISTED) == [group]
