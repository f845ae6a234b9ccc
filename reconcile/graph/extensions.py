"""Directory extensions of one tenant: their whole names enter, what each of them holds leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from reconcile.errors import NotFoundError
from reconcile.graph.calls import Page, literal, query, segment
from reconcile.graph.client import GraphClient

_BEGINS = "extension_"


async def extension_types(client: GraphClient, names: Collection[str]) -> Mapping[str, str]:
    """The data types of those of the extensions that a tenant has for users, one value each.

    A name tells its owner, which is asked for its extensions. One that another tenant's application
    owns is not found this way.

    Raises:
        DirectoryError: the tenant cannot be asked.
    """
    found: dict[str, str] = {}
    for owner in sorted({owner_of(name) for name in names}):
        found |= await _of_owner(client, owner)
    return {name: kind for name, kind in found.items() if name in names}


def owner_of(name: str) -> str:
    """The client id in the name of an extension, with its hyphens."""
    plain = name.removeprefix(_BEGINS)[:32]
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


async def _of_owner(client: GraphClient, owner: str) -> dict[str, str]:
    try:
        app = await client.get_object(query(f"/applications(appId={literal(owner)})", select="id"))
    except NotFoundError:
        return {}
    path = f"/applications/{segment(str(app['id']))}/extensionProperties"
    listed = [
        msgspec.json.decode(raw) async for page in client.pages(path, Page) for raw in page.values
    ]
    return {
        str(one["name"]): str(one.get("dataType"))
        for one in listed
        if "User" in one.get("targetObjects", ()) and not one.get("isMultiValued")
    }
