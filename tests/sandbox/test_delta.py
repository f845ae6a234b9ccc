"""Delta queries: what may be asked, what is told, and what tokens are good for."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, NESTED, Asker, a_sandbox, a_tenant
from tests.sandbox.following import Follower

ONE, TWO = sandbox_id("user:contoso:1"), sandbox_id("user:contoso:2")
DELTA, NEXT = "@odata.deltaLink", "@odata.nextLink"
WEEK = 7 * 86400


@pytest.fixture
def world() -> Sandbox:
    world = a_sandbox()
    world.store.switches.delta_awkwardness = 0
    return world


@pytest.fixture
def latest(contoso: Asker) -> Any:
    """Return a way to follow a resource from now on."""

    def follow(address: str, prefer: str = "") -> Follower:
        sign = "&" if "?" in address else "?"
        page = contoso.get(f"{address}{sign}$deltatoken=latest")
        assert page["value"] == []
        return Follower(contoso, page[DELTA], prefer)

    return follow


def told(asker: Asker, follower: Follower, key: str = ONE) -> dict[str, Any]:
    """Return what the follower's next page says of an object."""
    page = asker.get(follower.address, prefer=follower.prefer)
    return next(item for item in page["value"] if item["id"] == key)


def test_only_selected_properties_are_reported(contoso: Asker, latest: Any) -> None:
    titles, names = latest("/users/delta?$select=jobTitle"), latest("/users/delta?$select=surname")
    contoso.ask("PATCH", f"/users/{ONE}", {"jobTitle": "Boss"})

    assert titles.news() == [ONE]
    assert names.news() == []


def test_without_select_the_default_properties_are_reported(contoso: Asker, latest: Any) -> None:
    follower = latest("/users/delta")
    contoso.ask("PATCH", f"/users/{ONE}", {"department": "Sales"})
    contoso.ask("PATCH", f"/users/{TWO}", {"jobTitle": "Boss"})

    assert follower.news() == [TWO]


def test_a_change_comes_with_the_other_selected_properties(contoso: Asker, latest: Any) -> None:
    follower = latest("/users/delta?$select=jobTitle,displayName,city")
    contoso.ask("PATCH", f"/users/{ONE}", {"jobTitle": "Boss"})

    assert told(contoso, follower) == {"id": ONE, "jobTitle": "Boss", "displayName": "Person 1"}


def test_a_minimal_answer_has_only_what_changed(contoso: Asker, latest: Any) -> None:
    follower = latest("/users/delta?$select=jobTitle,displayName,city", "return=minimal")
    contoso.ask("PATCH", f"/users/{ONE}", {"jobTitle": "Boss"})

    assert told(contoso, follower) == {"id": ONE, "jobTitle": "Boss"}


def test_what_was_set_to_null_is_told_as_null(contoso: Asker, latest: Any) -> None:
    contoso.ask("PATCH", f"/users/{ONE}", {"jobTitle": "Boss"})
    follower = latest("/users/delta?$select=jobTitle")
    contoso.ask("PATCH", f"/users/{ONE}", {"jobTitle": None})

    assert told(contoso, follower) == {"id": ONE, "jobTitle": None}


def test_removals_say_whether_they_are_for_good(contoso: Asker, latest: Any) -> None:
    contoso.world.store.switches.applications_purge = True
    follower = latest("/users/delta")
    contoso.ask("DELETE", f"/users/{ONE}")
    soft = dict(follower.round().removed)
    contoso.ask("DELETE", f"/directory/deletedItems/{ONE}")
    hard = dict(follower.round().removed)

    assert (soft, hard) == ({ONE: "changed"}, {ONE: "deleted"})


def test_a_restored_user_is_told_whole(contoso: Asker, latest: Any) -> None:
    contoso.ask("DELETE", f"/users/{ONE}")
    follower = latest("/users/delta?$select=displayName,mail")
    contoso.ask("POST", f"/directory/deletedItems/{ONE}/restore")

    assert told(contoso, follower)["displayName"] == "Person 1"


def test_a_deleted_group_is_gone_for_good(contoso: Asker, latest: Any) -> None:
    follower = latest("/groups/delta")
    contoso.ask("DELETE", f"/groups/{NESTED}")

    assert follower.round().removed == {NESTED: "deleted"}


def test_a_delta_of_groups_expands_members_where_that_is_switched_on(contoso: Asker) -> None:
    address = "/groups/delta?$select=displayName&$expand=members"
    refused = contoso.ask("GET", address)
    contoso.world.store.switches.delta_expands_members = True

    groups = contoso.get(address)["value"]

    assert refused.status == 400
    assert any("members@delta" in one for one in groups)


def test_members_come_and_go_in_a_group(contoso: Asker, latest: Any) -> None:
    follower = latest("/groups/delta?$select=displayName,members")
    contoso.ask("DELETE", f"/groups/{EMPLOYEES}/members/{ONE}/$ref")
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{ONE}"}
    contoso.ask("POST", f"/groups/{NESTED}/members/$ref", reference)
    user = {"@odata.type": "#microsoft.graph.user", "id": ONE}

    assert told(contoso, follower, EMPLOYEES)["members@delta"] == [
        user | {"@removed": {"reason": "deleted"}}
    ]
    assert told(contoso, follower, NESTED)["members@delta"] == [user]


