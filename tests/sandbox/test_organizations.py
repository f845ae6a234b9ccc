from __future__ import annotations

from typing import Any

import pytest

from sandbox.organizations import MOST_TENANTS
from tests.sandbox.asking import a_sandbox, a_tenant
from tests.sandbox.organized import (
    JOIN,
    NOBODY,
    ORGANIZATION,
    TENANTS,
    add,
    found,
    join,
    of,
    organized,
    three_tenants,
    tid,
    wait,
)

FABRIKAM = f"{TENANTS}/{tid('fabrikam')}"
CONTOSO = f"{TENANTS}/{tid('contoso')}"


def test_a_tenant_without_an_organization_has_an_inactive_one() -> None:
    answer = of(three_tenants(), "contoso").get(ORGANIZATION)

    assert answer["state"] == "inactive"
    assert answer["displayName"] is None


def test_who_founds_an_organization_owns_it() -> None:
    contoso = of(three_tenants(), "contoso")

    made = contoso.ask("PUT", ORGANIZATION, {"displayName": "Together", "description": "us"})
    (founder,) = contoso.get(TENANTS)["value"]

    assert (made.status, made.body["state"], made.body["description"]) == (201, "active", "us")
    assert (founder["tenantId"], founder["role"], founder["state"]) == (
        tid("contoso"),
        "owner",
        "active",
    )
    assert founder["joinedDateTime"] is None
    assert founder["transitionDetails"] is None


def test_a_tenant_has_one_organization() -> None:
    world = organized("fabrikam")

    for alias in ("contoso", "fabrikam"):
        again = of(world, alias).code("PUT", ORGANIZATION, {"displayName": "Another"})
        assert again == (400, "Request_BadRequest")


def test_an_organization_is_renamed_by_its_owner_only() -> None:
    world = organized("fabrikam")

    assert of(world, "contoso").ask("PATCH", ORGANIZATION, {"description": "all"}).status == 204
    assert of(world, "fabrikam").get(ORGANIZATION)["description"] == "all"
    assert of(world, "fabrikam").code("PATCH", ORGANIZATION, {"displayName": "Ours"}) == (
        403,
        "Authorization_RequestDenied",
    )


@pytest.mark.parametrize("body", [{}, {"displayName": ""}, {"displayName": 1}, {"colour": "red"}])
def test_an_organization_needs_a_name_and_nothing_else(body: dict[str, Any]) -> None:
    assert of(three_tenants(), "contoso").code("PUT", ORGANIZATION, body) == (
        400,
        "Request_BadRequest",
    )


def test_an_added_tenant_is_pending_until_it_joins() -> None:
    contoso = of(three_tenants(), "contoso")
    found(contoso)
    body = {"tenantId": tid("fabrikam"), "displayName": "Fabrikam"}

    answer = contoso.ask("POST", TENANTS, body)

    assert (answer.status, answer.body["state"], answer.body["role"]) == (201, "pending", "member")
    assert answer.body["transitionDetails"] is None
    assert contoso.get(FABRIKAM)["transitionDetails"] == {
        "desiredState": "active",
        "desiredRole": "member",
        "status": "notStarted",
        "details": None,
    }
    assert of(contoso.world, "fabrikam").get(ORGANIZATION)["state"] == "inactive"


def test_a_tenant_is_added_once() -> None:
    contoso = of(organized("fabrikam"), "contoso")
    body = {"tenantId": tid("fabrikam").upper(), "displayName": "Fabrikam"}

    again = contoso.ask("POST", TENANTS, body)

    assert again.status == 400
    assert again.body["error"]["code"] == "Request_BadRequest"
    assert (
        again.body["error"]["message"]
        == "Tenant is already being added in Multi-Tenant Organization."
    )


@pytest.mark.parametrize(
    "body",
    [
        {"displayName": "Fabrikam"},
        {"tenantId": "fabrikam.com", "displayName": "Fabrikam"},
        {"tenantId": tid("fabrikam")},
        {"tenantId": tid("fabrikam"), "displayName": "Fabrikam", "role": "guest"},
    ],
)
def test_a_tenant_that_cannot_be_added_is_refused(body: dict[str, Any]) -> None:
    contoso = of(three_tenants(), "contoso")
    found(contoso)

    assert contoso.code("POST", TENANTS, body) == (400, "Request_BadRequest")


def test_only_owners_add_tenants() -> None:
    fabrikam = of(organized("fabrikam"), "fabrikam")
    body = {"tenantId": tid("tailspin"), "displayName": "Tailspin"}

    assert fabrikam.code("POST", TENANTS, body) == (403, "Authorization_RequestDenied")


