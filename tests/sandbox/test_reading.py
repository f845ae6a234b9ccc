from __future__ import annotations

from typing import Any

import pytest

from sandbox.properties import USER_BY_DEFAULT
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, NESTED, Asker, a_sandbox, a_tenant, a_user

EVENTUAL = {"consistencylevel": "eventual"}


def person(number: int, alias: str = "contoso") -> str:
    return sandbox_id(f"user:{alias}:{number}")


def test_without_select_a_user_has_eleven_properties(contoso: Asker) -> None:
    user = contoso.get("/users")["value"][0]

    assert set(user) == set(USER_BY_DEFAULT)
    assert len(user) == 11


def test_select_answers_exactly_what_was_asked(contoso: Asker) -> None:
    user = contoso.get(f"/users/{person(1)}?$select=displayName,jobTitle")

    assert user == {
        "@odata.context": "https://127.0.0.1:8443/v1.0/$metadata#users(displayName,jobTitle)/$entity",
        "displayName": "Person 1",
        "jobTitle": None,
    }


def test_a_listing_does_not_tell_what_is_kept_outside_of_the_directory(contoso: Asker) -> None:
    answer = contoso.ask("GET", "/users?$select=skills")

    assert (answer.status, answer.body["error"]["code"]) == (501, "NotImplemented")


@pytest.mark.parametrize("top", [1, 5, 7, 12, 999])
def test_pages_hold_everybody_once(contoso: Asker, top: int) -> None:
    assert contoso.ids(f"/users?$top={top}&$select=id") == [person(n) for n in range(12)]


def test_a_page_holds_a_hundred_unless_told_otherwise() -> None:
    caller = Asker(a_sandbox(a_tenant("fabrikam", 130)))

    first = caller.get("/users?$select=id")

    assert len(first["value"]) == 100
    assert len(caller.get(first["@odata.nextLink"])["value"]) == 30


def test_pages_neither_skip_nor_repeat_while_users_come_and_go(contoso: Asker) -> None:
    tenant = contoso.world.tenant("contoso")
    first = contoso.get("/users?$top=5&$select=id")
    tenant.delete_user(person(0))
    tenant.delete_user(person(7))
    tenant.patch_user(person(6), {"jobTitle": "Moved"})
    added = tenant.add_user(a_user(99, userPrincipalName="late@contoso.com"))

    rest = contoso.ids(first["@odata.nextLink"])

    assert rest == [person(n) for n in (5, 6, 8, 9, 10, 11)] + [added]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mail eq 'PERSON3@contoso.com'", [3]),
        ("userPrincipalName eq 'person4@contoso.com'", [4]),
        (f"id eq '{person(5)}'", [5]),
        (f"id in ('{person(5)}', '{person(2)}', 'nobody')", [2, 5]),
        ("mail eq 'person1@contoso.com' or mail eq 'person2@contoso.com'", [1, 2]),
        ("accountEnabled eq false", [8]),
        ("accountEnabled eq true and mail eq 'person8@contoso.com'", []),
        ("proxyAddresses/any(p:p eq 'smtp:person6@contoso.com')", [6]),
        ("otherMails/any(x:x eq 'six@example.com')", [6]),
        ("startsWith(displayName,'person 1')", [1, 10, 11]),
        ("creationType eq 'Invitation'", [9]),
        ("externalUserState eq 'Accepted'", [9]),
        ("onPremisesExtensionAttributes/extensionAttribute7 eq 'stamp'", [3]),
        ("displayName eq 'O''Neil'", [2]),
        ("(userType eq 'Guest' or accountEnabled eq false) and id ge '0'", [8, 9]),
    ],
)
def test_filters_find(query: str, expected: list[int]) -> None:
    special: dict[int, dict[str, Any]] = {
        2: {"displayName": "O'Neil"},
        3: {"onPremisesExtensionAttributes": {"extensionAttribute7": "stamp"}},
        6: {"otherMails": ["six@example.com"]},
        8: {"accountEnabled": False},
        9: {"creationType": "Invitation", "externalUserState": "Accepted", "userType": "Guest"},
    }
    users = [a_user(n, **special.get(n, {})) for n in range(12)]
    caller = Asker(a_sandbox(a_tenant("contoso", 0, users=users)), "contoso")

    assert sorted(caller.ids(f"/users?$select=id&$filter={query}")) == sorted(
        person(n) for n in expected
    )


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/users?$filter=jobTitle ne 'x'", "Request_UnsupportedQuery"),
        ("/users?$filter=not(accountEnabled eq true)", "Request_UnsupportedQuery"),
        ("/users?$filter=endsWith(mail,'x')", "Request_UnsupportedQuery"),
        ("/users?$filter=aboutMe eq 'x'", "Request_UnsupportedQuery"),
        ("/users?$filter=extension_00_x eq 'x'", "Request_UnsupportedQuery"),
        ("/users?$filter=mail eq", "BadRequest"),
        ("/users?$filter=mail eq 'x' garbage", "BadRequest"),
        ("/users?$count=true", "Request_BadRequest"),
        ("/users?$top=1000", "Request_UnsupportedQuery"),
        ("/users?$top=0", "Request_UnsupportedQuery"),
        ("/users?$select=shoeSize", "BadRequest"),
        ("/users?$expand=drive", "BadRequest"),
        ("/users?$expand=manager($select=nonsense)", "BadRequest"),
        ("/users?$skip=5", "BadRequest"),
        ("/users?$skiptoken=forged", "Directory_ExpiredPageToken"),
        ("/nothing", "BadRequest"),
        ("/users/x/nothing", "BadRequest"),
    ],
)
def test_what_graph_does_not_support_is_a_400(contoso: Asker, address: str, code: str) -> None:
    assert contoso.code("GET", address) == (400, code)


