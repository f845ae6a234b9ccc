"""Groups as either version of Graph shows, makes and filters them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.asking import EMPLOYEES, NESTED, Asker, a_sandbox
from tests.sandbox.compared import problems
from tests.sandbox.published import GRAPH, schema_of
from tests.sandbox.test_role_rights import ONE, TWO, reference

EVENTUAL = {"consistencylevel": "eventual"}
SECURITY: dict[str, Any] = {
    "displayName": "Sales",
    "mailEnabled": False,
    "mailNickname": "sales",
    "securityEnabled": True,
}
MICROSOFT_365: dict[str, Any] = {
    "displayName": "Golf",
    "groupTypes": ["Unified"],
    "mailEnabled": True,
    "mailNickname": "golf",
    "securityEnabled": False,
}
ONLY_BETA = {"createdByAppId", "infoCatalogs", "isManagementRestricted", "writebackConfiguration"}


@pytest.fixture
def contoso() -> Asker:
    return Asker(a_sandbox(), "contoso")


def made(asker: Asker, body: dict[str, Any], version: str = "") -> Any:
    answer = asker.ask("POST", f"{version}/groups", body)
    assert answer.status == 201, answer.body
    return answer.body


@pytest.mark.parametrize("address", [f"/groups/{EMPLOYEES}", "/groups"])
def test_beta_says_more_of_a_group_than_v1(contoso: Asker, address: str) -> None:
    one, other = contoso.get(address), contoso.get(f"/beta{address}")
    v1, beta = (page.get("value", [page])[0].keys() for page in (one, other))

    assert beta - v1 == ONLY_BETA


@pytest.mark.parametrize("name", ["writebackConfiguration", "membershipRuleProcessingStatus"])
def test_v1_does_not_know_what_only_beta_has(contoso: Asker, name: str) -> None:
    assert contoso.code("GET", f"/groups?$select={name}") == (400, "BadRequest")
    assert contoso.code("PATCH", f"/groups/{EMPLOYEES}", {name: {}}) == (400, "Request_BadRequest")
    assert name in contoso.get(f"/beta/groups/{EMPLOYEES}?$select={name}")


@pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")
def test_a_group_that_is_made_has_the_published_form(contoso: Asker) -> None:
    schema = schema_of("post", "/groups", "201")

    assert problems(made(contoso, MICROSOFT_365), schema, "group") == []


def test_a_microsoft_365_group_gets_an_address_and_is_public(contoso: Asker) -> None:
    group = made(contoso, MICROSOFT_365)

    assert group["mail"] == "golf@contoso.com"
    assert group["proxyAddresses"] == ["SMTP:golf@contoso.com"]
    assert group["visibility"] == "Public"


def test_a_group_that_roles_can_be_assigned_to_is_private(contoso: Asker) -> None:
    group = made(contoso, MICROSOFT_365 | {"isAssignableToRole": True, "securityEnabled": True})

    assert group["visibility"] == "Private"


def test_a_security_group_has_no_address(contoso: Asker) -> None:
    group = made(contoso, SECURITY)

    assert (group["mail"], group["proxyAddresses"], group["visibility"]) == (None, [], None)


def test_beta_tells_which_application_made_a_group(contoso: Asker) -> None:
    group = made(contoso, SECURITY, "/beta")

    assert group["createdByAppId"] == contoso.request("GET", "/groups").caller.app_id


def test_the_security_identifier_is_made_of_the_id_as_documented(contoso: Asker) -> None:
    contoso.world.tenant("contoso").add_group(
        {**SECURITY, "id": "21d05557-b7b6-418f-86fa-a3118d751be4"}
    )
    group = contoso.get("/groups/21d05557-b7b6-418f-86fa-a3118d751be4")

    assert group["securityIdentifier"] == "S-1-12-1-567301463-1099937718-295959174-3827004813"


@pytest.mark.parametrize("name", ["mail", "securityIdentifier", "renewedDateTime"])
def test_what_only_entra_sets_is_refused(contoso: Asker, name: str) -> None:
    assert contoso.code("PATCH", f"/groups/{EMPLOYEES}", {name: "x"})[0] == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("displayName", "x" * 257),
        ("displayName", None),
        ("mailNickname", "a.b"),
        ("mailNickname", "größe"),
        ("mailNickname", "x" * 65),
        ("mailEnabled", "no"),
        ("groupTypes", "Unified"),
        ("groupTypes", 5),
        ("visibility", "Secret"),
        ("membershipRuleProcessingState", "Off"),
    ],
)
def test_values_that_no_group_can_have_are_refused(contoso: Asker, name: str, value: Any) -> None:
    assert contoso.code("POST", "/groups", SECURITY | {name: value}) == (400, "Request_BadRequest")
    assert contoso.code("PATCH", f"/groups/{EMPLOYEES}", {name: value})[0] == 400


def test_only_one_microsoft_365_group_has_a_nickname(contoso: Asker) -> None:
    made(contoso, MICROSOFT_365)
    other = made(contoso, MICROSOFT_365 | {"mailNickname": "tennis"})["id"]
    taken = {"mailNickname": "GOLF"}

    assert contoso.code("POST", "/groups", MICROSOFT_365 | taken)[0] == 400
    assert contoso.code("PATCH", f"/groups/{other}", taken)[0] == 400
    assert contoso.ask("POST", "/groups", SECURITY | taken).status == 201


def test_groups_of_a_person_are_told_as_whole_as_in_listings(contoso: Asker) -> None:
    listed = {one["id"]: one for one in contoso.get("/groups")["value"]}
    person = contoso.world.tenant("contoso").members[NESTED]
    held = contoso.get(f"/users/{next(iter(person))}/memberOf/microsoft.graph.group")["value"]

    assert held == [listed[NESTED]]


def found(asker: Asker, clause: str, *, advanced: bool = False) -> list[str]:
    more = "&$count=true" if advanced else ""
    headers = EVENTUAL if advanced else {}
    page = asker.get(f"/groups?$filter={quote(clause)}&$select=displayName{more}", **headers)
    return [one["displayName"] for one in page["value"]]


@pytest.fixture
def mixed(contoso: Asker) -> Asker:
    made(contoso, MICROSOFT_365)
    rule = {
        "groupTypes": ["DynamicMembership"],
        "membershipRule": 'user.department -eq "Sales"',
        "membershipRuleProcessingState": "On",
    }
    made(contoso, SECURITY | rule)
    return contoso


@pytest.mark.parametrize(
    ("clause", "names"),
    [
        ("groupTypes/any(c:c eq 'Unified')", ["Golf"]),
        ("groupTypes/any(c:c eq 'DynamicMembership')", ["Sales"]),
        ("membershipRuleProcessingState eq 'On'", ["Sales"]),
        ("startswith(membershipRule,'user.department')", ["Sales"]),
        ("proxyAddresses/any(p:p eq 'SMTP:golf@contoso.com')", ["Golf"]),
        ("mailEnabled eq true", ["Golf"]),
        ("renewedDateTime ge 2026-01-01T00:00:00Z", ["Golf", "Sales"]),
    ],
)
def test_groups_are_found_by_what_the_documentation_lets_filter(
    mixed: Asker, clause: str, names: list[str]
) -> None:
    assert found(mixed, clause) == names


def test_groups_without_a_type_are_an_advanced_query(mixed: Asker) -> None:
    clause = "NOT groupTypes/any(s:s eq 'Unified') and membershipRuleProcessingState eq 'On'"

    refused = mixed.code("GET", f"/groups?$filter={quote(clause)}")

    assert refused == (400, "Request_UnsupportedQuery")
    assert found(mixed, clause, advanced=True) == ["Sales"]


@pytest.mark.parametrize("name", ["theme", "visibility", "organizationId", "securityIdentifier"])
def test_groups_are_not_found_by_anything_else(contoso: Asker, name: str) -> None:
    refused = contoso.code("GET", f"/groups?$filter={name} eq 'x'")

    assert refused == (400, "Request_UnsupportedQuery")


def test_the_status_of_a_rule_says_that_nobody_evaluated_it(mixed: Asker) -> None:
    names = "displayName,membershipRuleProcessingStatus"
    groups = mixed.get(f"/beta/groups?$select={names}")["value"]
    told = {one["displayName"]: one["membershipRuleProcessingStatus"] for one in groups}

    assert told["Golf"] is None
    assert told["Sales"]["status"] == "NotStarted"


DYNAMIC: dict[str, Any] = SECURITY | {
    "groupTypes": ["DynamicMembership"],
    "membershipRule": 'user.department -eq "Sales"',
    "membershipRuleProcessingState": "On",
}


@pytest.mark.parametrize(
    "body",
    [
        SECURITY | {"groupTypes": ["Foo"]},
        SECURITY | {"securityEnabled": False},
        MICROSOFT_365 | {"mailEnabled": False},
        DYNAMIC | {"membershipRule": None},
    ],
)
def test_a_group_of_no_kind_is_refused(contoso: Asker, body: dict[str, Any]) -> None:
    assert contoso.code("POST", "/groups", body) == (400, "Request_BadRequest")


@pytest.mark.parametrize(
    "body", [{"mailEnabled": True}, {"groupTypes": ["Unified"]}, {"groupTypes": ["Foo"]}]
)
def test_a_group_stays_of_its_kind(contoso: Asker, body: dict[str, Any]) -> None:
    path = f"/groups/{made(contoso, SECURITY)['id']}"

    assert contoso.code("PATCH", path, body) == (400, "Request_BadRequest")


def test_a_group_becomes_dynamic_and_assigned_again(contoso: Asker) -> None:
    path = f"/groups/{made(contoso, SECURITY)['id']}"
    rule = {name: DYNAMIC[name] for name in ("groupTypes", "membershipRule")}

    assert contoso.code("PATCH", path, {"groupTypes": rule["groupTypes"]})[0] == 400
    assert contoso.ask("PATCH", path, rule).status == 204
    assert contoso.ask("PATCH", path, {"groupTypes": []}).status == 204


def test_nobody_joins_a_dynamic_group_by_hand(contoso: Asker) -> None:
    group = made(contoso, DYNAMIC)["id"]

    assert contoso.code("POST", f"/groups/{group}/members/$ref", reference(ONE))[0] == 400


def test_a_group_does_not_join_itself(contoso: Asker) -> None:
    path = f"/groups/{NESTED}/members/$ref"

    assert contoso.code("POST", path, reference(NESTED))[0] == 400


def test_a_group_is_the_same_wherever_it_is_shown(contoso: Asker) -> None:
    own = contoso.get(f"/groups/{NESTED}")

    shown = contoso.get(f"/directoryObjects/{NESTED}")

    assert own | {"@odata.context": ""} == {
        name: value for name, value in shown.items() if name != "@odata.type"
    } | {"@odata.context": ""}


def test_a_nickname_that_is_taken_meanwhile_stops_a_restore(contoso: Asker) -> None:
    old = made(contoso, MICROSOFT_365)["id"]
    contoso.ask("DELETE", f"/groups/{old}")
    made(contoso, MICROSOFT_365)

    assert contoso.code("POST", f"/directory/deletedItems/{old}/restore") == (
        400,
        "Request_BadRequest",
    )


def test_who_is_gone_for_good_owns_nothing(contoso: Asker) -> None:
    tenant = contoso.world.tenant("contoso")
    for owner in (ONE, TWO):
        contoso.ask("POST", f"/groups/{NESTED}/owners/$ref", reference(owner))

    tenant.delete_user(ONE)
    tenant.purge_user(ONE)

    assert tenant.registrations.owners[NESTED] == {TWO}
