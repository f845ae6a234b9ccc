"""Values of directory extensions: each type takes its own, and an object has at most a hundred."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import Asker

ONE = sandbox_id("user:fabrikam:1")
PATH = f"/users/{ONE}"


@pytest.fixture
def app(fabrikam: Asker) -> str:
    return str(fabrikam.ask("POST", "/applications", {"displayName": "Stamp"}).body["id"])


def an_extension(asker: Asker, app: str, name: str = "it", **more: Any) -> str:
    body = {"name": name, "dataType": "Boolean", "targetObjects": ["User"], **more}
    made = asker.ask("POST", f"/applications/{app}/extensionProperties", body)
    assert made.status == 201, made.body
    return str(made.body["name"])


@pytest.mark.parametrize(
    ("form", "value", "status"),
    [
        ("DateTime", "2026-01-01T00:00:00Z", 204),
        ("DateTime", "hello", 400),
        ("Binary", "aGVsbG8=", 204),
        ("Binary", "?", 400),
        ("Integer", 2**31 - 1, 204),
        ("Integer", 2**31, 400),
        ("LargeInteger", 2**31, 204),
        ("LargeInteger", True, 400),
        ("Boolean", 1, 400),
    ],
)
def test_a_value_is_of_its_extension_s_type(
    fabrikam: Asker, app: str, form: str, value: Any, status: int
) -> None:
    name = an_extension(fabrikam, app, dataType=form)

    assert fabrikam.ask("PATCH", PATH, {name: value}).status == status


def test_a_multi_valued_extension_takes_a_list(fabrikam: Asker, app: str) -> None:
    many = an_extension(fabrikam, app, dataType="String", isMultiValued=True)

    assert fabrikam.ask("PATCH", PATH, {many: ["a", "b"]}).status == 204
    assert fabrikam.get(f"{PATH}?$select={many}")[many] == ["a", "b"]
    assert fabrikam.code("PATCH", PATH, {many: "a"})[0] == 400
    assert fabrikam.code("PATCH", PATH, {many: ["a", 5]})[0] == 400


def test_one_value_is_no_list(fabrikam: Asker, app: str) -> None:
    name = an_extension(fabrikam, app, dataType="String")

    assert fabrikam.code("PATCH", PATH, {name: ["a"]})[0] == 400


def test_a_hundred_values_are_enough(fabrikam: Asker, app: str) -> None:
    names = [an_extension(fabrikam, app, f"n{number}") for number in range(101)]
    full = dict.fromkeys(names[:100], False)

    assert fabrikam.ask("PATCH", PATH, full).status == 204
    refused = fabrikam.code("PATCH", PATH, {names[100]: False})
    assert refused == (400, "Directory_QuotaExceeded")
    assert fabrikam.ask("PATCH", PATH, {names[0]: None, names[100]: True}).status == 204


NEW: dict[str, Any] = {
    "accountEnabled": True,
    "displayName": "New",
    "mailNickname": "new",
    "passwordProfile": {"password": "x"},
    "userPrincipalName": "new@fabrikam.com",
}


def test_who_is_made_with_null_has_no_value(fabrikam: Asker, app: str) -> None:
    name = an_extension(fabrikam, app)

    made = fabrikam.ask("POST", "/users", NEW | {name: None}).body["id"]

    assert name not in fabrikam.get(f"/users/{made}?$select=id,{name}")


def test_nobody_is_made_with_more_values(fabrikam: Asker, app: str) -> None:
    names = [an_extension(fabrikam, app, f"n{number}") for number in range(101)]

    refused = fabrikam.code("POST", "/users", NEW | dict.fromkeys(names, True))

    assert refused == (400, "Directory_QuotaExceeded")
