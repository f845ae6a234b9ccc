"""A topology enters; what goes wrong once its layers are merged leaves, where it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconcile.errors import Problem
from reconcile.model.attributes import find_attribute
from reconcile.topology.document import Document, Where
from reconcile.topology.expand import Settings, arrow_name
from reconcile.topology.layers import settings_of
from reconcile.topology.mappings import ENTRA_DEFAULTS


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one layer says, what holds with those below it, and the attributes that are mapped."""

    where: Where
    said: Settings
    merged: Settings
    mapped: frozenset[str]


def linked_problems(document: Document) -> Iterator[Problem]:
    for layer in _layers(document.value):
        yield from _nobody(document, layer)
        yield from _unmapped(document, layer)
        yield from _pointless_removals(document, layer)
        yield from _undone_removals(document, layer)
        yield from _unmapped_matching(document, layer)
        yield from _matching_by_a_constant(document, layer)
        yield from _refused_invitations(document, layer)


def _layers(topology: Settings) -> Iterator[_Layer]:
    entries = topology.get("links", ())
    merged = settings_of(topology, None)
    # What only some links map may have its rule once, for all of them.
    made = {name for entry in entries for name in _changes(entry).get("set", {})}
    yield _Layer((), topology, merged, _mapped(merged) | made)
    for place, entry in enumerate(entries):
        merged = settings_of(topology, arrow_name(entry["link"]))
        yield _Layer(("links", place), entry, merged, _mapped(merged))


def _changes(settings: Settings) -> Settings:
    changes: Settings = settings.get("sync", {}).get("mappings", {})
    return changes


def _mapped(merged: Settings) -> frozenset[str]:
    changes = _changes(merged)
    return frozenset((ENTRA_DEFAULTS | changes.get("set", {})).keys()) - set(
        changes.get("remove", ())
    )


def _writable(name: str) -> bool:
    attribute = find_attribute(name)
    return attribute is not None and attribute.target


def _nobody(document: Document, layer: _Layer) -> Iterator[Problem]:
    assigned = layer.merged["sync"]["scope"].get("assigned")
    if assigned is None or assigned.get("groups") or assigned.get("users"):
        return
    if "scope" in layer.said.get("sync", {}):
        where = (*layer.where, "sync", "scope", "assigned")
        message = "nobody is assigned. Name groups or users, or say `all: true` in its place."
        yield document.problem(where, message)


def _unmapped(document: Document, layer: _Layer) -> Iterator[Problem]:
    for name in layer.said.get("sync", {}).get("drift", {}).get("attributes", {}):
        if _writable(name) and name not in layer.mapped:
            where = (*layer.where, "sync", "drift", "attributes", name)
            message = f'"{name}" is not mapped, so it cannot drift. Map it, or leave this out.'
            yield document.problem(where, message, at_key=True)


def _pointless_removals(document: Document, layer: _Layer) -> Iterator[Problem]:
    below = _changes(document.value).get("set", {})
    for place, name in enumerate(_changes(layer.said).get("remove", ())):
        if _writable(name) and name not in ENTRA_DEFAULTS and name not in below:
            where = (*layer.where, "sync", "mappings", "remove", place)
            yield document.problem(where, f'"{name}" is not mapped. There is nothing to remove.')


def _undone_removals(document: Document, layer: _Layer) -> Iterator[Problem]:
    """Lists replace those below them, so that a list of one's own would write the rest again."""
    removed = _changes(layer.said).get("remove")
    if removed is None:
        return
    made = _changes(layer.merged).get("set", {})
    for name in _changes(document.value).get("remove", ()):
        if name in ENTRA_DEFAULTS and name not in removed and name not in made:
            where = (*layer.where, "sync", "mappings", "remove")
            message = f'"{name}" is removed for all links, and this list would map it again.'
            yield document.problem(where, f"{message} Name it here, too, or set it.")


def _unmapped_matching(document: Document, layer: _Layer) -> Iterator[Problem]:
    """Matching compares mapped values; the sign-in name alone is compared as it is."""
    said = layer.said.get("sync", {}).get("matching", ())
    removed = _changes(layer.said).get("remove", ())
    for name in layer.merged["sync"]["matching"]:
        if name in layer.mapped or not _writable(name):
            continue
        if name in said:
            where = (*layer.where, "sync", "matching", said.index(name))
            yield document.problem(where, f'"{name}" is not mapped. Map it to match by it.')
        elif name in removed:
            where = (*layer.where, "sync", "mappings", "remove", removed.index(name))
            message = f'"{name}" is what users are matched by. Keep it, or match by another.'
            yield document.problem(where, message)


def _matching_by_a_constant(document: Document, layer: _Layer) -> Iterator[Problem]:
    """Whoever has the value would be taken for anybody."""
    said = layer.said.get("sync", {}).get("matching", ())
    for name in layer.merged["sync"]["matching"]:
        if "constant" not in _changes(layer.merged).get("set", {}).get(name, {}):
            continue
        message = f'"{name}" is the same for everyone, and users are matched by it. Expected'
        if name in said:
            where: Where = ("sync", "matching", said.index(name))
            yield document.problem((*layer.where, *where), f"{message} another attribute.")
        elif name in _changes(layer.said).get("set", {}):
            where = ("sync", "mappings", "set", name, "constant")
            yield document.problem((*layer.where, *where), f"{message} no constant.")


def _refused_invitations(document: Document, layer: _Layer) -> Iterator[Problem]:
    """Users are created by invitation, which a tenant that blocks B2B collaboration refuses."""
    for side in ("target", "source"):
        access = layer.said.get("policy", {}).get(side, {}).get("b2b_collaboration")
        if isinstance(access, dict) and access.get("users") == "blocked":
            where = (*layer.where, "policy", side, "b2b_collaboration", "users")
            message = "blocked users cannot be synchronized. Allow them, or drop the link."
            yield document.problem(where, message)
