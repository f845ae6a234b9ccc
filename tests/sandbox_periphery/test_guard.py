"""Browsers before the control API: pages from elsewhere are refused, its own page is not."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from sandbox.clock import ManualClock
from sandbox.estate import demo_estate
from sandbox.inprocess import InProcessTransport
from sandbox.world import ORIGIN, Sandbox

WISH = {"kind": "storm"}


@pytest.fixture(scope="module")
def world() -> Sandbox:
    return Sandbox(ManualClock(), estate=demo_estate(people=0, awkward=False))


def asked(world: Sandbox, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = InProcessTransport(world)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            wish = WISH if method == "POST" else None
            return await client.request(method, path, headers=headers, json=wish)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8443"},
        {"Origin": "https://127.0.0.1:3000"},
        {"Host": "evil.example:8443", "Origin": "https://evil.example:8443"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "192.0.2.1:8443"},
        {"Host": "[::1"},
        {"Host": ""},
    ],
)
def test_a_page_from_elsewhere_cannot_steer_it(world: Sandbox, headers: dict[str, str]) -> None:
    refused = asked(world, "POST", "/_sandbox/faults", headers)

    assert refused.status_code == 403
    assert "Expected: " in refused.json()["error"]
    assert world.faults.armed == []


@pytest.mark.parametrize(
    "path", ["/_sandbox/state", "/_sandbox/snapshot", "/_sandbox/page/overview"]
)
def test_a_page_with_a_name_of_its_own_reads_nothing(world: Sandbox, path: str) -> None:
    refused = asked(world, "GET", path, {"Host": "evil.example:8443"})

    assert refused.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ORIGIN},
        {"Host": "localhost:8443", "Origin": "https://localhost:8443"},
        {"Host": "[::1]:8443"},
    ],
)
def test_programs_and_its_own_page_can_steer_it(world: Sandbox, headers: dict[str, str]) -> None:
    answer = asked(world, "POST", "/_sandbox/faults", headers)
    world.faults.clear()

    assert answer.status_code == 200


def test_graph_asks_for_a_token_and_not_for_an_origin(world: Sandbox) -> None:
    answer = asked(world, "GET", "/v1.0/users", {"Host": "evil.example"})

    assert answer.status_code == 401