def test_who_is_in_no_organization_sees_no_tenants() -> None:
    assert of(three_tenants(), "contoso").code("GET", TENANTS) == (404, "Directory_ObjectNotFound")


def test_joining_takes_minutes() -> None:
    world = three_tenants()
    contoso, fabrikam = of(world, "contoso"), of(world, "fabrikam")
    found(contoso)
    add(contoso, "fabrikam")
    before = fabrikam.get(JOIN)
    fabrikam.ask("PATCH", JOIN, {"addedByTenantId": tid("contoso")})
    asked = fabrikam.get(JOIN)
    wait(world, 3)
    running = fabrikam.get(JOIN)
    wait(world, 2)

    assert (before["addedByTenantId"], before["memberState"]) == (NOBODY, None)
    assert (asked["memberState"], asked["role"]) == ("pending", None)
    assert asked["transitionDetails"] == {
        "desiredMemberState": "active",
        "status": "notStarted",
        "details": "",
    }
    assert running["transitionDetails"]["status"] == "running"
    joined = fabrikam.get(JOIN)
    assert (joined["memberState"], joined["role"], joined["transitionDetails"]) == (
        "active",
        "member",
        None,
    )
    member = contoso.get(FABRIKAM)
    assert (member["state"], member["joinedDateTime"]) == ("active", "2026-01-05T08:05:00Z")
    assert fabrikam.get(ORGANIZATION)["displayName"] == "Together"


def failed_join(*, added: bool, elsewhere: bool = False) -> Any:
    world = three_tenants()
    contoso, fabrikam = of(world, "contoso"), of(world, "fabrikam")
    found(contoso)
    if added:
        add(contoso, "fabrikam")
    if elsewhere:
        found(fabrikam)
    join(world, "fabrikam")
    return fabrikam


@pytest.mark.parametrize(("added", "elsewhere"), [(False, False), (True, True)])
def test_who_is_not_added_or_is_elsewhere_fails_to_join(*, added: bool, elsewhere: bool) -> None:
    record = failed_join(added=added, elsewhere=elsewhere).get(JOIN)

    assert record["memberState"] == "pending"
    assert record["transitionDetails"]["status"] == "failed"
    assert record["transitionDetails"]["details"] == "DirectoryService Exception"


def test_a_failed_join_is_reset_and_tried_again() -> None:
    fabrikam = failed_join(added=False)
    again = fabrikam.code("PATCH", JOIN, {"addedByTenantId": tid("contoso")})
    reset = fabrikam.ask("PATCH", JOIN, {"addedByTenantId": NOBODY})
    add(of(fabrikam.world, "contoso"), "fabrikam")
    join(fabrikam.world, "fabrikam")

    assert again == (400, "Request_BadRequest")
    assert reset.status == 204
    assert fabrikam.get(JOIN)["memberState"] == "active"


def test_a_join_that_did_not_fail_is_not_reset() -> None:
    fabrikam = of(organized("fabrikam"), "fabrikam")

    assert fabrikam.ask("PATCH", JOIN, {"addedByTenantId": NOBODY}).status == 400
    assert fabrikam.get(JOIN)["memberState"] == "active"


def test_an_organization_has_at_most_a_hundred_tenants() -> None:
    aliases = ["contoso", *(f"branch{number}" for number in range(MOST_TENANTS))]
    world = a_sandbox(*(a_tenant(alias, 0) for alias in aliases))
    contoso = of(world, "contoso")
    found(contoso)
    for alias in aliases[1:]:
        add(contoso, alias)
        of(world, alias).ask("PATCH", JOIN, {"addedByTenantId": tid("contoso")})
    wait(world)

    active = contoso.get(f"{TENANTS}?$filter=state eq 'active'&$top=999")["value"]
    left_out = contoso.get(f"{TENANTS}?$filter=state eq 'pending'")["value"]

    assert (len(active), len(left_out)) == (MOST_TENANTS, 1)


def test_a_role_changes_after_minutes() -> None:
    world = organized("fabrikam")
    contoso = of(world, "contoso")
    changed = contoso.ask("PATCH", FABRIKAM, {"role": "owner"})
    asked = contoso.get(FABRIKAM)
    wait(world)

    assert changed.status == 204
    assert (asked["role"], asked["transitionDetails"]["desiredRole"]) == ("member", "owner")
    assert contoso.get(FABRIKAM)["role"] == "owner"
    assert contoso.get(FABRIKAM)["transitionDetails"] is None
    assert of(world, "fabrikam").ask("PATCH", ORGANIZATION, {"description": "x"}).status == 204


