"""A topology's settings enter, the links of its shape leave, each with where it stands."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias
from reconcile.topology.document import Where

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link as a shape implies it. `where` is the value that makes it one of several."""

    name: LinkName
    where: Where


def arrow_name(text: str) -> LinkName:
    """The link that `source -> target` names."""
    source, _, target = text.partition(" -> ")
    return LinkName(Alias(source), Alias(target))


def excepted(text: str) -> tuple[LinkName, ...]:
    """The links that an exception names: one with `->`, both of a pair with `<->`."""
    one, both, other = text.partition(" <-> ")
    if not both:
        return (arrow_name(text),)
    name = LinkName(Alias(one), Alias(other))
    return (name, LinkName(name.target, name.source))


def members(topology: Settings) -> Iterator[tuple[Alias, Where]]:
    """Every mention of a tenant in a shape's own keys."""
    for key in ("source", "hub", "target"):
        if key in topology:
            yield Alias(topology[key]), (key,)
    for key in ("sources", "spokes", "tenants"):
        for place, alias in enumerate(topology.get(key, ())):
            yield Alias(alias), (key, place)


def arrows(topology: Settings) -> tuple[Arrow, ...]:
    """The links of a topology, sorted by name; links to itself and exceptions left out."""
    barred = {name for text in topology.get("except", ()) for name in excepted(text)}
    found = {
        arrow.name: arrow
        for arrow in _implied(topology)
        if arrow.name not in barred and arrow.name.source != arrow.name.target
    }
    return tuple(found[name] for name in sorted(found))


def _implied(topology: Settings) -> Iterator[Arrow]:
    match topology["shape"]:
        case "single-to-single":
            yield _arrow(topology["source"], topology["target"], ("source",))
        case "hub-to-spokes":
            for place, spoke in enumerate(topology["spokes"]):
                yield _arrow(topology["hub"], spoke, ("spokes", place))
        case "many-to-one":
            for place, source in enumerate(topology["sources"]):
                yield _arrow(source, topology["target"], ("sources", place))
        case _:
            tenants = topology["tenants"]
            for (place, source), target in itertools.product(enumerate(tenants), tenants):
                yield _arrow(source, target, ("tenants", place))


def _arrow(source: str, target: str, where: Where) -> Arrow:
    return Arrow(LinkName(Alias(source), Alias(target)), where)
