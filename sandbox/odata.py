"""OData query options and pages: a request's query enters, pages of plain objects leave."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from urllib.parse import quote

from sandbox.contents import GraphObject
from sandbox.filters import Filter, Filterable, parse_filter
from sandbox.numbers import whole_number
from sandbox.ordering import Order, Test, order_of, search_of
from sandbox.wire import Answer, Request, refuse

DEFAULT_PAGE = 100
LARGEST_PAGE = 999

_KNOWN = {"$select", "$top", "$filter", "$expand", "$count", "$orderby", "$search", "$skiptoken"}
_PLAIN = "/$,()'="
_TRANSITIVE_CAST = re.compile(r"/transitivemember(s|of)/(microsoft\.)?graph\.", re.IGNORECASE)
_SEALED = ("$select", "$filter", "$orderby", "$search")
# What a page token remembers of the last object of its page: where it stands among the others.
Place = int | str | list[Any]
Project = Callable[[GraphObject], GraphObject]


def _untyped(_: str) -> None:
    """Know no type: whatever value is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a resource may be asked for: its names, what is selectable, and what is not said.

    `spelled` returns the declared name of a property that a caller wrote in other letters.
    `type_of` returns a property's type where it is known, as OData names it without `Edm.`;
    `related` marks objects that are listed by their relation to another, as members of a group.
    """

    resource: str
    entity_set: str
    selectable: Callable[[str], bool]
    filterable: Callable[[str], bool]
    default: tuple[str, ...] | None = None
    spelled: Callable[[str], str] = str
    related: bool = False
    type_of: Callable[[str], str | None] = _untyped


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The query options of one request, checked."""

    select: tuple[str, ...] | None
    top: int
    filter: Filter | None
    expand_manager: tuple[str, ...] | None
    count: bool
    after: Place | None
    order: Order | None = None
    search: Test | None = None


def options_of(request: Request, shape: Shape) -> Options:
    """Read and check the query options; raises a refusal as Graph words it."""
    request = canonical(request)
    query = request.query
    for name in query:
        if name.startswith("$") and name not in _KNOWN:
            raise refuse(400, "BadRequest", f"The query parameter '{name}' is not supported.")
    count = query.get("$count", "").lower() == "true"
    text = query.get("$filter")
    found = parse_filter(text, _filterable(shape)) if text else None
    expand = _expanded_manager(request, shape)
    # A cast of transitive members is an advanced query; see graph-docs aad-advanced-queries.
    cast = _TRANSITIVE_CAST.search(request.path) is not None
    advanced = cast or (found is not None and (found.advanced or shape.related))
    _check_advanced(request, advanced=advanced, count=count)
    return Options(
        select=selected(request, shape),
        top=_top(request),
        filter=found,
        expand_manager=expand,
        count=count,
        after=_place_after(request),
        order=order_of(request, filtered=found is not None),
        search=search_of(request),
    )


def _filterable(shape: Shape) -> Filterable:
    return Filterable(resource=shape.resource, allows=shape.filterable, type_of=shape.type_of)


def canonical(request: Request) -> Request:
    """Return the request with its options in lower case, in which Graph takes them, too."""
    return request.asking(
        {
            name.lower() if name.startswith("$") else name: value
            for name, value in request.query.items()
        }
    )


def _check_advanced(request: Request, *, advanced: bool, count: bool) -> None:
    if count and not request.eventual:
        raise refuse(400, "Request_BadRequest", "$count is not currently supported.")
    if advanced and not (count and request.eventual):
        raise refuse(
            400,
            "Request_UnsupportedQuery",
            "The specified filter to the reference property query is currently not supported. "
            "It needs the header 'ConsistencyLevel: eventual' and '$count=true'.",
        )
    if "$expand" in request.query and request.eventual:
        # Advanced queries and $expand exclude each other; see graph-docs aad-advanced-queries.
        raise refuse(
            400, "Request_UnsupportedQuery", "$expand is not supported with advanced queries."
        )


def _top(request: Request) -> int:
    text = request.query.get("$top")
    if text is None:
        return DEFAULT_PAGE
    top = whole_number(text)
    if top is None or not 1 <= top <= LARGEST_PAGE:
        raise refuse(
            400,
            "Request_UnsupportedQuery",
            f"Invalid page size specified: '{text}'. "
            f"Must be between 1 and {LARGEST_PAGE} inclusive.",
        )
    return top


def selected(request: Request, shape: Shape) -> tuple[str, ...] | None:
    """Return the names that a request selects; raises a refusal for an unknown one."""
    text = request.query.get("$select")
    if text is None:
        return shape.default
    names = tuple(
        dict.fromkeys(shape.spelled(one.strip()) for one in text.split(",") if one.strip())
    )
    if not names or names == ("*",):
        return shape.default
    _check_selectable(names, shape)
    return names


