"""A topology enters; what Entra's own job cannot take from it yet leaves, where it is said.

Entra's job has settings of its own for mappings, filters and much else. What is not carried over
to it must not stand in a topology as if it were, so it is refused rather than ignored. Defaults
of ours are no demand: they are said by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.errors import Problem
from reconcile.topology.document import Document, Where, dotted
from reconcile.topology.expand import Settings, arrow_name
from reconcile.topology.layers import merge, settings_of

# Each key with the value under which Entra's job does the same by itself; None where it never does.
_OWN: tuple[tuple[Where, object], ...] = (
    (("address",), None),
    (("adopt",), None),
    (("drift",), None),
    (("interval",), "40m"),
    (("leavers",), {"action": "soft-delete"}),
    (("mappings",), None),
    (("matching",), None),
    (("null",), "keep"),
    (("scope", "assigned", "nested"), False),
    (("scope", "filters"), None),
    (("thresholds", "deletes", "share"), None),
    (("thresholds", "updates"), None),
)


def native_problems(document: Document) -> Iterator[Problem]:
    """Settings of synchronization that a link pushed by Entra's own job would not follow."""
    topology = document.value
    common = topology["sync"]
    if settings_of(topology, None)["sync"]["engine"] == "entra":
        yield from _said(document, ("sync",), common)
    for place, entry in enumerate(topology.get("links", ())):
        merged = settings_of(topology, arrow_name(entry["link"]))["sync"]
        if merged["engine"] == "entra":
            here: Where = ("links", place, "sync")
            own = entry.get("sync", {})
            yield from _said(document, here, own)
            if own.get("engine") == "entra" and common.get("engine") != "entra":
                yield from _inherited(document, (*here, "engine"), own, common)


def _said(document: Document, where: Where, sync: Settings) -> Iterator[Problem]:
    for key in _refused(sync):
        message = "Entra's own job cannot take this from a topology yet. Leave it out."
        yield document.problem((*where, *key), message, at_key=True)


def _inherited(
    document: Document, where: Where, own: Settings, common: Settings
) -> Iterator[Problem]:
    said = set(_refused(own))
    keys = [dotted(key) for key in _refused(merge(common, own)) if key not in said]
    if keys:
        message = (
            f"Entra's own job cannot take {', '.join(keys)} of this topology yet. Leave the engine "
            "out, or put the link into a topology of its own."
        )
        yield document.problem(where, message)


def _refused(sync: Settings) -> Iterator[Where]:
    for key, own in _OWN:
        value: object = sync
        for step in key:
            value = value.get(step) if isinstance(value, dict) else None
        # An empty map or list says nothing.
        if value not in (None, {}, [], own):
            yield key
