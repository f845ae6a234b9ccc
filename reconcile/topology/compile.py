"""Documents that were found right enter, links leave: the same bytes for the same declarations."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.model.links import (
    Adopt,
    Clause,
    Drift,
    DriftRule,
    Engine,
    Leavers,
    Limit,
    Link,
    LinkName,
    Nulls,
    Scope,
    ScopingFilter,
    Thresholds,
)
from reconcile.topology.amounts import duration, share
from reconcile.topology.document import Document
from reconcile.topology.expand import Arrow, Settings, arrow_name, arrows
from reconcile.topology.layers import settings_of
from reconcile.topology.mappings import attribute_mappings
from reconcile.topology.policy import link_policy


def compile_topologies(documents: Iterable[Document]) -> tuple[Link, ...]:
    """Every link of the topologies, sorted by name.

    A link that two topologies declare alike is one link; it carries the name of the first of them.
    """
    links: dict[LinkName, Link] = {}
    for document in sorted(documents, key=lambda one: (one.value["name"], one.file)):
        for arrow in arrows(document.value):
            links.setdefault(arrow.name, _link(document, arrow))
    return tuple(links[name] for name in sorted(links))


def origin(document: Document, arrow: Arrow) -> str:
    """The `file:line` of what says the last word about a link."""
    where = arrow.where
    for place, entry in enumerate(document.value.get("links", ())):
        if arrow_name(entry["link"]) == arrow.name:
            where = ("links", place)
    return f"{document.file}:{document.at(where).line}"


def _link(document: Document, arrow: Arrow) -> Link:
    settings = settings_of(document.value, arrow.name)
    sync = settings["sync"]
    return Link(
        name=arrow.name,
        topology=document.value["name"],
        origin=origin(document, arrow),
        engine=Engine(sync["engine"]),
        paused=settings["paused"],
        scope=_scope(sync["scope"]),
        mappings=attribute_mappings(sync.get("mappings", {})),
        address=sync["address"],
        matching=tuple(sync["matching"]),
        adopt=Adopt(sync["adopt"]),
        drift=_drift(sync["drift"]),
        nulls=Nulls(sync["null"]),
        leavers=Leavers(sync["leavers"]["action"]),
        thresholds=Thresholds(
            deletes=_limit(sync["thresholds"]["deletes"]),
            updates=_limit(sync["thresholds"]["updates"]),
        ),
        interval=duration(sync["interval"]),
        policy=link_policy(settings.get("policy", {})),
    )


def _scope(scope: Settings) -> Scope:
    assigned = scope.get("assigned", {})
    return Scope(
        everyone="all" in scope,
        groups=tuple(sorted(assigned.get("groups", ()))),
        users=tuple(sorted(assigned.get("users", ()))),
        nested=assigned.get("nested", False),
        filters=tuple(_filter(one) for one in scope.get("filters", ())),
    )


def _filter(declared: Settings) -> ScopingFilter:
    return ScopingFilter(
        name=declared["name"], clauses=tuple(_clause(one) for one in declared["clauses"])
    )


def _clause(declared: Settings) -> Clause:
    single = (declared["value"],) if "value" in declared else ()
    return Clause(
        attribute=declared.get("attribute", ""),
        operator=declared["operator"],
        values=tuple(declared.get("values", single)),
        negated=declared.get("not", False),
    )


def _drift(drift: Settings) -> Drift:
    rules = {name: DriftRule(rule) for name, rule in sorted(drift.get("attributes", {}).items())}
    return Drift(default=DriftRule(drift["default"]), attributes=rules)


def _limit(limit: Settings) -> Limit:
    return Limit(
        count=limit.get("count"), share=share(limit["share"]) if "share" in limit else None
    )