def test_a_page_token_of_one_query_is_refused_by_another(contoso: Asker) -> None:
    link = contoso.get("/users?$top=5&$select=id")["@odata.nextLink"]

    assert contoso.code("GET", link.replace("$select=id", "$select=mail"))[0] == 400


def test_advanced_queries_work_with_the_header_and_count(contoso: Asker) -> None:
    address = f"/users?$count=true&$top=4&$filter=id ne '{person(0)}'"

    page = contoso.get(address, **EVENTUAL)
    second = contoso.get(page["@odata.nextLink"], **EVENTUAL)

    assert page["@odata.count"] == 11
    assert "@odata.count" not in second
    assert contoso.get("/users/$count", **EVENTUAL) == b"12"


def test_expand_and_advanced_queries_exclude_each_other(contoso: Asker) -> None:
    answer = contoso.ask("GET", "/users?$expand=manager", headers=EVENTUAL)

    assert answer.status == 400


def test_expand_adds_the_manager_where_there_is_one(contoso: Asker) -> None:
    contoso.world.tenant("contoso").set_manager(person(1), person(0))

    users = contoso.get("/users?$select=id&$expand=manager($select=id)&$top=2")["value"]

    assert "manager" not in users[0]
    assert users[1]["manager"] == {"@odata.type": "#microsoft.graph.user", "id": person(0)}


@pytest.mark.parametrize(
    "name", [person(3), "person3@contoso.com", "PERSON3@CONTOSO.COM", person(3).upper()]
)
def test_a_user_is_found_by_id_and_by_name(contoso: Asker, name: str) -> None:
    assert contoso.get(f"/users/{name}")["displayName"] == "Person 3"


def test_a_mail_names_nobody(contoso: Asker) -> None:
    contoso.world.tenant("contoso").patch_user(person(3), {"mail": "other@contoso.com"})

    assert contoso.code("GET", "/users/other@contoso.com") == (404, "Request_ResourceNotFound")


def test_members_are_the_direct_ones(contoso: Asker) -> None:
    users = contoso.ids(f"/groups/{EMPLOYEES}/members/microsoft.graph.user?$select=id&$top=4")
    everything = contoso.ids(f"/groups/{EMPLOYEES}/members?$select=id&$top=3")
    transitive = f"/groups/{EMPLOYEES}/transitiveMembers/microsoft.graph.user?$select=id"
    nested = contoso.ids(f"{transitive}&$count=true", **EVENTUAL)

    assert users == [person(n) for n in range(10)]
    assert everything == [*users, NESTED]
    assert sorted(nested) == sorted(person(n) for n in range(12))


