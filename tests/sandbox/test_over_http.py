from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import msgspec
import pytest

from sandbox.inprocess import InProcessTransport
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import a_sandbox

FABRIKAM = sandbox_id("tenant:fabrikam")
ONE = sandbox_id("user:fabrikam:1")
Story = Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]]


def tell(world: Sandbox, story: Story, token: str | None = "issued") -> Any:
    tenant = world.tenant("fabrikam")
    if token == "issued":
        token = world.identity.issue(tenant.tenant_id, sandbox_id("app:fabrikam:worker"))
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def run() -> Any:
        transport = InProcessTransport(world)
        async with httpx.AsyncClient(
            transport=transport, base_url=world.origin, headers=headers
        ) as client:
            return await story(client)

    return asyncio.run(run())


@pytest.mark.parametrize("token", [None, "nonsense", "a.b.c"])
def test_without_a_good_token_the_answer_is_401(world: Sandbox, token: str | None) -> None:
    answer = tell(world, lambda client: client.get("/v1.0/users"), token)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.headers["request-id"]


def test_pages_are_followed_over_http(world: Sandbox) -> None:
    async def story(client: httpx.AsyncClient) -> list[str]:
        ids: list[str] = []
        link = "/beta/users?$top=2&$select=id"
        while link:
            page = (await client.get(link)).json()
            ids += [user["id"] for user in page["value"]]
            link = page.get("@odata.nextLink", "")
        return ids

    assert tell(world, story) == [sandbox_id(f"user:fabrikam:{n}") for n in range(3)]


def test_a_204_has_no_body(world: Sandbox) -> None:
    answer = tell(world, lambda client: client.patch(f"/v1.0/users/{ONE}", json={"city": "Bergen"}))

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_body_that_is_no_json_is_a_400(world: Sandbox) -> None:
    answer = tell(world, lambda client: client.patch(f"/v1.0/users/{ONE}", content=b"{"))

    assert answer.status_code == 400


def test_the_token_endpoint_is_served_and_counted(world: Sandbox) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox_id("app:fabrikam:worker"),
        "client_secret": "secret",
        "scope": f"{world.origin}/.default",
    }
    address = f"/{world.tenant('fabrikam').tenant_id}/oauth2/v2.0/token"

    answer = tell(world, lambda client: client.post(address, data=form), None)

    assert answer.json()["token_type"] == "Bearer"
    assert (world.requests.tokens, world.requests.graph) == (1, 0)


def test_a_form_that_is_no_text_lacks_its_parameters(world: Sandbox) -> None:
    address = f"/{world.tenant('fabrikam').tenant_id}/oauth2/v2.0/token"

    answer = tell(world, lambda client: client.post(address, content=b"\xff\xfe=1"), None)

    assert answer.json()["error_codes"] == [900144]


def test_a_dropped_connection_is_a_read_error_after_the_effect(world: Sandbox) -> None:
    world.faults.arm("drop")

    async def story(client: httpx.AsyncClient) -> str:
        with pytest.raises(httpx.ReadError):
            await client.patch(f"/v1.0/users/{ONE}", json={"jobTitle": "Boss"})
        return str((await client.get(f"/v1.0/users/{ONE}")).json()["jobTitle"])

    assert tell(world, story) == "Boss"


def test_a_truncated_page_is_a_200_that_does_not_parse(world: Sandbox) -> None:
    world.faults.arm("truncate")

    answer = tell(world, lambda client: client.get("/v1.0/users"))

    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(answer.content)


def test_throttling_answers_429_with_a_wait() -> None:
    world = a_sandbox(throttling=True)

    async def story(client: httpx.AsyncClient) -> httpx.Response:
        address = "/v1.0/users?$select=id"
        for _ in range(4000):
            answer = await client.get(address)
            if answer.status_code == 429:
                return answer
        raise AssertionError("never throttled")

    answer = tell(world, story)

    assert answer.json()["error"]["code"] == "TooManyRequests"
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_line_break_in_a_key_is_part_of_the_key(world: Sandbox) -> None:
    answer = tell(world, lambda client: client.get("/v1.0/users/one%0Aother"))

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "Request_ResourceNotFound"


def test_a_body_that_is_nested_too_deeply_is_a_400(world: Sandbox) -> None:
    body = b"[" * 100_000

    answer = tell(world, lambda client: client.patch(f"/v1.0/users/{ONE}", content=body))

    assert answer.status_code == 400


def test_a_query_that_is_no_text_is_a_400(world: Sandbox) -> None:
    token = world.identity.issue(FABRIKAM, sandbox_id("app:fabrikam:worker"))
    headers = [(b"host", b"127.0.0.1:8443"), (b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/v1.0/users", "headers": headers}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(world.asgi({**scope, "query_string": b"$top=\xff"}, receive, send))

    assert sent[0]["status"] == 400


def test_a_token_is_not_issued_for_bytes_that_are_no_text(world: Sandbox) -> None:
    address = f"/{world.tenant('fabrikam').tenant_id}/oauth2/v2.0/token"

    answer = tell(world, lambda client: client.post(address, content=b"grant_type=\xff"), None)

    assert answer.status_code == 400
