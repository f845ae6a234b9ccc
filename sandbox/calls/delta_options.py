"""What a delta query may be asked: a first request's options enter, what it tracks leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sandbox.delta import Scope, Sort
from sandbox.group_properties import GROUP
from sandbox.odata import canonical
from sandbox.properties import USER, USER_BY_DEFAULT
from sandbox.registered import APPLICATION, PRINCIPAL
from sandbox.wire import Refusal, Request, refuse

_MOST_IDS = 50
_ONE_ID = r"id\s+eq\s+'(?P<id>[^']+)'"
_ONE_TYPE = r"isof\(\s*'microsoft\.graph\.(?P<id>\w+)'\s*\)"
_REFUSED = ("$top", "$skip", "$orderby", "$expand", "$search", "$count")
_KNOWN = {"$select", "$filter", "$deltatoken", "$skiptoken"}


class Tracked(NamedTuple):
    """How a type of object may be tracked: its properties and its relation."""

    selectable: Callable[[str], bool]
    link: str | None


TRACKED: Mapping[Sort, Tracked] = {
    Sort.USER: Tracked(lambda name: name in USER or name.startswith("extension_"), "manager"),
    Sort.GROUP: Tracked(GROUP.__contains__, "members"),
    Sort.APPLICATION: Tracked(frozenset().union(*APPLICATION.values()).__contains__, None),
    Sort.PRINCIPAL: Tracked(frozenset().union(*PRINCIPAL.values()).__contains__, None),
}
SORTS: Mapping[str, tuple[Sort, ...]] = {
    "users": (Sort.USER,),
    "groups": (Sort.GROUP,),
    "applications": (Sort.APPLICATION,),
    "servicePrincipals": (Sort.PRINCIPAL,),
    "directoryObjects": tuple(Sort),
}


def scope_of(request: Request, resource: str, *, expands: bool = False) -> Scope:
    """Read the options of a series' first request; raises a refusal for what delta has not.

    With `expands`, `$expand=members` asks for the members of groups as `$select` does.
    """
    request = canonical(request)
    if expands and resource == "groups" and request.query.get("$expand") == "members":
        request = request.asking(_selecting_members(request.query))
    for name in request.query:
        if name in _REFUSED:
            raise _unsupported(f"The query parameter '{name}' is not supported with delta queries.")
        if name.startswith("$") and name not in _KNOWN:
            raise refuse(400, "BadRequest", f"The query parameter '{name}' is not supported.")
    sorts, ids = _filtered(request.query.get("$filter", ""), SORTS[resource])
    names = [name.strip() for name in request.query.get("$select", "").split(",") if name.strip()]
    possible = {TRACKED[sort].link for sort in sorts} - {None}
    if not names:
        # Microsoft's examples of groups have members@delta without asking for it.
        links = frozenset({"members"} if resource == "groups" else ())
        return Scope(resource=resource, sorts=sorts, select=None, links=links, ids=ids)
    for name in names:
        if name not in possible and not any(TRACKED[sort].selectable(name) for sort in sorts):
            raise refuse(
                400,
                "BadRequest",
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' "
                f"on type 'microsoft.graph.{resource.removesuffix('s')}'.",
            )
    return Scope(
        resource=resource,
        sorts=sorts,
        select=tuple(dict.fromkeys(name for name in names if name not in possible)),
        links=frozenset(name for name in names if name in possible),
        ids=ids,
    )


def _selecting_members(query: Mapping[str, str]) -> dict[str, str]:
    """Return the options with the members selected; without `$select` delta tells them anyway."""
    kept = {name: value for name, value in query.items() if name != "$expand"}
    return kept | ({"$select": f"{kept['$select']},members"} if kept.get("$select") else {})


def tracked_names(scope: Scope) -> Mapping[Sort, frozenset[str] | None]:
    """Return the properties whose changes are reported, by type; None stands for all."""
    if scope.select is not None:
        return dict.fromkeys(scope.sorts, frozenset(scope.select))
    return dict.fromkeys(scope.sorts) | {Sort.USER: frozenset(USER_BY_DEFAULT)}


def _filtered(text: str, sorts: tuple[Sort, ...]) -> tuple[tuple[Sort, ...], frozenset[str] | None]:
    if not text.strip():
        return sorts, None
    types = _alternatives(text, _ONE_TYPE)
    if types and len(sorts) > 1:
        return tuple(sort for sort in sorts if sort.value in types), None
    ids = _alternatives(text, _ONE_ID)
    if not ids:
        raise _unsupported("The only filter that delta queries support is on 'id', with 'eq'.")
    if len(ids) > _MOST_IDS:
        raise _unsupported(f"A delta query can filter on at most {_MOST_IDS} objects.")
    return sorts, frozenset(one.lower() for one in ids)


def _alternatives(text: str, one: str) -> list[str]:
    """Return what is asked for when the whole filter is a row of such clauses."""
    found: list[str] = []
    for clause in re.split(r"\s+or\s+", text.strip(), flags=re.IGNORECASE):
        match = re.fullmatch(one, clause.strip(), flags=re.IGNORECASE)
        if match is None:
            return []
        found.append(match["id"])
    return found


def _unsupported(message: str) -> Refusal:
    return refuse(400, "Request_UnsupportedQuery", message)