def test_a_changed_member_changes_no_group(contoso: Asker, latest: Any) -> None:
    follower = latest("/groups/delta")
    contoso.ask("PATCH", f"/users/{ONE}", {"jobTitle": "Boss"})

    assert follower.news() == []


def test_a_new_manager_is_told_beside_the_old_one(contoso: Asker, latest: Any) -> None:
    tenant = contoso.world.tenant("contoso")
    tenant.set_manager(ONE, TWO)
    follower, blind = latest("/users/delta?$select=manager"), latest("/users/delta")
    tenant.set_manager(ONE, sandbox_id("user:contoso:3"))

    links = told(contoso, follower)["manager@delta"]

    assert [(link["id"], "@removed" in link) for link in links] == [
        (TWO, True),
        (sandbox_id("user:contoso:3"), False),
    ]
    assert blind.news() == []


def test_a_large_group_is_spread_over_pages_under_the_same_id() -> None:
    people = [sandbox_id(f"user:contoso:{number}") for number in range(450)]
    group = {"id": EMPLOYEES, "displayName": "all", "members": people}
    world = a_sandbox(a_tenant("contoso", 450, groups=[group]))
    world.store.switches.delta_awkwardness = 0
    follower = Follower(Asker(world, "contoso"), "/groups/delta?$select=displayName,members")
    follower.round()

    assert follower.seen == [EMPLOYEES] * 3
    assert follower.links[EMPLOYEES] == set(people)


def test_a_page_has_about_two_hundred_objects() -> None:
    world = a_sandbox(a_tenant("contoso", 450))
    world.store.switches.delta_awkwardness = 0

    assert Follower(Asker(world, "contoso"), "/users/delta").round().pages == [200, 200, 50]


def test_the_worst_has_empty_pages_repeats_and_replays() -> None:
    world = a_sandbox(a_tenant("contoso", 60))
    world.store.switches.delta_awkwardness = 2
    asker = Asker(world, "contoso")
    follower = Follower(asker, "/users/delta?$select=jobTitle").round()
    first = list(follower.seen)
    for number in range(6):
        world.tenant("contoso").patch_user(ONE, {"jobTitle": str(number)})
        follower.round()

    assert 0 in follower.pages
    assert len(first) > len(set(first)) == 60
    assert any(follower.news() == [ONE] for _ in range(10))


def test_the_same_token_gets_the_same_answer(contoso: Asker) -> None:
    contoso.world.store.switches.delta_awkwardness = 2
    page = contoso.get("/users/delta")
    link = page[NEXT]

    assert contoso.get(link) == contoso.get(link)


@pytest.mark.parametrize("name", ["$top", "$orderby", "$expand", "$search", "$count", "$skip"])
def test_other_options_are_refused(contoso: Asker, name: str) -> None:
    refused = contoso.code("GET", f"/users/delta?{name}=2")

    assert refused == (400, "Request_UnsupportedQuery")


def test_a_filter_names_objects(contoso: Asker) -> None:
    follower = Follower(contoso, f"/users/delta?$filter=id eq '{ONE}' or id eq '{TWO}'").round()
    contoso.ask("PATCH", "/users/person3@contoso.com", {"jobTitle": "Boss"})
    contoso.ask("PATCH", f"/users/{TWO}", {"jobTitle": "Boss"})

    assert set(follower.objects) == {ONE, TWO}
    assert follower.news() == [TWO]


@pytest.mark.parametrize(
    "text",
    ["displayName eq 'x'", "id ne 'x'", "id eq 'x' and id eq 'y'", " or ".join(["id eq 'x'"] * 51)],
)
def test_any_other_filter_is_refused(contoso: Asker, text: str) -> None:
    refused = contoso.code("GET", f"/users/delta?$filter={text}")

    assert refused == (400, "Request_UnsupportedQuery")


def test_an_unknown_property_is_refused(contoso: Asker) -> None:
    assert contoso.code("GET", "/users/delta?$select=shoeSize") == (400, "BadRequest")
    assert contoso.code("GET", "/users/delta?$select=members") == (400, "BadRequest")


def test_a_token_expires_after_seven_days(contoso: Asker, latest: Any) -> None:
    follower = latest("/users/delta?$select=jobTitle,manager")
    contoso.world.clock.advance(WEEK)  # type: ignore[attr-defined]
    in_time = contoso.ask("GET", follower.address).status
    contoso.world.clock.advance(1)  # type: ignore[attr-defined]
    answer = contoso.ask("GET", follower.address)

    assert in_time == 200
    assert (answer.status, answer.body["error"]["code"]) == (410, "syncStateNotFound")
    location = answer.headers["Location"]
    assert location.endswith("/users/delta?$deltatoken=&$select=jobTitle,manager")
    assert len(Follower(contoso, location).round().objects) == 12


