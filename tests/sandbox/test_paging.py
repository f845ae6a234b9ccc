"""Page tokens: opaque, and good for nothing but the query that they were given for."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.sandbox.asking import EMPLOYEES, Asker, a_sandbox
from tests.sandbox.test_reading import EVENTUAL

QUERY = "/users?$top=2&$select=id"
EXPIRED = (400, "Directory_ExpiredPageToken")


@pytest.fixture
def contoso() -> Asker:
    return Asker(a_sandbox(), "contoso")


def token(asker: Asker, address: str = QUERY) -> str:
    link = str(asker.get(address)["@odata.nextLink"])
    return dict(parse_qsl(urlsplit(link).query))["$skiptoken"]


def test_a_token_with_any_character_altered_is_refused(contoso: Asker) -> None:
    good = token(contoso)
    altered = [
        good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
        for place in range(len(good) - 1)
    ]

    assert {contoso.code("GET", f"{QUERY}&$skiptoken={one}") for one in altered} == {EXPIRED}


@pytest.mark.parametrize("text", ["", "é", "A" * 5000, "LTU6MQ", "..."])
def test_a_token_that_nobody_gave_is_refused(contoso: Asker, text: str) -> None:
    assert contoso.code("GET", f"{QUERY}&$skiptoken={quote(text)}") == EXPIRED


def test_a_token_of_another_tenant_is_refused(contoso: Asker) -> None:
    fabrikam = Asker(contoso.world, "fabrikam")

    assert fabrikam.code("GET", f"{QUERY}&$skiptoken={token(contoso)}") == EXPIRED


@pytest.mark.parametrize(
    "other",
    [
        "/groups?$top=2&$select=id",
        "/users?$top=2",
        "/users?$top=2&$select=mail",
        "/users?$top=2&$select=id&$filter=accountEnabled eq true",
        "/users?$top=2&$select=id&$orderby=displayName",
        f"/groups/{EMPLOYEES}/members?$top=2&$select=id",
    ],
)
def test_a_token_of_another_query_is_refused(contoso: Asker, other: str) -> None:
    assert contoso.code("GET", f"{other}&$skiptoken={token(contoso)}") == EXPIRED


def test_the_next_page_may_have_another_size(contoso: Asker) -> None:
    everybody = contoso.ids("/users?$select=id")

    page = contoso.get(f"/users?$top=5&$select=id&$skiptoken={token(contoso)}")

    assert [user["id"] for user in page["value"]] == everybody[2:7]


@pytest.mark.parametrize("address", ["/users/delta", "/groups/delta"])
def test_delta_takes_no_token_of_a_listing(contoso: Asker, address: str) -> None:
    found = contoso.code("GET", f"{address}?$skiptoken={token(contoso)}")

    assert found == (400, "Request_BadRequest")


def test_a_listing_takes_no_token_of_delta(contoso: Asker) -> None:
    link = contoso.get("/users/delta?$deltatoken=latest")["@odata.deltaLink"]
    text = dict(parse_qsl(urlsplit(link).query))["$deltatoken"]

    assert contoso.code("GET", f"/users?$skiptoken={text}") == EXPIRED


@pytest.mark.parametrize(
    "address",
    [
        f"/groups/{EMPLOYEES}/transitiveMembers/microsoft.graph.user?$select=id&$count=true",
        f"/groups/{EMPLOYEES}/members?$select=id",
        "/users?$select=id&$orderby=displayName",
        "/users?$select=id&$orderby=displayName desc",
        "/users?$select=id&$orderby=createdDateTime",
    ],
)
def test_pages_skip_nobody_while_those_who_were_shown_go(contoso: Asker, address: str) -> None:
    everybody = contoso.ids(address, **EVENTUAL)
    first = contoso.get(f"{address}&$top=4", **EVENTUAL)
    shown = [one["id"] for one in first["value"]]
    for one in shown[:3]:
        contoso.world.tenant("contoso").delete_user(one)

    assert shown + contoso.ids(first["@odata.nextLink"], **EVENTUAL) == everybody


@pytest.mark.parametrize("depth", ["members", "transitiveMembers"])
def test_pages_skip_no_member_while_others_leave(contoso: Asker, depth: str) -> None:
    address = f"/groups/{EMPLOYEES}/{depth}?$select=id"
    everybody = contoso.ids(address)
    first = contoso.get(f"{address}&$top=4")
    shown = [one["id"] for one in first["value"]]
    for one in shown[1:]:
        contoso.ask("DELETE", f"/groups/{EMPLOYEES}/members/{one}/$ref")

    assert shown + contoso.ids(first["@odata.nextLink"]) == everybody


@pytest.mark.parametrize("shelf", ["/applications", "/servicePrincipals"])
def test_pages_skip_no_application_while_others_go(contoso: Asker, shelf: str) -> None:
    for number in range(5):
        app = contoso.ask("POST", "/applications", {"displayName": f"App {number}"}).body
        contoso.ask("POST", "/servicePrincipals", {"appId": app["appId"]})
    everybody = contoso.ids(f"{shelf}?$filter=startswith(displayName,'App')")
    first = contoso.get(f"{shelf}?$filter=startswith(displayName,'App')&$top=2")
    shown = [one["id"] for one in first["value"]]
    contoso.ask("DELETE", f"{shelf}/{shown[0]}")

    rest = contoso.ids(first["@odata.nextLink"])

    assert shown + rest == everybody
