"""Filters compare values by their types: dates as moments, numbers as numbers, flags as flags."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.asking import Asker, a_sandbox, a_tenant, a_user
from tests.sandbox.test_reading import EVENTUAL, person

MOMENT = "2026-01-05T08:00:00Z"


def of_everybody(clause: str, **properties: Any) -> bool:
    """Say whether a filter finds somebody with these properties."""
    world = a_sandbox(a_tenant("contoso", 0, users=[a_user(1, **properties)]))
    address = f"/users?$select=id&$count=true&$filter={quote(clause)}"
    found = Asker(world, "contoso").get(address, **EVENTUAL)["value"]
    return bool(found)


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ("eq 2026-01-05T08:00:00.000Z", True),
        ("eq 2026-01-05T09:00:00+01:00", True),
        ("le 2026-01-05T08:00:00.000Z", True),
        ("lt 2026-01-05T08:00:00.000Z", False),
        ("ge 2026-01-05T03:00:00-05:00", True),
        ("gt 2026-01-05", True),
        ("ne 2026-01-05T08:00:00.0000000Z", False),
        ("in (2026-01-05T08:00:00.0Z)", True),
        ("eq null", False),
    ],
)
def test_dates_compare_as_moments(clause: str, found: bool) -> None:  # noqa: FBT001
    assert of_everybody(f"createdDateTime {clause}", createdDateTime=MOMENT) is found


@pytest.mark.parametrize(
    ("clause", "found"),
    [("gt 9", True), ("gt 10", False), ("ge 10", True), ("eq 10", True), ("gt -5", True)],
)
def test_numbers_of_extensions_compare_as_numbers(
    contoso: Asker,
    clause: str,
    found: bool,  # noqa: FBT001
) -> None:
    app = contoso.ask("POST", "/applications", {"displayName": "App"}).body
    body = {"name": "level", "dataType": "Integer", "targetObjects": ["User"]}
    made = contoso.ask("POST", f"/applications/{app['id']}/extensionProperties", body).body
    contoso.ask("PATCH", f"/users/{person(1)}", {made["name"]: 10})

    people = contoso.ids(f"/users?$select=id&$filter={made['name']} {clause}")

    assert people == ([person(1)] if found else [])


@pytest.mark.parametrize(
    "clause",
    [
        "accountEnabled eq 1",
        "accountEnabled eq 'true'",
        "createdDateTime ge '2026-01-05T08:00:00Z'",
        "displayName eq 5",
        "displayName eq true",
        "displayName in ('x', 5)",
        "otherMails eq 'x'",
        "otherMails/any(x:x eq 5)",
        "startsWith(displayName,5)",
    ],
)
def test_a_value_of_another_type_is_refused(contoso: Asker, clause: str) -> None:
    assert contoso.code("GET", f"/users?$filter={clause}") == (400, "BadRequest")


@pytest.mark.parametrize("clause", ["accountEnabled gt false", "startsWith(createdDateTime,'2')"])
def test_what_a_type_cannot_be_asked_is_refused(contoso: Asker, clause: str) -> None:
    assert contoso.code("GET", f"/users?$filter={clause}") == (400, "Request_UnsupportedQuery")


def test_groups_have_types_too(contoso: Asker) -> None:
    assert contoso.code("GET", "/groups?$filter=mailEnabled eq 'true'") == (400, "BadRequest")


@pytest.mark.parametrize(
    ("clause", "found"), [("eq true", True), ("ne false", True), ("eq false", False)]
)
def test_a_function_may_be_compared_with_a_flag(clause: str, found: bool) -> None:  # noqa: FBT001
    assert of_everybody(f"startswith(displayName,'Person') {clause}") is found
