"""Who is in a tenant, a page at a time: a search enters, people with where they came from leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from sandbox.contents import GraphObject
from sandbox.store import Directory

AT_ONCE = 50
_SHOWN = ("displayName", "userPrincipalName", "mail", "jobTitle", "userType")


def people(tenant: Directory, search: str, after: int) -> dict[str, Any]:
    """Fifty people behind a place, whose name or address holds the text that is searched for.

    `next` is the place to go on from, or null at the end.
    """
    wanted = search.strip().casefold()
    found = list(islice(_matching(tenant, wanted, after), AT_ONCE + 1))
    more, pushed = len(found) > AT_ONCE, _pushed(tenant)
    return {
        "people": [_person(tenant, user, pushed) for _, user in found[:AT_ONCE]],
        "next": found[AT_ONCE - 1][0] if more else None,
    }


def _matching(tenant: Directory, wanted: str, after: int) -> Iterator[tuple[int, GraphObject]]:
    for user_id, user in tenant.users.items():
        place = tenant.places[user_id]
        if place > after and (not wanted or wanted in _text(user)):
            yield place, user


def _text(user: GraphObject) -> str:
    names = (user.get(name) or "" for name in ("displayName", "userPrincipalName", "mail"))
    return " ".join(names).casefold()


def _person(
    tenant: Directory, user: GraphObject, pushed: Mapping[str, Directory]
) -> dict[str, Any]:
    shown = {name: user.get(name) for name in _SHOWN}
    return {
        **shown,
        "id": user["id"],
        "enabled": user.get("accountEnabled") is not False,
        "origin": _origin(tenant, user, pushed),
    }


def _origin(
    tenant: Directory, user: GraphObject, pushed: Mapping[str, Directory]
) -> dict[str, str | None]:
    """Where somebody came from: `kind` is internal, invited or synchronized; `tenant` an alias.

    Synchronized is whom a job of Entra's own made or matched, and who carries another tenant's id
    in an extension, as tools mark whom they keep. Everybody else who was invited is from the
    tenant of their mail's domain.
    """
    source = pushed.get(user["id"]) or _marked(tenant, user)
    if source is not None:
        return {"kind": "synchronized", "tenant": source.alias}
    if user.get("creationType") != "Invitation" and not user.get("externalUserState"):
        return {"kind": "internal", "tenant": None}
    home = tenant.store.by_domain(str(user.get("mail") or "").rpartition("@")[2])
    return {"kind": "invited", "tenant": home.alias if home else None}


def _pushed(tenant: Directory) -> dict[str, Directory]:
    """Whom jobs of other tenants keep here, with the tenant of the job."""
    return {
        pair.target: other
        for other in tenant.store.tenants.values()
        if other is not tenant
        for memory in other.job_memory.values()
        for pair in memory.pairs.values()
    }


def _marked(tenant: Directory, user: GraphObject) -> Directory | None:
    attributes = (user.get("onPremisesExtensionAttributes") or {}).values()
    extensions = (value for name, value in user.items() if name.startswith("extension_"))
    for value in (*attributes, *extensions):
        if isinstance(value, str) and value:
            for other in tenant.store.tenants.values():
                if other is not tenant and other.tenant_id in value:
                    return other
    return None