@pytest.mark.parametrize(
    "path",
    [
        f"/groups/{EMPLOYEES}/transitiveMembers/microsoft.graph.user",
        f"/users/{person(1)}/transitiveMemberOf/graph.group",
    ],
)
def test_a_cast_of_transitive_members_is_an_advanced_query(contoso: Asker, path: str) -> None:
    expanded = contoso.ask("GET", f"{path}?$count=true&$expand=manager", headers=EVENTUAL)

    assert contoso.code("GET", path) == (400, "Request_UnsupportedQuery")
    assert contoso.ask("GET", f"{path}?$count=true", headers=EVENTUAL).status == 200
    assert expanded.status == 400


def test_members_tell_what_they_are(contoso: Asker) -> None:
    page = contoso.get(f"/groups/{EMPLOYEES}/members?$top=999")

    kinds = [item["@odata.type"] for item in page["value"]]

    assert kinds == ["#microsoft.graph.user"] * 10 + ["#microsoft.graph.group"]


def test_a_deleted_member_is_not_listed_and_comes_back_with_the_user(contoso: Asker) -> None:
    tenant = contoso.world.tenant("contoso")
    tenant.delete_user(person(4))
    address = f"/groups/{EMPLOYEES}/members/graph.user?$select=id"
    without = contoso.ids(address)
    tenant.restore_user(person(4))

    assert person(4) not in without
    assert person(4) in contoso.ids(address)


def test_groups_of_a_person(contoso: Asker) -> None:
    direct = contoso.ids(f"/users/{person(11)}/memberOf/microsoft.graph.group")
    everything = contoso.ids(f"/users/{person(11)}/transitiveMemberOf")
    asked = {"groupIds": [EMPLOYEES, NESTED, sandbox_id("group:other")]}
    checked = contoso.ask("POST", f"/users/{person(11)}/checkMemberGroups", asked)

    assert direct == [NESTED]
    assert set(everything) == {NESTED, EMPLOYEES}
    assert set(checked.body["value"]) == {EMPLOYEES, NESTED}  # it looks through nested groups


def test_paths_may_be_written_with_parentheses(contoso: Asker) -> None:
    app = contoso.get("/applications")["value"][0]

    assert contoso.get(f"/users('{person(1)}')")["displayName"] == "Person 1"
    assert contoso.get("/users(userPrincipalName='person1@contoso.com')")["id"] == person(1)
    assert contoso.get(f"/applications(appId='{app['appId']}')")["id"] == app["id"]


def test_a_wrong_method_is_a_405(contoso: Asker) -> None:
    assert contoso.code("PUT", "/users")[0] == 405


def test_organization_domains_and_other_tenants(contoso: Asker) -> None:
    fabrikam = contoso.world.tenant("fabrikam")
    by_id = f"/tenantRelationships/findTenantInformationByTenantId(tenantId='{fabrikam.tenant_id}')"
    by_name = "/tenantRelationships/findTenantInformationByDomainName(domainName='fabrikam.com')"

    organization = contoso.get("/organization?$select=id,verifiedDomains")["value"][0]

    assert organization["verifiedDomains"][0]["name"] == "contoso.com"
    assert contoso.get("/domains")["value"][0]["id"] == "contoso.com"
    assert contoso.get(by_id)["defaultDomainName"] == "fabrikam.com"
    assert contoso.get(by_name)["tenantId"] == fabrikam.tenant_id


def test_objects_of_any_type_by_their_ids(contoso: Asker) -> None:
    wish = {"ids": [person(1), EMPLOYEES, sandbox_id("nothing")], "types": ["user", "group"]}

    found = contoso.ask("POST", "/directoryObjects/getByIds", wish).body["value"]

    assert [item["id"] for item in found] == [person(1), EMPLOYEES]


