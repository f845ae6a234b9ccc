from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import Asker

ISSUER = "https://token.actions.githubusercontent.com"
UPSERT = {"prefer": "create-if-missing"}


def a_federation(**change: Any) -> dict[str, Any]:
    return {
        "name": "production",
        "issuer": ISSUER,
        "subject": "repo:contoso/estate:environment:production",
        "audiences": ["api://AzureADTokenExchange"],
        **change,
    }


@pytest.fixture
def path(fabrikam: Asker) -> str:
    made = fabrikam.ask("POST", "/applications", {"displayName": "Deploy"})
    return f"/applications/{made.body['id']}/federatedIdentityCredentials"


def test_a_federation_is_made_read_changed_and_removed(fabrikam: Asker, path: str) -> None:
    made = fabrikam.ask("POST", path, a_federation())
    one = f"{path}/{made.body['id']}"

    assert made.status == 201
    assert fabrikam.get(one)["subject"] == a_federation()["subject"]
    assert fabrikam.get(f"{path}(name='production')")["id"] == made.body["id"]
    assert fabrikam.ask("PATCH", one, {"description": "By hand"}).status == 204
    assert [held["description"] for held in fabrikam.get(path)["value"]] == ["By hand"]
    assert fabrikam.ask("DELETE", one).status == 204
    assert fabrikam.code("GET", one)[0] == 404


def test_federations_are_not_part_of_the_application(fabrikam: Asker, path: str) -> None:
    fabrikam.ask("POST", path, a_federation())

    shown = fabrikam.get(path.removesuffix("/federatedIdentityCredentials"))

    assert "federatedIdentityCredentials" not in shown


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"name": "with space"},
        {"name": "n" * 121},
        {"issuer": None},
        {"subject": "s" * 601},
        {"audiences": []},
        {"audiences": ["one", "two"]},
        {"audiences": ["a" * 601]},
        {"shoeSize": 44},
        {"description": 5},
        {"id": "mine"},
    ],
)
def test_a_federation_that_cannot_be_is_refused(
    fabrikam: Asker, path: str, change: dict[str, Any]
) -> None:
    assert fabrikam.code("POST", path, a_federation(**change)) == (400, "Request_BadRequest")


@pytest.mark.parametrize("change", [{"subject": "repo:contoso/other"}, {"name": "other"}])
def test_names_and_pairs_of_issuer_and_subject_are_unique(
    fabrikam: Asker, path: str, change: dict[str, Any]
) -> None:
    fabrikam.ask("POST", path, a_federation())

    refused = fabrikam.code("POST", path, a_federation(**change))

    assert refused == (409, "Request_MultipleObjectsWithSameKeyValue")


def test_an_application_trusts_twenty_workloads_at_most(fabrikam: Asker, path: str) -> None:
    for number in range(20):
        body = a_federation(name=f"n{number}", subject=f"s{number}")
        assert fabrikam.ask("POST", path, body).status == 201

    assert fabrikam.code("POST", path, a_federation())[0] == 400


def test_a_federation_keeps_its_name(fabrikam: Asker, path: str) -> None:
    one = f"{path}/{fabrikam.ask('POST', path, a_federation()).body['id']}"

    assert fabrikam.ask("PATCH", one, a_federation(subject="repo:contoso/new")).status == 204
    assert fabrikam.code("PATCH", one, {"name": "another"})[0] == 400


def test_a_federation_is_made_by_its_name_when_asked_to(fabrikam: Asker, path: str) -> None:
    named = f"{path}(name='production')"
    body = {name: value for name, value in a_federation().items() if name != "name"}

    assert fabrikam.code("PATCH", named, body)[0] == 404
    assert fabrikam.ask("PATCH", named, body, UPSERT).status == 201
    assert fabrikam.ask("PATCH", named, {"description": "again"}, UPSERT).status == 204
    assert fabrikam.get(named)["description"] == "again"


def test_owning_an_application_is_enough_to_trust_workloads(fabrikam: Asker, path: str) -> None:
    modest = Asker(fabrikam.world, permissions=frozenset({"Application.ReadWrite.OwnedBy"}))
    foreign = sandbox_id("application:" + sandbox_id("app:fabrikam:worker"))

    assert modest.ask("POST", path, a_federation()).status == 201
    assert (
        modest.ask(
            "POST", f"/applications/{foreign}/federatedIdentityCredentials", a_federation()
        ).status
        == 403
    )


def test_a_federation_keeps_its_id(fabrikam: Asker, path: str) -> None:
    made = fabrikam.ask("POST", path, a_federation()).body["id"]

    assert fabrikam.code("PATCH", f"{path}/{made}", {"id": "other"})[0] == 400
    assert fabrikam.ask("PATCH", f"{path}/{made}", {"id": made}).status == 204
    assert [one["id"] for one in fabrikam.get(path)["value"]] == [made]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_federation_has_two_keys_only(fabrikam: Asker, path: str, method: str) -> None:
    fabrikam.ask("POST", path, a_federation())

    assert fabrikam.code(method, f"{path}(subject='x')") == (400, "Request_BadRequest")
