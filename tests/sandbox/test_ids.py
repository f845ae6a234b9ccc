"""Ids of objects in capital letters: they name the same objects, wherever they stand."""

from __future__ import annotations

from tests.sandbox.asking import EMPLOYEES, NESTED, Asker
from tests.sandbox.test_role_rights import ONE, reference


def test_an_id_in_a_path_is_read_in_any_letters(contoso: Asker) -> None:
    one = ONE.upper()

    assert contoso.get(f"/directoryObjects/{one}")["id"] == ONE
    assert contoso.get(f"/users('{one}')")["id"] == ONE
    assert contoso.ask("DELETE", f"/groups/{EMPLOYEES.upper()}/members/{one}/$ref").status == 204
    assert ONE not in contoso.ids(f"/groups/{EMPLOYEES}/members")


def test_an_id_in_a_body_is_read_in_any_letters(contoso: Asker) -> None:
    one = ONE.upper()

    found = contoso.ask("POST", "/directoryObjects/getByIds", {"ids": [one, ONE]}).body["value"]
    asked = {"groupIds": [EMPLOYEES.upper()]}
    held = contoso.ask("POST", f"/users/{ONE}/checkMemberGroups", asked).body["value"]
    joined = contoso.ask("POST", f"/groups/{NESTED}/members/$ref", reference(one))

    assert [item["id"] for item in found] == [ONE]
    assert held == [EMPLOYEES]
    assert joined.status == 204
    assert ONE in contoso.ids(f"/groups/{NESTED}/members")


def test_an_owner_is_named_in_any_letters(contoso: Asker) -> None:

    assert (
        contoso.ask("POST", f"/groups/{NESTED}/owners/$ref", reference(ONE.upper())).status == 204
    )
    assert contoso.ids(f"/groups/{NESTED}/owners") == [ONE]
    assert contoso.code("POST", f"/groups/{NESTED}/owners/$ref", reference(ONE))[0] == 400