def _check_selectable(names: Iterable[str], shape: Shape) -> None:
    for name in names:
        if not shape.selectable(name):
            raise refuse(
                400,
                "BadRequest",
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' "
                f"on type 'microsoft.graph.{shape.resource.lower()}'.",
            )


def _expanded_manager(request: Request, shape: Shape) -> tuple[str, ...] | None:
    text = request.query.get("$expand", "").replace(" ", "")
    if not text:
        return None
    name, _, rest = text.partition("(")
    inner = rest.removesuffix(")")
    if (
        shape.resource != "User"
        or name != "manager"
        or (inner and not inner.startswith("$select="))
    ):
        raise refuse(
            400,
            "BadRequest",
            f"Parsing OData Select and Expand failed: '{text}' cannot be expanded here.",
        )
    chosen = inner.removeprefix("$select=")
    names = tuple(chosen.split(",")) if chosen else ()
    _check_selectable(names, shape)
    return names


def _token(request: Request, place: Place) -> str:
    text = json.dumps(place)
    plain = f"{text}:{_seal(request, text)}".encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def _seal(request: Request, place: str) -> int:
    asked = "|".join(
        (
            request.caller.tenant_id,
            request.path,
            *(request.query.get(n, "") for n in _SEALED),
        )
    )
    return zlib.crc32(f"{place}|{asked}".encode())


def _place_after(request: Request) -> Place | None:
    token = request.query.get("$skiptoken")
    if token is None:
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        text, _, seal = plain.rpartition(":")
        if _seal(request, text) == int(seal):
            place: Place = json.loads(text)
            return place
    except (ValueError, binascii.Error):
        pass
    raise refuse(
        400,
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included in your request.",
    )


def context(request: Request, tail: str) -> str:
    """Return the `@odata.context` of an answer."""
    return f"{request.origin}/{request.version}/$metadata#{tail}"


def _next_link(request: Request, place: Place) -> str:
    kept = {name: value for name, value in request.query.items() if name != "$skiptoken"}
    kept["$skiptoken"] = _token(request, place)
    pairs = "&".join(f"{name}={quote(value, safe=_PLAIN)}" for name, value in kept.items())
    return f"{request.origin}/{request.version}{quote(request.path, safe=_PLAIN)}?{pairs}"


def page(
    request: Request,
    options: Options,
    rows: Iterable[tuple[Place, GraphObject]],
    project: Project,
    *,
    tail: str,
) -> Answer:
    """Answer one page of the rows that pass; a row is an object with its place."""
    request = canonical(request)
    passing = _passing(options, rows)
    body: dict[str, Any] = {"@odata.context": context(request, tail)}
    if options.count and options.after is None:
        everything = list(passing)
        body["@odata.count"] = len(everything)
        passing = (row for row in everything)
    value: list[GraphObject] = []
    last: Place = 0
    for place, item in passing:
        if len(value) == options.top:
            body["@odata.nextLink"] = _next_link(request, last)
            break
        value.append(project(item))
        last = place
    body["value"] = value
    return Answer(status=200, body=body)


def _tested(
    options: Options, rows: Iterable[tuple[Any, GraphObject]]
) -> Iterable[tuple[Any, GraphObject]]:
    for test in (options.filter.test if options.filter else None, options.search):
        if test is not None:
            rows = _only(rows, test)
    return rows


def _only(rows: Iterable[tuple[Any, GraphObject]], test: Test) -> Iterable[tuple[Any, GraphObject]]:
    return ((place, item) for place, item in rows if test(item))


def _passing(
    options: Options, rows: Iterable[tuple[Any, GraphObject]]
) -> Iterable[tuple[Any, GraphObject]]:
    """Return the rows behind the last page that pass."""
    after = options.after
    if options.order is not None:
        return options.order.sorted(_tested(options, rows), after)
    if after is not None:
        rows = ((place, item) for place, item in rows if place > after)
    return _tested(options, rows)


def placed(items: Iterable[GraphObject], key: str = "id") -> list[tuple[str, GraphObject]]:
    """Give objects of a short collection their places: by their keys, whoever comes or goes."""
    return sorted(((str(item[key]), item) for item in items), key=itemgetter(0))


def plain_project(select: tuple[str, ...] | None) -> Project:
    """Return the projection of objects that answer all their members unless told otherwise."""
    if select is None:
        return lambda item: item
    return lambda item: {name: item.get(name) for name in select}


def set_tail(shape: Shape, options: Options, request: Request) -> str:
    """Return the context's tail of a collection, with the selected names as Graph writes it."""
    chosen = (
        f"({','.join(options.select)})" if options.select and "$select" in request.query else ""
    )
    return shape.entity_set + chosen


def entity(request: Request, item: Mapping[str, Any], *, tail: str, status: int = 200) -> Answer:
    """Answer one object."""
    body = {"@odata.context": context(request, f"{tail}/$entity"), **item}
    return Answer(status=status, body=body)