def test_every_answer_carries_ids_and_a_date(world: Sandbox) -> None:
    answer = Asker(world).ask("GET", "/users/nobody", headers={"client-request-id": "mine"})

    inner = answer.body["error"]["innerError"]

    assert answer.headers["client-request-id"] == inner["client-request-id"] == "mine"
    assert answer.headers["request-id"] == inner["request-id"]
    assert inner["date"] == "2026-01-05T08:00:00"
    assert answer.headers["Date"] == "Mon, 05 Jan 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/users/$count?$filter=accountEnabled eq false", 1),
        ('/users/$count?$search="displayName:Person"', 12),
        ("/groups/$count", 2),
        (f"/groups/$count?$filter=id ne '{NESTED}'", 1),
        (f"/groups/{EMPLOYEES}/members/$count", 11),
        (f"/groups/{EMPLOYEES}/members/$count?$filter=accountEnabled eq false", 1),
        (f"/groups/{EMPLOYEES}/transitiveMembers/$count", 13),
        (f"/users/{person(1)}/memberOf/$count", 1),
        (f"/users/{person(1)}/directReports/$count", 0),
        ("/applications/$count", 1),
    ],
)
def test_a_listing_is_counted_as_it_is_filtered(contoso: Asker, path: str, number: int) -> None:
    contoso.world.tenant("contoso").patch_user(person(3), {"accountEnabled": False})

    assert contoso.get(path, **EVENTUAL) == str(number).encode()


@pytest.mark.parametrize(
    "path",
    [
        f"/groups/{EMPLOYEES}/members",
        f"/groups/{EMPLOYEES}/members/microsoft.graph.user",
        f"/groups/{EMPLOYEES}/transitiveMembers",
        f"/groups/{NESTED}/memberOf",
        f"/users/{person(1)}/memberOf",
        f"/users/{person(1)}/transitiveMemberOf/microsoft.graph.group",
        f"/users/{person(1)}/directReports",
    ],
)
def test_a_filter_on_a_relationship_is_an_advanced_query(contoso: Asker, path: str) -> None:
    address = f"{path}?$filter=startswith(displayName,'E')"
    plain = contoso.code("GET", address)

    advanced = contoso.ask("GET", f"{address}&$count=true", headers=EVENTUAL)

    assert plain == (400, "Request_UnsupportedQuery")
    assert advanced.status == 200


@pytest.mark.parametrize("path", ["/users", "/groups", f"/groups/{EMPLOYEES}/members"])
def test_a_count_is_an_advanced_query(contoso: Asker, path: str) -> None:
    assert contoso.code("GET", f"{path}/$count") == (400, "Request_BadRequest")


def test_a_count_refuses_a_filter_that_a_listing_refuses(contoso: Asker) -> None:
    answer = contoso.ask("GET", "/users/$count?$filter=nonsense eq 1", headers=EVENTUAL)

    assert (answer.status, answer.body["error"]["code"]) == (400, "Request_UnsupportedQuery")


@pytest.mark.parametrize("address", ["/directoryRoles/delta", "/directoryRoles/$count"])
def test_what_is_not_simulated_says_so(contoso: Asker, address: str) -> None:
    assert contoso.code("GET", address) == (501, "notSupported")


IDENTITY = "c/issuerAssignedId eq 'ada@contoso.com'"


def test_people_are_found_by_an_identity_and_its_issuer(contoso: Asker) -> None:
    held = {"signInType": "federated", "issuer": "fabrikam.com"}
    ada = [{**held, "issuerAssignedId": "ada@contoso.com"}]
    tenant = contoso.world.tenant("contoso")
    found = tenant.add_user(a_user(77, identities=ada))
    tenant.add_user(a_user(78, identities=[{**held, "issuerAssignedId": "bob@contoso.com"}]))
    ask = "/users?$filter=identities/any(c:{} and c/issuer eq '{}')"

    assert contoso.ids(ask.format(IDENTITY, "fabrikam.com")) == [found]
    assert contoso.ids(ask.format(IDENTITY, "contoso.com")) == []


@pytest.mark.parametrize(
    "clause",
    [
        f"identities/any(c:{IDENTITY})",
        f"identities/any(c:{IDENTITY} and c/signInType eq 'federated')",
        f"identities/any(c:{IDENTITY} and c/issuer ne 'x')",
        "identities eq 'x'",
    ],
)
def test_an_identity_is_filtered_by_id_and_issuer_only(contoso: Asker, clause: str) -> None:
    code = contoso.code("GET", f"/users?$filter={clause}")

    assert code == (400, "Request_UnsupportedQuery")


@pytest.mark.parametrize(
    "query", ["$top=\u00b2", f"$filter={'(' * 3000}", f"$filter={'not ' * 3000}"]
)
def test_options_that_nobody_can_read_are_bad_requests(contoso: Asker, query: str) -> None:
    assert contoso.ask("GET", f"/users?{query}").status == 400