def test_an_expired_token_may_be_a_bad_request(contoso: Asker, latest: Any) -> None:
    contoso.world.store.switches.expired_delta_is_gone = False
    follower = latest("/users/delta")
    contoso.world.clock.advance(WEEK + 1)  # type: ignore[attr-defined]

    assert contoso.code("GET", follower.address) == (400, "syncStateNotFound")


def test_changes_that_no_token_can_name_are_forgotten(contoso: Asker) -> None:
    tenant = contoso.world.tenant("contoso")
    tenant.patch_user(ONE, {"jobTitle": "Boss"})
    contoso.world.clock.advance(WEEK + 1)  # type: ignore[attr-defined]
    tenant.patch_user(ONE, {"jobTitle": "Clerk"})
    contoso.get("/users?$top=1")

    assert tenant.log.end - tenant.log.start == 1


def test_tokens_of_another_tenant_or_resource_are_refused(contoso: Asker, latest: Any) -> None:
    link = latest("/users/delta").address
    other = link.replace("/users/", "/groups/")

    assert contoso.code("GET", other) == (400, "Request_BadRequest")
    assert Asker(contoso.world).code("GET", link) == (400, "Request_BadRequest")
    assert contoso.code("GET", link[:-4]) == (400, "Request_BadRequest")


def test_a_token_does_not_outlive_the_directory(contoso: Asker, latest: Any) -> None:
    link = latest("/users/delta").address
    another = a_sandbox()
    another.clock.advance(60)  # type: ignore[attr-defined]
    reborn = type(another)(another.clock, estate=[a_tenant("contoso", 12)])

    assert Asker(reborn, "contoso").code("GET", link) == (410, "syncStateNotFound")


def test_changes_are_reported_as_late_as_listings_show_them(contoso: Asker, latest: Any) -> None:
    contoso.world.replicate(listings=30, points=0)
    follower = latest("/users/delta?$select=jobTitle")
    contoso.ask("PATCH", f"/users/{ONE}", {"jobTitle": "Boss"})
    at_once = follower.news()
    contoso.world.clock.advance(31)  # type: ignore[attr-defined]

    assert at_once == []
    assert follower.news() == [ONE]


def test_directory_extensions_are_tracked_when_selected(contoso: Asker, latest: Any) -> None:
    app = contoso.ask("POST", "/applications", {"displayName": "Stamp"}).body
    wish = {"name": "stamp", "dataType": "String", "targetObjects": ["User"]}
    path = f"/applications/{app['id']}/extensionProperties"
    name = contoso.ask("POST", path, wish).body["name"]
    follower, blind = latest(f"/users/delta?$select={name}"), latest("/users/delta")
    contoso.ask("PATCH", f"/users/{ONE}", {name: "x"})

    assert told(contoso, follower) == {"id": ONE, name: "x"}
    assert blind.news() == []


def test_applications_and_principals_are_followed(contoso: Asker, latest: Any) -> None:
    apps, principals = latest("/applications/delta"), latest("/servicePrincipals/delta")
    app = contoso.ask("POST", "/applications", {"displayName": "Stamp"}).body
    made = contoso.ask("POST", "/servicePrincipals", {"appId": app["appId"]}).body
    first = apps.news(), principals.news()
    contoso.ask("PATCH", f"/applications/{app['id']}", {"displayName": "Seal"})
    renamed = apps.news(), principals.news()
    contoso.ask("DELETE", f"/applications/{app['id']}")

    assert first == renamed == ([app["id"]], [made["id"]])
    assert apps.objects[app["id"]]["displayName"] == "Seal"
    assert apps.round().removed == {app["id"]: "deleted"}
    assert principals.round().removed == {made["id"]: "deleted"}


def test_objects_of_all_types_are_followed_together(contoso: Asker) -> None:
    follower = Follower(contoso, "/directoryObjects/delta").round()
    types = {one["@odata.type"].rpartition(".")[2] for one in follower.objects.values()}
    users = "/directoryObjects/delta?$filter=isof('microsoft.graph.user')"

    assert types == {"user", "group", "application", "servicePrincipal"}
    assert len(Follower(contoso, users).round().objects) == 12


def test_parentheses_make_no_difference(contoso: Asker) -> None:
    assert contoso.get("/users/delta()") == contoso.get("/users/delta")


def test_a_restored_user_brings_its_manager_along(contoso: Asker, latest: Any) -> None:
    address = f"https://graph.microsoft.com/v1.0/users/{TWO}"
    contoso.ask("PUT", f"/users/{ONE}/manager/$ref", {"@odata.id": address})
    follower = latest("/users/delta?$select=displayName,manager")
    contoso.ask("DELETE", f"/users/{ONE}")
    follower.news()
    contoso.ask("POST", f"/directory/deletedItems/{ONE}/restore")

    assert [one["id"] for one in told(contoso, follower)["manager@delta"]] == [TWO]


def test_options_of_delta_queries_are_taken_in_any_case(contoso: Asker) -> None:
    page = contoso.get(f"/users/delta?$Select=displayName&$Filter=id eq '{ONE}'")

    assert page["value"] == [{"id": ONE, "displayName": "Person 1"}]
