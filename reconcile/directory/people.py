"""People by name: mails and principal names enter, the ids of a tenant's users leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from reconcile.directory.memberships import TOP
from reconcile.directory.spool import UserPage
from reconcile.graph.batch import read_batch
from reconcile.graph.calls import Answer, Call, literal, query
from reconcile.graph.client import GraphClient
from reconcile.graph.failures import cut_short, error_for
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
        if not answer.ok:
            raise error_for(client.alias, call, answer)
        page = _page(client, call, answer)
        ids = [person for person, _ in page.users]
        if page.next is not None:
            async for following in client.pages(page.next, UserPage):
                ids += [person for person, _ in following.users]
        found[name] = tuple(sorted(ids))
    return found


def _page(client: GraphClient, call: Call, answer: Answer) -> UserPage:
    try:
        return UserPage(answer.body)
    except msgspec.DecodeError as error:
        raise cut_short(client.alias, call, str(error)) from error


def _call(name: str) -> Call:
    """Graph compares both without regard to case."""
    text = literal(name)
    wanted = f"mail eq {text} or userPrincipalName eq {text}"
    return Call(path=query("/users", filter=wanted, select="id", top=TOP))
