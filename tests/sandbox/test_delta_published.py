"""Delta queries, held to Microsoft's models, its OpenAPI and its examples."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from sandbox.inprocess import InProcessTransport
from sandbox.seeds import sandbox_id
from tests.sandbox.asking import EMPLOYEES, Asker, a_sandbox
from tests.sandbox.compared import problems
from tests.sandbox.following import Follower
from tests.sandbox.models import left_over, read
from tests.sandbox.published import GRAPH, schema_of

ONE, TWO = sandbox_id("user:contoso:1"), sandbox_id("user:contoso:2")
RESOURCES = ("users", "groups", "applications", "servicePrincipals")
beside = pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")


def eventful(resource: str, query: str = "") -> Any:
    """Answer a page of changes of every sort."""
    world = a_sandbox()
    world.store.switches.delta_awkwardness = 0
    asker, tenant = Asker(world, "contoso"), world.tenant("contoso")
    link = asker.get(f"/{resource}/delta?{query}$deltatoken=latest")["@odata.deltaLink"]
    tenant.patch_user(ONE, {"jobTitle": "Boss"})
    tenant.set_manager(ONE, TWO)
    tenant.remove_member(EMPLOYEES, ONE)
    tenant.delete_user(sandbox_id("user:contoso:3"))
    app = asker.ask("POST", "/applications", {"displayName": "Stamp"}).body
    asker.ask("POST", "/servicePrincipals", {"appId": app["appId"]})
    return asker.get(link)


@beside
@pytest.mark.parametrize("resource", RESOURCES)
def test_pages_have_the_published_form(resource: str) -> None:
    page = eventful(resource)
    assert page["value"]
    # Microsoft's schema of an object knows neither what is removed nor what is related.
    page["value"] = [
        {
            name: value
            for name, value in one.items()
            if name != "@removed" and not name.endswith("@delta")
        }
        for one in page["value"]
    ]

    assert problems(page, schema_of("get", f"/{resource}/delta()", "200"), resource) == []


def test_users_are_read_by_microsofts_models() -> None:
    from msgraph.generated.users.delta.delta_get_response import DeltaGetResponse

    found = read(eventful("users", "$select=jobTitle,manager&"), DeltaGetResponse)
    by_id = {one.id: one for one in found.value}

    assert found.odata_delta_link
    assert not found.odata_next_link
    assert by_id[ONE].job_title == "Boss"
    assert str(by_id[ONE].additional_data["manager@delta"][0]["id"]) == TWO
    gone = by_id[sandbox_id("user:contoso:3")]
    assert gone.additional_data["@removed"]["reason"] == "changed"
    assert set(left_over(found, "")) <= {
        "[].@removed",
        ".value[].@removed",
        ".value[].manager@delta",
    }


def test_the_sdk_follows_users_by_itself() -> None:
    from kiota_abstractions.authentication import AnonymousAuthenticationProvider
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from kiota_http.httpx_request_adapter import HttpxRequestAdapter
    from msgraph import GraphServiceClient
    from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder

    world = a_sandbox()
    token = world.identity.issue(
        world.tenant("contoso").tenant_id, sandbox_id("app:contoso:worker")
    )

    async def story() -> tuple[int, list[Any]]:
        headers = {"Authorization": f"Bearer {token}"}
        transport = InProcessTransport(world)
        async with httpx.AsyncClient(transport=transport, headers=headers) as client:
            adapter = HttpxRequestAdapter(AnonymousAuthenticationProvider(), http_client=client)
            adapter.base_url = f"{world.origin}/v1.0"
            delta = GraphServiceClient(request_adapter=adapter).users.delta
            wish = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(select=["jobTitle"])
            page = await delta.get(RequestConfiguration(query_parameters=wish))
            told = len(page.value)
            world.tenant("contoso").patch_user(ONE, {"jobTitle": "Boss"})
            page = await delta.with_url(page.odata_delta_link).get()
            return told, [(one.id, one.job_title) for one in page.value]

    world.store.switches.delta_awkwardness = 0
    assert asyncio.run(story()) == (12, [(ONE, "Boss")])


def documented() -> list[dict[str, Any]]:
    if not GRAPH.exists():
        return []
    examples = map(json.loads, (GRAPH / "doc-examples.jsonl").read_text().splitlines())
    return [
        one
        for one in examples
        if one["path"].removesuffix("/delta").strip("/") in RESOURCES
        and one["path"].endswith("/delta")
        # The documentation says elsewhere that $expand is not supported; see facts of delta.
        and "$expand" not in one["url"]
        and one["response_body"]
    ]


def form_of(page: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Return the annotations of a page and of its objects."""
    objects = {name for one in page["value"] for name in one if "@" in name}
    return {name for name in page if name != "@odata.nextLink"}, objects


@beside
@pytest.mark.parametrize(
    "example",
    [pytest.param(one, id=f"{n} {one['url'][32:75]}") for n, one in enumerate(documented())],
)
def test_documented_requests_get_pages_of_the_documented_form(example: dict[str, Any]) -> None:
    world = a_sandbox()
    asker = Asker(world, "contoso")
    address = example["url"].removeprefix("https://graph.microsoft.com").removeprefix("/v1.0")
    if "token=" in address:
        # Whoever wrote the documentation's tokens keeps their meaning; ours stand in for them.
        selected = ",".join(
            sorted(
                {
                    name
                    for one in example["response_body"]["value"]
                    for name in one
                    if "@" not in name
                }
            )
        )
        members = ",members" if "members@delta" in json.dumps(example["response_body"]) else ""
        query = f"?$select={selected}{members}" if selected else ""
        follower = Follower(asker, f"{example['path']}{query}").round()
        world.tenant("contoso").remove_member(EMPLOYEES, ONE)
        address = follower.address
    page = asker.get(address, prefer=example["request_headers"].get("Prefer", ""))
    wanted, objects = form_of(example["response_body"])

    assert wanted - {"@odata.deltaLink"} <= page.keys()
    assert ("@odata.nextLink" in page) != ("@odata.deltaLink" in page)
    assert page["@odata.context"].rpartition("/")[2].startswith("$metadata#")
    assert objects <= form_of(page)[1] | ({"members@delta"} if not page["value"] else set())
