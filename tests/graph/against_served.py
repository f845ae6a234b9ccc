"""Played in a process of its own: aiohttp reads `SSL_CERT_FILE` once, when it is imported."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from reconcile.cli.shell import SystemClock
from reconcile.directory.source import GraphSource
from reconcile.errors import CredentialError
from reconcile.graph.checks import Role, check_tenant
from reconcile.graph.client import GraphClient
from reconcile.graph.credentials import credential_for
from reconcile.graph.stamps import bootstrap
from reconcile.model.jobs import Side
from reconcile.model.links import Engine
from reconcile.model.tenants import Tenant
from sandbox.estate import SANDBOX_SECRET
from tests.graph.worlds import a_job, tenant

VARIABLE = "TENANTRY_SANDBOX_SECRET"


@asynccontextmanager
async def opened(bound: Tenant, variables: Mapping[str, str]) -> AsyncIterator[GraphClient]:
    numbers = itertools.count()
    client = GraphClient(
        bound,
        credential_for(bound, variables),
        clock=SystemClock(),
        new_id=lambda: f"00000000-0000-0000-0000-{next(numbers):012}",
    )
    try:
        yield client
    finally:
        await client.close()


async def main(origin: str) -> dict[str, Any]:
    right = {VARIABLE: SANDBOX_SECRET}
    async with opened(tenant("contoso", origin), right) as client:
        found = await GraphSource(client, a_job()).read()
        people = sum(len(page) for page in found.pages())
    roles = frozenset(Role(Engine.RECONCILER, side) for side in Side)
    async with opened(tenant("fabrikam", origin), right) as client:
        made = (await bootstrap(client)).made
        checked = await check_tenant(client, roles)
    refusal = ""
    async with opened(tenant("contoso", origin), {VARIABLE: "wrong"}) as client:
        try:
            await client.get("/organization")
        except CredentialError as error:
            refusal = str(error)
    return {
        "people": people,
        "made": made,
        "unwell": [one.detail for one in checked if not one.well],
        "refusal": refusal,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(sys.argv[1]))))
