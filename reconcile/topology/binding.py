"""Links and an environment enter; the tenants and object ids their names stand for leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconcile.errors import Problem
from reconcile.model.links import MEMBERSHIP, Link
from reconcile.model.tenants import Alias, Environment, ObjectId, Tenant
from reconcile.topology.document import Document, Where
from reconcile.topology.expand import Settings, arrow_name, arrows, members
from reconcile.topology.layers import settings_of
from reconcile.topology.suggest import hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A link with its two tenants and the ids of the groups and users in its scope."""

    link: Link
    source: Tenant
    target: Tenant
    groups: tuple[ObjectId, ...] = ()
    users: tuple[ObjectId, ...] = ()
    memberships: tuple[tuple[str, ObjectId], ...] = ()


def bind(links: Sequence[Link], environment: Environment) -> tuple[Bound, ...]:
    """Each link with what its names stand for; the links were checked against the environment."""
    return tuple(_bind(link, environment) for link in links)


def _bind(link: Link, environment: Environment) -> Bound:
    source = environment.tenants[link.name.source]
    return Bound(
        link=link,
        source=source,
        target=environment.tenants[link.name.target],
        groups=tuple(source.groups[name] for name in link.scope.groups),
        users=tuple(source.users[name] for name in link.scope.users),
        memberships=tuple((name, source.groups[name]) for name in link.scope.memberships),
    )


def binding_problems(document: Document, environment: Environment) -> Iterator[Problem]:
    """Names in a topology that the environment does not bind, and stamps that would be overwritten.

    A name that several tenants lack is one problem that lists them.
    """
    for alias, where in members(document.value):
        if alias not in environment.tenants:
            said = hint(alias, environment.tenants, "Bound")
            message = f'no tenant "{alias}" is bound in environment {environment.name}. {said}'
            yield document.problem(where, message)
    yield from _unbound_names(document, environment)
    yield from _overwritten_stamps(document, environment)


def _unbound_names(document: Document, environment: Environment) -> Iterator[Problem]:
    lacking: dict[tuple[Where, str, str], list[Alias]] = {}
    for arrow in arrows(document.value):
        source = environment.tenants.get(arrow.name.source)
        scope = settings_of(document.value, arrow.name)["sync"]["scope"]
        for inner, kind, name in _names_in(scope):
            if source is not None and name not in getattr(source, kind):
                where = _said_at(document, arrow.name, ("sync", "scope", *inner))
                lacking.setdefault((where, kind, name), []).append(arrow.name.source)
    for (where, kind, name), aliases in lacking.items():
        message = (
            f'the {kind.removesuffix("s")} "{name}" is not bound in environment '
            f"{environment.name} for {', '.join(sorted(set(aliases)))}. Add its object id under "
            f"{kind} of each tenant named."
        )
        yield document.problem(where, message)


def _names_in(scope: Settings) -> Iterator[tuple[Where, str, str]]:
    """Each name in a scope that an environment binds, with its place and its kind."""
    for kind in ("groups", "users"):
        for place, name in enumerate(scope.get("assigned", {}).get(kind, ())):
            yield ("assigned", kind, place), kind, name
    for number, declared in enumerate(scope.get("filters", ())):
        for count, clause in enumerate(declared["clauses"]):
            if clause["operator"] in MEMBERSHIP:
                for place, name in enumerate(clause.get("values", ())):
                    where = ("filters", number, "clauses", count, "values", place)
                    yield where, "groups", name


def _said_at(document: Document, name: object, where: Where) -> Where:
    """Where the last layer that speaks of a link says this."""
    for place, entry in enumerate(document.value.get("links", ())):
        inner = ("links", place, *where)
        if arrow_name(entry["link"]) == name and inner in document.values:
            return inner
    return where


def _overwritten_stamps(document: Document, environment: Environment) -> Iterator[Problem]:
    found: dict[Where, str] = {}
    for arrow in arrows(document.value):
        target = environment.tenants.get(arrow.name.target)
        stamp = target.stamp.attribute if target else None
        mappings = settings_of(document.value, arrow.name)["sync"].get("mappings", {})
        if stamp is not None and stamp in mappings.get("set", {}):
            where = _said_at(document, arrow.name, ("sync", "mappings", "set", stamp))
            found[where] = f'"{stamp}" carries the stamps in {arrow.name.target}. Map another.'
    for where, message in found.items():
        yield document.problem(where, message, at_key=True)
