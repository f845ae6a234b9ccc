"""Who is in a tenant, a page at a time: a search enters, people with where they came from leave."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sandbox.contents import GraphObject
from sandbox.page.origins import Origin, Origins

AT_ONCE = 50
_SHOWN = ("displayName", "userPrincipalName", "mail", "jobTitle", "userType")
_SEARCHED = ("displayName", "userPrincipalName", "mail")


def people(origins: Origins, search: str, kind: str, after: int) -> dict[str, Any]:
    """Fifty people behind a place, of a named origin, whose name or address has the text.

    `next` is the place to go on from, or null at the end.
    """
    matching = _matching(origins, search.strip().casefold(), kind, after)
    found = list(islice(matching, AT_ONCE + 1))
    shown = found[:AT_ONCE]
    return {
        "people": [_person(user, origins.of[user["id"]]) for _, user in shown],
        "next": shown[-1][0] if len(found) > AT_ONCE else None,
    }


def _matching(
    origins: Origins, wanted: str, kind: str, after: int
) -> Iterator[tuple[int, GraphObject]]:
    tenant = origins.tenant
    for user_id, user in tenant.users.items():
        place = tenant.places[user_id]
        if place <= after or (kind and origins.of[user_id].kind != kind):
            continue
        if not wanted or wanted in _text(user):
            yield place, user


def _text(user: GraphObject) -> str:
    return " ".join(user.get(name) or "" for name in _SEARCHED).casefold()


def _person(user: GraphObject, origin: Origin) -> dict[str, Any]:
    shown = {name: user.get(name) for name in _SHOWN}
    return {
        **shown,
        "id": user["id"],
        "enabled": user.get("accountEnabled") is not False,
        "origin": origin._asdict(),
    }
