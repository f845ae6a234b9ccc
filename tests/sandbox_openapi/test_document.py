from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis

from sandbox.inprocess import InProcessTransport
from sandbox.openapi.document import VERSIONS, document
from sandbox.routes.table import ROUTES
from sandbox.routing import route
from sandbox.world import ORIGIN
from tests.sandbox.asking import a_sandbox

BATCH = "/$batch"
in_both = pytest.mark.parametrize("version", VERSIONS)


def described(version: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document(version, ORIGIN)["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


@in_both
def test_the_document_is_valid(version: str) -> None:
    schemathesis.openapi.from_dict(document(version, ORIGIN)).validate()


@in_both
def test_the_document_has_every_route_of_its_version_and_no_other(version: str) -> None:
    found = [
        route(method, version, re.sub(r"\{[^}]*\}", "key", path)).name
        for method, path, _ in described(version)
        if path != BATCH
    ]

    known = [name for name, one in ROUTES.items() if version == "beta" or not one.beta]
    assert sorted(found) == sorted(known)


@in_both
def test_the_document_has_batches(version: str) -> None:
    assert list(document(version, ORIGIN)["paths"][BATCH]) == ["post"]


@in_both
def test_each_key_of_a_path_is_described_once(version: str) -> None:
    for _, path, operation in described(version):
        keys = [one["name"] for one in operation["parameters"] if one["in"] == "path"]

        assert keys == re.findall(r"\{([^}]*)\}", path)
        assert all(one["description"] for one in operation["parameters"])


@in_both
def test_each_operation_has_a_name_of_its_own(version: str) -> None:
    names = [operation["operationId"] for _, _, operation in described(version)]

    assert len(set(names)) == len(names)


@in_both
def test_each_operation_says_how_it_ends_well_and_that_it_wants_a_token(version: str) -> None:
    for _, _, operation in described(version):
        assert {"200", "201", "204"} & operation["responses"].keys()
        assert "401" in operation["responses"]


def test_operations_name_the_permissions_of_which_one_is_enough() -> None:
    listing = document("v1.0", ORIGIN)["paths"]["/organization/{organization-id}"]["patch"]

    assert listing["description"] == "Needs one of `Organization.ReadWrite.All`."


def test_a_body_has_the_limits_that_the_sandbox_enforces() -> None:
    made = document("v1.0", ORIGIN)["paths"]["/users"]["post"]["requestBody"]
    schema = made["content"]["application/json"]["schema"]

    assert schema["properties"]["usageLocation"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 2,
    }
    assert "passwordProfile" in schema["required"]
    assert "id" not in schema["properties"]


def test_v1_does_not_take_what_only_beta_has() -> None:
    bodies = {
        version: document(version, ORIGIN)["paths"]["/groups"]["post"]["requestBody"]
        for version in VERSIONS
    }
    taken = {
        version: body["content"]["application/json"]["schema"]["properties"]
        for version, body in bodies.items()
    }

    assert taken["beta"].keys() - taken["v1.0"].keys() == {"writebackConfiguration"}


@in_both
def test_the_control_api_serves_the_document_to_anyone_on_this_machine(version: str) -> None:
    world = a_sandbox()

    async def fetched() -> httpx.Response:
        transport = InProcessTransport(world)
        async with httpx.AsyncClient(transport=transport, base_url=world.origin) as client:
            return await client.get(f"/_sandbox/openapi/{version}.json")

    answer = asyncio.run(fetched())

    assert answer.status_code == 200
    assert answer.json() == document(version, world.origin)
    assert answer.json()["servers"] == [{"url": f"{world.origin}/{version}"}]
