"""The directory extensions that a link reads: a read enters, the extensions that are gone leave.

Without its definition an extension reads as empty for everybody. That looks like a tenant where
nobody has a value, so where nobody has one, it is asked whether the extension is there.
"""

from __future__ import annotations

from reconcile.graph.client import GraphClient
from reconcile.graph.extensions import extension_types
from reconcile.model.attributes import directory_extensions
from reconcile.model.jobs import Job
from reconcile.model.reads import Import


async def gone_extensions(client: GraphClient, job: Job, read: Import) -> list[str]:
    """What a filter or a mapping reads, nobody has a value of, and the tenant does not have.

    Raises:
        DirectoryError: the tenant cannot be asked.
    """
    names = directory_extensions(job.link.sources)
    unseen = _unseen(names, read) if names else names
    held = await extension_types(client, unseen) if unseen else {}
    return [f"the extension {name} is gone" for name in sorted(unseen - held.keys())]


def _unseen(names: set[str], read: Import) -> set[str]:
    unseen = names
    for page in read.pages():
        for person in page:
            if not unseen:
                return unseen
            unseen = {name for name in unseen if name.encode() not in person.raw}
    return unseen
