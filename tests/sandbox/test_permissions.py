from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sandbox.routes.table import ROUTES
from tests.sandbox.asking import Asker

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "graph" / "application-permissions.json"
# Where the published table is silent or odd, the permissions file says why next to the entry.
UNPUBLISHED = {
    "GET /organization/{}",
    "GET /servicePrincipals/{}/synchronization/secrets",
    "POST /directory/deletedItems/{}/restore",
}


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_without_permissions_every_call_is_refused(fabrikam: Asker, route: str) -> None:
    method, _, path = route.partition(" ")
    address = path.replace("{}", "x")
    stranger = Asker(fabrikam.world, permissions=frozenset())

    assert stranger.code(method, f"/beta{address}" if ROUTES[route].beta else address, {}) == (
        403,
        "Authorization_RequestDenied",
    )


def test_reading_users_does_not_allow_writing_them(fabrikam: Asker) -> None:
    reader = Asker(fabrikam.world, permissions=frozenset({"User.Read.All"}))

    assert reader.ask("GET", "/users").status == 200
    assert reader.ask("DELETE", "/users/person1@fabrikam.com").status == 403
    assert reader.invite("ada@contoso.com").status == 403


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published table is not beside the checkout")
def test_permissions_are_those_that_microsoft_publishes() -> None:
    published = {
        re.sub(r"/(\w+)\(\w+='\{\w+\}'\)", r"/\1/{}", re.sub(r"\{[^}]+\}(?!')", "{}", route)): set(
            allowed["all"]
        )
        for route, allowed in json.loads(PUBLISHED.read_text())["v1.0"].items()
    }
    wrong = {
        route: sorted(ROUTES[route].permissions - published[route])
        for route in set(ROUTES) & set(published) - UNPUBLISHED
        if ROUTES[route].permissions - published[route]
    }

    assert wrong == {}
