"""A session of azure-identity and msgraph-sdk with the sandbox, as an application would have it.

What was seen is written as one JSON object to standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import urllib.request
from typing import Any

from azure.identity.aio import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.user import User
from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.tasks.page_iterator import PageIterator  # type: ignore[import-untyped]

ORIGIN = os.environ["TENANTRY_SANDBOX_ORIGIN"]


def adapter() -> tuple[ClientSecretCredential, GraphRequestAdapter]:
    credential = ClientSecretCredential(
        os.environ["TENANT"],
        os.environ["APPLICATION"],
        os.environ["TENANTRY_SANDBOX_SECRET"],
        authority=ORIGIN,
        disable_instance_discovery=True,
    )
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=[f"{ORIGIN}/.default"], allowed_hosts=["127.0.0.1"]
    )
    made = GraphRequestAdapter(provider)
    made.base_url = f"{ORIGIN}/v1.0"
    return credential, made


async def everybody(client: GraphServiceClient, through: GraphRequestAdapter) -> dict[str, int]:
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "displayName"], top=5
    )
    first = await client.users.get(RequestConfiguration(query_parameters=query))
    ids: list[str] = []

    def take(user: Any) -> bool:
        ids.append(user.id)
        return True

    await PageIterator(first, through).iterate(take)
    return {"first": len(first.value), "all": len(ids), "distinct": len(set(ids))}


async def batched(through: GraphRequestAdapter) -> list[int]:
    """The core library's own batch classes import a package that it does not ask for."""
    steps = [
        {"id": str(place), "method": "GET", "url": url}
        for place, url in enumerate(["/organization", "/users/nobody"])
    ]
    wish = RequestInformation(Method.POST, f"{ORIGIN}/v1.0/$batch")
    wish.headers.add("Content-Type", "application/json")
    wish.content = json.dumps({"requests": steps}).encode()
    said = json.loads(await through.send_primitive_async(wish, "bytes", {}))
    return [one["status"] for one in sorted(said["responses"], key=lambda one: one["id"])]


async def changes(client: GraphServiceClient, link: str | None = None) -> tuple[list[User], str]:
    select = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(select=["jobTitle"])
    builder = client.users.delta
    page = (
        await builder.with_url(link).get()
        if link
        else await builder.get(RequestConfiguration(query_parameters=select))
    )
    found = list(page.value)
    while page.odata_next_link:
        page = await builder.with_url(page.odata_next_link).get()
        found += page.value
    return found, page.odata_delta_link


async def life(client: GraphServiceClient) -> dict[str, Any]:
    before, link = await changes(client)
    made = await client.users.post(
        User(
            account_enabled=True,
            display_name="Hedy Newcomer",
            mail_nickname="hedy",
            user_principal_name="hedy.newcomer@contoso.com",
            password_profile=PasswordProfile(password="not-a-real-one-5!"),
        )
    )
    person = client.users.by_user_id(made.id)
    await person.patch(User(job_title="Researcher"))
    after, link = await changes(client, link)
    await person.delete()
    try:
        await person.get()
        gone = 200
    except APIError as problem:
        gone = problem.response_status_code
    left, _ = await changes(client, link)
    await client.directory.deleted_items.by_directory_object_id(made.id).restore.post()
    return {
        "known": len({one.id for one in before if "@removed" not in one.additional_data}),
        "told": [one.job_title for one in after if one.id == made.id],
        "gone": gone,
        "removed": [
            (one.additional_data.get("@removed") or {}).get("reason")
            for one in left
            if one.id == made.id
        ],
        "back": (await person.get()).display_name,
    }


async def throttled(client: GraphServiceClient) -> dict[str, int]:
    control("faults", {"kind": "storm", "count": 2, "retry_after": 1})
    answer = await client.organization.get()
    return {"organizations": len(answer.value), "refused": control("state")["throttled"]}


def control(name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    content = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{ORIGIN}/_sandbox/{name}", content) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


async def session() -> dict[str, Any]:
    credential, through = adapter()
    client = GraphServiceClient(request_adapter=through)
    async with credential:
        return {
            "everybody": await everybody(client, through),
            "batched": await batched(through),
            "life": await life(client),
            "throttled": await throttled(client),
        }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(session())))
