"""The sandbox under load: pages and writes a second, how fast it starts, what people weigh."""

from __future__ import annotations

import asyncio
import json
import ssl
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from bench.figures import Figure
from bench.load import Connection, apart, batches, connect, rate
from bench.processes import high_water
from sandbox.seeds import sandbox_id
from sandbox.spawned import Spawned, spawn

_SECONDS = 5.0
_CONNECTIONS = 4
_MANY = 100_000
_PEOPLE = 10_000
_BATCH = 20
_PAGE = "/v1.0/users?$top=999"
_JSON = {"Content-Type": "application/json"}


def measure(_people: int) -> list[Figure]:
    """Start it empty, start it full, and ask one with ten thousand people for all it can give."""
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as folder:
        return [*_starts(Path(folder)), *_loads(Path(folder)), *_answers(Path(folder))]


def _starts(folder: Path) -> Iterator[Figure]:
    with spawn(folder / "empty", "--people", "0") as served:
        yield Figure(name="sandbox: start, empty", value=served.seconds, unit="s", most=2)


def _loads(folder: Path) -> Iterator[Figure]:
    with spawn(folder / "full", "--people", str(_MANY)) as served:
        name = f"sandbox: start with {_MANY:,} people"
        yield Figure(name=name, value=served.seconds, unit="s")
        asyncio.run(_walk(served))
        yield Figure(
            name=f"sandbox: peak memory, {_MANY:,} people",
            value=high_water(served.process) * 1024 / 1_000_000,
            unit="MB",
            most=600,
        )


def _answers(folder: Path) -> Iterator[Figure]:
    with spawn(folder / "busy", "--people", str(_PEOPLE)) as served:
        apart(served.process)
        pages, singles, batched = asyncio.run(_load(served))
    yield Figure(name="sandbox: pages of 999 users", value=pages, unit="a second", least=20)
    yield Figure(name="sandbox: single writes", value=singles, unit="a second", least=500)
    yield Figure(
        name="sandbox: writes in batches of 20", value=batched, unit="a second", least=1000
    )


async def _load(served: Spawned) -> tuple[float, float, float]:
    connections = [await _connected(served) for _ in range(_CONNECTIONS)]
    bodies = batches(_BATCH, _writes())
    following: dict[int, str] = {}

    async def page(connection: Connection, _: int) -> int:
        found = await connection.ask("GET", following.get(id(connection), _PAGE))
        following[id(connection)] = _next_of(found)
        return 1

    async def single(connection: Connection, number: int) -> int:
        body = json.dumps({"jobTitle": f"Title {number}"}).encode()
        await connection.ask("PATCH", f"/v1.0{_person(number)}", body)
        return 1

    async def batch(connection: Connection, _: int) -> int:
        answers = json.loads(await connection.ask("POST", "/v1.0/$batch", next(bodies)))
        refused = [one for one in answers["responses"] if one["status"] != httpx.codes.NO_CONTENT]
        if refused:
            raise RuntimeError(f"a write was refused: {refused[0]}")
        return _BATCH

    steps = (page, single, batch)
    pages, singles, batched = [await rate(connections, step, seconds=_SECONDS) for step in steps]
    return pages, singles, batched


async def _walk(served: Spawned) -> None:
    """Read everybody once, as a cycle does."""
    connection = await _connected(served)
    path = _PAGE
    while path:
        path = _next_of(await connection.ask("GET", path), again="")


def _next_of(page: bytes, *, again: str = _PAGE) -> str:
    """The path of the next page, found without parsing the people; at the end, `again`."""
    link = page.find(b'"@odata.nextLink":"')
    if link < 0:
        return again
    start = page.index(b"/v1.0", link)
    return page[start : page.index(b'"', start)].decode()


def _writes() -> Iterator[dict[str, object]]:
    for number in count():
        body = {"jobTitle": f"Title {number}"}
        yield {"method": "PATCH", "url": _person(number), "headers": _JSON, "body": body}


def _person(number: int) -> str:
    return f"/users/{sandbox_id(f'user:contoso:{number % 900}')}"


async def _connected(served: Spawned) -> Connection:
    origin = served.variables["TENANTRY_SANDBOX_ORIGIN"]
    trust = ssl.create_default_context(cafile=served.variables["SSL_CERT_FILE"])
    form: dict[str, Any] = {
        "grant_type": "client_credentials",
        "client_id": sandbox_id("app:contoso:administrator"),
        "client_secret": served.variables["TENANTRY_SANDBOX_SECRET"],
        "scope": f"{origin}/.default",
    }
    async with httpx.AsyncClient(verify=trust) as client:
        tenant = sandbox_id("tenant:contoso")
        answer = await client.post(f"{origin}/{tenant}/oauth2/v2.0/token", data=form)
    return await connect(origin, trust, answer.raise_for_status().json()["access_token"])
