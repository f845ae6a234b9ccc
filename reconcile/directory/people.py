"""People by name: mails and principal names enter, the ids of a tenant's users leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconcile.directory.members import TOP
from reconcile.directory.spool import UserPage
from reconcile.graph.batch import listed, read_batch
from reconcile.graph.calls import Call, literal, query
from reconcile.graph.client import GraphClient
from reconcile.model.tenants import ObjectId


async def find_people(
    client: GraphClient, names: Sequence[str]
) -> Mapping[str, tuple[ObjectId, ...]]:
    """The users that have each name as their mail or user principal name; often one, or none.

    Raises:
        DirectoryError: a question has no answer; nobody is called unknown because of that.
    """
    calls = [_call(name) for name in names]
    answers = await read_batch(client, calls)
    found = {}
    for name, call, answer in zip(names, calls, answers, strict=True):
        pages = listed(client, call, answer, UserPage)
        found[name] = tuple(sorted([person async for page in pages for person, _ in page.users]))
    return found


def _call(name: str) -> Call:
    """Graph compares both without regard to case."""
    text = literal(name)
    wanted = f"mail eq {text} or userPrincipalName eq {text}"
    return Call(path=query("/users", filter=wanted, select="id", top=TOP))
