"""Layers of settings enter, defaults first; the settings of one link leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcile.topology.expand import Settings, arrow_name
from reconcile.topology.schemas import defaults

_LINK_KEYS = ("paused", "sync", "policy")


def settings_of(topology: Settings, name: object) -> dict[str, Any]:
    """What holds for one link of a topology: the defaults, its own settings, those of its entry."""
    settings = merge(defaults("link"), {k: topology[k] for k in _LINK_KEYS if k in topology})
    for entry in topology.get("links", ()):
        if arrow_name(entry["link"]) == name:
            settings = merge(settings, {k: entry[k] for k in _LINK_KEYS if k in entry})
    return settings


def merge(under: Settings, over: Settings) -> dict[str, Any]:
    """Two layers as one: maps merge, lists and values of the upper layer replace.

    Where two keys exclude each other the upper layer's wins: `all` and `assigned` of a scope, `set`
    and `remove` of a target attribute. What makes one attribute is replaced as a whole.
    """
    merged = dict(under)
    for key, rival in (("all", "assigned"), ("assigned", "all")):
        if key in over and rival not in over:
            merged.pop(rival, None)
    for key, value in over.items():
        below = merged.get(key)
        if not isinstance(value, Mapping) or not isinstance(below, Mapping):
            merged[key] = value
        elif key == "set":
            merged[key] = {**below, **value}
        else:
            merged[key] = merge(below, value)
    _settle_removals(merged, over)
    return merged


def _settle_removals(merged: dict[str, Any], over: Settings) -> None:
    made, removed = over.get("set", {}), over.get("remove", ())
    if made and "remove" in merged:
        merged["remove"] = [name for name in merged["remove"] if name not in made]
    if removed and "set" in merged:
        merged["set"] = {k: v for k, v in merged["set"].items() if k not in removed}
