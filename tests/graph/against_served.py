"""Played in a process of its own: aiohttp reads `SSL_CERT_FILE` once, when it is imported."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from reconcile.cli.shell import SystemClock
from reconcile.directory.source import GraphSource
from reconcile.errors import CredentialError
from reconcile.graph.calls import Call
from reconcile.graph.checks import Role, check_tenant
from reconcile.graph.client import GraphClient
from reconcile.graph.credentials import credential_for
from reconcile.graph.stamps import bootstrap
from reconcile.model.jobs import Side
from reconcile.model.links import Engine
from reconcile.model.tenants import GitHubFederation, Tenant
from sandbox.estate import SANDBOX_SECRET
from sandbox.github import ISSUER
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


async def federated(origin: str) -> list[str]:
    """What a job of GitHub gets: in the environment that is trusted, and in another one."""
    bound = tenant("contoso", origin, "administrator")
    app = bound.credential.client_id
    async with opened(bound, {VARIABLE: SANDBOX_SECRET}) as client:
        trusted = {
            "name": "production",
            "issuer": ISSUER,
            "subject": "repo:contoso@7/people@42:environment:production",
            "audiences": ["api://AzureADTokenExchange"],
        }
        path = f"/applications(appId='{app}')/federatedIdentityCredentials"
        await client.write(Call(method="POST", path=path, body=trusted))
    bound = replace(bound, credential=GitHubFederation(client_id=app))
    job = f"{origin}/_sandbox/github/token?repository=contoso/people&ids=7:42&environment="
    said = []
    for environment in ("production", "staging"):
        variables = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": job + environment,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "allowed",
        }
        async with opened(bound, variables) as client:
            try:
                await client.get("/organization")
                said.append("")
            except CredentialError as error:
                said.append(str(error))
    return said


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
        "federated": await federated(origin),
        "people": people,
        "made": made,
        "unwell": [one.detail for one in checked if not one.well],
        "refusal": refusal,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(sys.argv[1]))))
