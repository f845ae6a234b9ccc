"""From a path to a call: a method and a path enter, the call and the path's keys leave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.routes.route import Route
from sandbox.routes.table import ROUTES
from sandbox.wire import Refusal, plain_id, refuse

# Segments of Graph's own that would otherwise be taken for the key of an object.
_UNSIMULATED = frozenset({"delta", "$count"})
_PARENTHESES = re.compile(r"(?P<name>\w+)\((?:(?P<property>\w+)=)?'(?P<key>(?:[^']|'')*)'\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A route that a request hit, and the keys in its path."""

    name: str
    route: Route
    keys: tuple[str, ...]

    @property
    def writes(self) -> bool:
        """Whether a request on this route changes the tenant."""
        return not self.name.startswith("GET ") and not self.route.asks


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)


def _tree() -> _Node:
    root = _Node()
    for name in ROUTES:
        method, _, path = name.partition(" ")
        node = root
        for part in path.strip("/").split("/"):
            node = node.children.setdefault(part.lower(), _Node())
        node.methods[method] = name
    return root


_ROOT = _tree()


def _cast(part: str) -> str:
    """Write a type cast as the SDK does; the documentation has `microsoft.graph.user`."""
    return part.removeprefix("microsoft.") if part.startswith("microsoft.graph.") else part


def parts_of(path: str) -> list[str]:
    """Split a path; `users('x')` reads as `users/x`, `users(name='x')` as `users/name=x`."""
    parts: list[str] = []
    for part in path.strip("/").split("/"):
        found = _PARENTHESES.fullmatch(part)
        if found is None:
            parts.append(_cast(part.removesuffix("()")))
            continue
        key = found["key"].replace("''", "'")
        parts += [found["name"], f"{found['property']}={key}" if found["property"] else key]
    return parts


def unknown_segment(part: str) -> Refusal:
    """Make Graph's refusal of a path that it does not have."""
    return refuse(400, "BadRequest", f"Resource not found for the segment '{part}'.")


def route(method: str, version: str, path: str) -> Match:
    """Find the call for a method and path; raises Graph's refusal where this version has none."""
    node: Any = _ROOT
    keys: list[str] = []
    for part in parts_of(path):
        child = node.children.get(part.lower())
        if child is None:
            child = node.children.get("{}")
            if child is None:
                raise unknown_segment(part)
            if part in _UNSIMULATED:
                raise refuse(501, "notSupported", f"The sandbox does not simulate '{part}'.")
            keys.append(plain_id(part))
        node = child
    if not node.methods:
        raise unknown_segment(path.rsplit("/", 1)[-1])
    name = node.methods.get(method)
    if name is None:
        raise refuse(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        )
    if ROUTES[name].beta and version != "beta":
        raise unknown_segment(path.rsplit("/", 1)[-1])
    return Match(name=name, route=ROUTES[name], keys=tuple(keys))
