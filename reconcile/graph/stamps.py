"""The owner of stamps: a tenant enters, the application whose extensions carry stamps leaves.

The owner is no resource of any stack, because deleting it hides every stamp in the tenant.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from reconcile.errors import ConflictError, NotFoundError, PermanentError
from reconcile.graph.calls import Call, Page, literal, query, segment
from reconcile.graph.client import GraphClient
from reconcile.graph.sdk import judged, service
from reconcile.model.stamps import MARK_EXTENSION, SOURCE_EXTENSION

NAME = "Tenantry stamps"
TAG = "tenantry:stamps"
EXTENSIONS = (SOURCE_EXTENSION, MARK_EXTENSION)
_WAITS = (1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The application that owns the extensions: `app_id` is in their names."""

    id: str
    app_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrapped:
    """The owner after a bootstrap, and what was made for it now."""

    owner: Owner
    made: tuple[str, ...]


async def find_owner(client: GraphClient) -> str | None:
    """The client id of the stamps' owner; None before the tenant is bootstrapped.

    Raises:
        PermanentError: two applications claim to be it.
    """
    owner = await _find(client)
    return owner.app_id if owner else None


async def _find(client: GraphClient) -> Owner | None:
    path = query(
        "/applications",
        filter=f"tags/any(t:t eq {literal(TAG)})",
        select="id,appId,displayName",
    )
    found = [
        msgspec.json.decode(raw) async for page in client.pages(path, Page) for raw in page.values
    ]
    if len(found) > 1:
        names = ", ".join(sorted(f"{one['displayName']} ({one['appId']})" for one in found))
        raise PermanentError(
            f"{client.alias}: {len(found)} applications carry the tag {TAG}: {names}. One must own "
            "all stamps. Remove the tag from the others, or name the owner in the environment "
            f"(`stamp: {{owner: CLIENT-ID}}`); deleting one hides what it stamped.",
            tenant=client.alias,
        )
    return Owner(id=found[0]["id"], app_id=found[0]["appId"]) if found else None


async def complete_owner(client: GraphClient, named: str | None = None) -> str | None:
    """The client id of the owner, `named` or found; None before the tenant is bootstrapped.

    Raises:
        PermanentError: it cannot carry stamps. Read through it, every stamp would seem lost.
    """
    owner = named or await find_owner(client)
    if owner is None:
        return None
    remedy = (
        "Correct `stamp: {owner: …}` in the environment, or give that application what it lacks"
        if named
        else f"Run `tenantry bootstrap {client.alias}`"
    )
    try:
        missing = await missing_extensions(client, owner)
    except NotFoundError as error:
        lack = "does not exist"
        raise _unfit(client, owner, lack, remedy) from error
    if missing:
        lack = f"lacks the extensions {', '.join(missing)}"
        raise _unfit(client, owner, lack, remedy)
    return owner


def _unfit(client: GraphClient, owner: str, lack: str, remedy: str) -> PermanentError:
    return PermanentError(
        f"{client.alias}: the application {owner}, which owns Tenantry's stamps, {lack}. "
        f"Every stamp there would seem lost, so nothing was read or written. {remedy}, then "
        f"run `tenantry check {client.alias}`.",
        tenant=client.alias,
    )


async def missing_extensions(client: GraphClient, owner: str) -> tuple[str, ...]:
    """The extensions that the owner with this client id does not have yet.

    Raises:
        NotFoundError: there is no such application.
    """
    found = await client.get_object(query(f"/applications(appId={literal(owner)})", select="id"))
    return await _missing(client, str(found["id"]))


async def _missing(client: GraphClient, owner_id: str) -> tuple[str, ...]:
    path = f"/applications/{segment(owner_id)}/extensionProperties"
    names = [
        str(msgspec.json.decode(raw)["name"])
        async for page in client.pages(path, Page)
        for raw in page.values
    ]
    return tuple(
        wanted for wanted in EXTENSIONS if not any(name.endswith(f"_{wanted}") for name in names)
    )


async def bootstrap(client: GraphClient) -> Bootstrapped:
    """Find or make the owner and its two extensions; a second time makes nothing.

    Raises:
        PermanentError: two applications claim to be the owner.
    """
    made: list[str] = []
    owner = await _find(client)
    if owner is None:
        owner = await _make_owner(client)
        made.append(f"application {NAME}")
    for name in await _missing_soon(client, owner):
        await _make_extension(client, owner, name)
        made.append(f"extension {name}")
    return Bootstrapped(owner=owner, made=tuple(made))


async def _make_owner(client: GraphClient) -> Owner:
    from msgraph.generated.models.application import Application  # noqa: PLC0415 - slow to load

    wanted = Application(display_name=NAME, tags=[TAG], sign_in_audience="AzureADMyOrg")
    async with service(client) as graph:
        with judged(client, Call(method="POST", path="/applications")):
            found = await graph.applications.post(wanted)
    return Owner(id=str(found.id), app_id=str(found.app_id))


async def _missing_soon(client: GraphClient, owner: Owner) -> tuple[str, ...]:
    """What is missing, once a new application is seen everywhere."""
    for wait in _WAITS:
        try:
            return await _missing(client, owner.id)
        except NotFoundError:
            await client.clock.sleep(wait)
    return await _missing(client, owner.id)


async def _make_extension(client: GraphClient, owner: Owner, name: str) -> None:
    from msgraph.generated.models.extension_property import (  # noqa: PLC0415 - slow to load
        ExtensionProperty,
    )

    wanted = ExtensionProperty(name=name, data_type="String", target_objects=["User"])
    path = f"/applications/{segment(owner.id)}/extensionProperties"
    async with service(client) as graph:
        try:
            with judged(client, Call(method="POST", path=path)):
                await graph.applications.by_application_id(owner.id).extension_properties.post(
                    wanted
                )
        except ConflictError:
            return  # somebody made it between our look and our call
