"""Page tokens: opaque, and good for nothing but the query that they were given for."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.sandbox.asking import EMPLOYEES, Asker, a_sandbox

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
