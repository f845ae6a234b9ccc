"""The members of a group: a group enters, its users leave page by page.

Groups in groups are walked one by one. Graph casts its transitive listing to users only in an
advanced query, which is older than the directory and expands no manager; see
https://learn.microsoft.com/graph/aad-advanced-queries.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from reconcile.directory.spool import UserPage
from reconcile.graph.calls import Page, query, segment
from reconcile.graph.client import GraphClient
from reconcile.model.tenants import ObjectId

TOP = 999
"""The largest page that Graph answers."""
_GROUP = "id,groupTypes"


async def member_pages(
    client: GraphClient, group: ObjectId, *, nested: bool, **options: str
) -> AsyncIterator[UserPage]:
    """The users in a group, with `nested` those of the groups in it, too; somebody may come twice.

    Raises:
        NotFoundError: the group is gone, or one in it vanished under our hands.
        DirectoryError: a page is missing, so the listing is not whole.
    """
    top = await client.get_object(query(f"/groups/{segment(group)}", select=_GROUP))
    met, waiting = {group}, [top]
    while waiting:
        one = waiting.pop()
        path = f"/groups/{segment(one['id'])}/members/microsoft.graph"
        async for page in client.pages(query(f"{path}.user", **options, top=TOP), UserPage):
            yield page
        # Graph refuses to cast the members of a Microsoft 365 group to groups: it has none.
        if nested and "Unified" not in (one.get("groupTypes") or ()):
            inner = [found async for found in _groups(client, f"{path}.group")]
            waiting += [found for found in inner if found["id"] not in met]
            met.update(found["id"] for found in inner)


async def _groups(client: GraphClient, path: str) -> AsyncIterator[dict[str, Any]]:
    async for page in client.pages(query(path, select=_GROUP, top=TOP), Page):
        for raw in page.values:
            yield msgspec.json.decode(raw, type=dict[str, Any])
