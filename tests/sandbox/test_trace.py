"""Every request that the official azuread provider was seen to make, asked of the sandbox."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.inprocess import InProcessTransport
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import WORKING, a_sandbox, a_tenant

TRACE = Path(__file__).parents[2].parent / "shared" / "graph" / "azuread-provider-trace.jsonl"
pytestmark = pytest.mark.skipif(not TRACE.exists(), reason="no trace beside the checkout")

SOURCE = "aaaaaaaa-0000-0000-0000-000000000000"
TARGET = "bbbbbbbb-0000-0000-0000-000000000000"
CALLER = "11111111-1111-1111-1111-111111111111"
WORKER = sandbox_id("app:contoso:worker")
# The server of the recording repeated what it was sent; Graph does not.
REPEATED = {"@odata.type", "owners@odata.bind"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    number: int
    recorded: dict[str, Any]
    status: int
    body: Any

    @property
    def name(self) -> str:
        return f"{self.number} {self.recorded['method']} {self.recorded['path']}"


@dataclass
class Replay:
    """Asks what was recorded, with this world's ids in the place of the recording's."""

    client: httpx.AsyncClient
    ids: dict[str, str]
    token: str = ""
    exchanges: list[Exchange] = field(default_factory=list)

    async def ask(self, recorded: dict[str, Any]) -> None:
        path = self.ours(recorded["path"])
        if path.endswith("/oauth2/v2.0/token"):
            answer = await self.client.post(path, data=self.credentials())
            self.token = answer.json()["access_token"]
        else:
            said = recorded.get("request")
            body = None if said is None else self.ours(json.dumps(said)).encode()
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            answer = await self.client.request(
                recorded["method"], path, content=body, headers=headers
            )
        found = answer.json() if answer.content else None
        if answer.status_code == 201:
            self.learn(recorded["response"], found)
        self.exchanges.append(
            Exchange(
                number=len(self.exchanges),
                recorded=recorded,
                status=answer.status_code,
                body=found,
            )
        )

    def ours(self, text: str) -> str:
        for theirs, own in self.ids.items():
            text = text.replace(theirs, own)
        return text

    def credentials(self) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": WORKER,
            "client_secret": "secret",
            "scope": f"{self.client.base_url}".rstrip("/") + "/.default",
        }

    def learn(self, theirs: Any, own: Any) -> None:
        if isinstance(theirs, dict):
            for name in set(theirs) & set(own):
                if name in {"id", "appId"}:
                    self.ids[theirs[name]] = own[name]
                self.learn(theirs[name], own[name])
        elif isinstance(theirs, list):
            for one, other in zip(theirs, own, strict=True):
                self.learn(one, other)


def a_world() -> Sandbox:
    """The recording's two tenants, whose policies let the source push."""
    seed = a_tenant("contoso", 3)
    consent = {"tenantId": TARGET, "automaticUserConsentSettings": {"outboundAllowed": True}}
    # The provider gives up owning an application that names no owners, and goes on writing it.
    permissions = WORKING | {"Application.ReadWrite.All", "Synchronization.ReadWrite.All"}
    apps = [replace(app, permissions=permissions) for app in seed.apps]
    source = replace(seed, tenant_id=SOURCE, partners=[consent], apps=apps)
    target = replace(a_tenant("fabrikam", 1), tenant_id=TARGET, apps=[])
    world = a_sandbox(source, target)
    world.store.switches.secrets_all_hidden = True
    allow = {"tenantId": SOURCE, "userSyncInbound": {"isSyncAllowed": True}}
    world.tenant("fabrikam").identity_sync[SOURCE] = allow
    return world


@cache
def replayed() -> tuple[Exchange, ...]:
    world = a_world()
    principal = world.tenant("contoso").registrations.principal_of(WORKER)
    assert principal is not None

    async def run() -> tuple[Exchange, ...]:
        transport = InProcessTransport(world)
        async with httpx.AsyncClient(transport=transport, base_url=world.origin) as client:
            replay = Replay(client=client, ids={CALLER: principal["id"]})
            for line in TRACE.read_text().splitlines():
                await replay.ask(json.loads(line))
            return tuple(replay.exchanges)

    return asyncio.run(run())


def absent(theirs: Any, own: Any, where: str) -> list[str]:
    """The members of a recorded answer that ours does not have."""
    if isinstance(theirs, dict) and isinstance(own, dict):
        missing = [f"{where}.{name}" for name in sorted(set(theirs) - set(own) - REPEATED)]
        return missing + [
            found
            for name in sorted(set(theirs) & set(own))
            for found in absent(theirs[name], own[name], f"{where}.{name}")
        ]
    if isinstance(theirs, list) and isinstance(own, list):
        pairs = zip(theirs, own, strict=False)
        return [found for one, other in pairs for found in absent(one, other, f"{where}[]")]
    return [] if type(theirs) is type(own) or None in (theirs, own) else [f"{where}: {own!r}"]


def test_every_request_of_the_provider_gets_the_recorded_status() -> None:
    wrong = [
        f"{one.name}: {one.status}, not {one.recorded['status']}"
        for one in replayed()
        if one.status != one.recorded["status"]
    ]

    assert wrong == []


def test_every_answer_has_what_the_provider_was_seen_to_read() -> None:
    wrong = [
        found
        for one in replayed()
        # The recording's server answered everything where one property was asked for.
        if one.recorded["response"] is not None and "select" not in one.recorded["path"]
        for found in absent(one.recorded["response"], one.body, one.name)
    ]

    assert wrong == []


def test_secrets_come_back_as_they_were_recorded() -> None:
    read = [one for one in replayed() if one.recorded["path"].endswith("/secrets")]

    assert len(read) > 5
    assert [one.body and one.body["value"] for one in read] == [
        one.recorded["response"] and one.recorded["response"]["value"] for one in read
    ]