def test_a_pending_tenant_joins_with_the_role_it_was_given() -> None:
    world = three_tenants()
    contoso = of(world, "contoso")
    found(contoso)
    add(contoso, "fabrikam")
    contoso.ask("PATCH", FABRIKAM, {"role": "owner"})
    wait(world)
    still = contoso.get(FABRIKAM)
    join(world, "fabrikam")

    assert (still["state"], still["role"]) == ("pending", "owner")
    assert of(world, "fabrikam").get(JOIN)["role"] == "owner"


def test_the_last_owner_stays_an_owner() -> None:
    contoso = of(organized("fabrikam"), "contoso")

    assert contoso.code("PATCH", CONTOSO, {"role": "member"}) == (400, "Request_BadRequest")
    assert contoso.code("DELETE", CONTOSO) == (400, "Request_BadRequest")


def test_a_removed_tenant_is_gone_after_minutes() -> None:
    world = organized("fabrikam")
    contoso = of(world, "contoso")
    removed = contoso.ask("DELETE", FABRIKAM)
    leaving = contoso.get(FABRIKAM)["transitionDetails"]
    changed = contoso.code("PATCH", FABRIKAM, {"role": "owner"})
    wait(world)

    assert removed.status == 204
    assert (leaving["desiredState"], leaving["status"]) == ("removed", "notStarted")
    assert changed == (400, "Request_BadRequest")
    assert contoso.code("GET", FABRIKAM) == (404, "Directory_ObjectNotFound")
    assert of(world, "fabrikam").get(ORGANIZATION)["state"] == "inactive"
    assert of(world, "fabrikam").get(JOIN)["memberState"] is None


def test_a_member_removes_itself_and_nobody_else() -> None:
    world = organized("fabrikam", "tailspin")
    fabrikam = of(world, "fabrikam")

    assert fabrikam.code("DELETE", f"{TENANTS}/{tid('tailspin')}") == (
        403,
        "Authorization_RequestDenied",
    )
    assert fabrikam.ask("DELETE", FABRIKAM).status == 204
    wait(world)
    assert len(of(world, "contoso").get(TENANTS)["value"]) == 2


def test_an_owner_leaves_when_another_stays() -> None:
    world = organized("fabrikam", fabrikam="owner")

    assert of(world, "contoso").ask("DELETE", CONTOSO).status == 204
    wait(world)
    assert [one["tenantId"] for one in of(world, "fabrikam").get(TENANTS)["value"]] == [
        tid("fabrikam")
    ]


def test_the_organization_ends_with_its_last_owner() -> None:
    world = organized()
    contoso = of(world, "contoso")
    add(contoso, "fabrikam")

    assert contoso.ask("DELETE", CONTOSO).status == 204
    wait(world)
    join(world, "fabrikam")

    assert contoso.get(ORGANIZATION)["state"] == "inactive"
    assert of(world, "fabrikam").get(JOIN)["transitionDetails"]["status"] == "failed"


def test_reading_needs_the_right_to_read() -> None:
    contoso = of(organized(), "contoso")
    contoso.permissions = frozenset({"MultiTenantOrganization.Read.All"})

    assert contoso.ask("GET", TENANTS).status == 200
    assert contoso.ask("PATCH", ORGANIZATION, {"description": "x"}).status == 403


def test_of_two_owners_one_stays_an_owner() -> None:
    world = organized("fabrikam", "tailspin", fabrikam="owner")
    contoso = of(world, "contoso")
    first = contoso.ask("PATCH", f"{TENANTS}/{tid('contoso')}", {"role": "member"})

    demoted = contoso.code("PATCH", f"{TENANTS}/{tid('fabrikam')}", {"role": "member"})
    removed = contoso.code("DELETE", f"{TENANTS}/{tid('fabrikam')}")

    assert (first.status, demoted[0], removed[0]) == (204, 400, 400)


def test_removing_somebody_again_does_not_begin_anew() -> None:
    world = organized("fabrikam")
    contoso = of(world, "contoso")
    contoso.ask("DELETE", f"{TENANTS}/{tid('fabrikam')}")
    wait(world, 3)

    assert contoso.ask("DELETE", f"{TENANTS}/{tid('fabrikam')}").status == 204
    wait(world, 2)
    assert contoso.code("GET", f"{TENANTS}/{tid('fabrikam')}")[0] == 404
