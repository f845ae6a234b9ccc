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


# Published permissions that the sandbox does not take, as patterns of their names, and why.
OF_OTHER_PRODUCTS = {
    r"AgentId.*": "agents are not simulated",
    r"DeviceManagement.*": "Intune is not simulated",
    r"User\.ReadWrite\.CrossCloud": "clouds are not crossed",
    r"CustomSecAttribute.*": "custom security attributes are not simulated",
    r"Group-.*": "which properties of groups it allows is not described",
    r"Group\.ManageProtection\.All": "which properties of groups it allows is not described",
    r"AppRegistration\.Create": "what its holder may do afterwards is not described",
}
ONLY_TOGETHER = "the documentation has it in addition to another permission only"
LEFT_OUT = {
    "POST /applications/{}/owners/$ref Directory.Read.All": ONLY_TOGETHER,
    "POST /servicePrincipals/{}/owners/$ref Directory.Read.All": ONLY_TOGETHER,
    **{
        f"{method} /servicePrincipals/{{}}/{side}{key} {permission}": ONLY_TOGETHER
        for method, key, permissions in (
            ("DELETE", "/{}", "Application.ReadWrite.All"),
            ("POST", "", "Application.Read.All Application.ReadWrite.All Directory.Read.All"),
        )
        for permission in permissions.split()
        for side in ("appRoleAssignedTo", "appRoleAssignments")
    },
}


def published() -> dict[str, set[str]]:
    return {
        re.sub(r"/(\w+)\(\w+='\{\w+\}'\)", r"/\1/{}", re.sub(r"\{[^}]+\}(?!')", "{}", route)): set(
            allowed["all"]
        )
        for route, allowed in json.loads(PUBLISHED.read_text())["v1.0"].items()
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
    known = published()
    wrong = {
        route: sorted(ROUTES[route].permissions - known[route])
        for route in set(ROUTES) & set(known) - UNPUBLISHED
        if ROUTES[route].permissions - known[route]
    }

    assert wrong == {}


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published table is not beside the checkout")
def test_every_permission_that_microsoft_publishes_is_enough() -> None:
    known = published()
    foreign = re.compile("|".join(OF_OTHER_PRODUCTS))
    missing = {
        f"{route} {permission}"
        for route in set(ROUTES) & set(known)
        for permission in known[route] - ROUTES[route].permissions
        if not foreign.fullmatch(permission)
    }

    assert missing == set(LEFT_OUT)


@pytest.fixture
def basic(fabrikam: Asker) -> Asker:
    return Asker(fabrikam.world, permissions=frozenset({"User.ReadBasic.All"}))


def test_who_may_read_basic_profiles_reads_nothing_else(basic: Asker) -> None:
    one = basic.get("/users?$top=1")["value"][0]
    own = basic.get(f"/users/{one['id']}")

    assert own["displayName"] == one["displayName"] == "Person 0"
    assert (one["businessPhones"], one["jobTitle"]) == ([], None)
    assert basic.get("/users?$select=id,mail&$filter=mail eq 'person1@fabrikam.com'")["value"]


@pytest.mark.parametrize(
    "query",
    [
        "$select=accountEnabled",
        "$filter=accountEnabled eq true",
        "$expand=manager",
    ],
)
def test_who_may_read_basic_profiles_asks_for_nothing_else(basic: Asker, query: str) -> None:
    refused = (403, "Authorization_RequestDenied")

    assert basic.code("GET", f"/users?{query}") == refused
