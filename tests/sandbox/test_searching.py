"""Listings that are sorted and searched: which requests need the index store, and what they get."""

from __future__ import annotations

import pytest

from tests.sandbox.asking import Asker

EVENTUAL = {"consistencylevel": "eventual"}


def names(asker: Asker, query: str) -> list[str]:
    page = asker.get(f"/users?$select=displayName&{query}", **EVENTUAL)
    return [one["displayName"] for one in page["value"]]


def test_people_are_sorted_by_name_in_either_direction(fabrikam: Asker) -> None:
    assert names(fabrikam, "$orderby=displayName desc") == ["Person 2", "Person 1", "Person 0"]
    assert names(fabrikam, "$orderBy=displayName") == ["Person 0", "Person 1", "Person 2"]


def test_pages_of_a_sorted_listing_follow_one_another(contoso: Asker) -> None:
    found = contoso.ids("/users?$orderby=displayName desc&$top=5")

    assert len(set(found)) == len(found) == 12


def test_a_filtered_listing_is_sorted_by_the_index_store_only(fabrikam: Asker) -> None:
    query = "/users?$filter=startswith(displayName,'Person')&$orderby=displayName&$count=true"

    assert fabrikam.code("GET", query)[0] == 400
    assert fabrikam.get(query, **EVENTUAL)["@odata.count"] == 3


@pytest.mark.parametrize("query", ["$orderby=city", "$orderby=displayName sideways"])
def test_what_cannot_be_sorted_by_is_refused(fabrikam: Asker, query: str) -> None:
    assert fabrikam.code("GET", f"/users?{query}") == (400, "Request_UnsupportedQuery")


def test_a_search_needs_the_index_store(fabrikam: Asker) -> None:
    found = fabrikam.code("GET", '/users?$search="displayName:Person"')

    assert found == (400, "Request_UnsupportedQuery")


def test_a_search_finds_words_by_their_beginning(fabrikam: Asker) -> None:
    assert names(fabrikam, '$search="displayName:pers 1"') == ["Person 1"]
    assert names(fabrikam, '$search="displayName:erson"') == []


def test_a_search_for_a_text_with_the_words_that_join_is_one_clause(fabrikam: Asker) -> None:
    fabrikam.ask("PATCH", f"/users/{fabrikam.ids('/users')[0]}", {"displayName": "R and D"})

    assert names(fabrikam, '$search="displayName:R AND D"') == ["R and D"]


def test_clauses_of_a_search_are_joined(fabrikam: Asker) -> None:
    either = '"mail:person0" OR "displayName:person" AND "mail:person2"'

    assert names(fabrikam, f"$search={either}") == ["Person 0", "Person 2"]


@pytest.mark.parametrize("text", ["Person", '"Person"', '"city:x"'])
def test_a_search_that_names_no_searchable_property_is_refused(fabrikam: Asker, text: str) -> None:
    answer = fabrikam.ask("GET", f"/users?$search={text}", headers=EVENTUAL)

    assert answer.status == 400
