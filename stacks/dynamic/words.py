"""Settings in Graph's shapes enter, properties that survive Pulumi leave, and back again.

Pulumi drops properties that are null on their way to a provider, and a setting that is null means
something: it inherits the tenant's default. So it travels as the word of the topology.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcile.graph.settings import MEMBERS, Settings, keyed, nested

INHERIT = "inherit"


def encoded(settings: Settings) -> dict[str, Any]:
    """Settings as properties: the same for the same settings, however they were written."""
    return {name: _member(name, value) for name, value in nested(keyed(settings)).items()}


def _member(name: str, value: object) -> object:
    if not isinstance(value, Mapping):
        return INHERIT if value is None else value
    whole = set(value) == set(MEMBERS.get(name, ()))
    if whole and all(one is None for one in value.values()):
        return INHERIT
    return {key: INHERIT if one is None else one for key, one in value.items()}


def decoded(props: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as Graph has them."""
    return {
        name: decoded(value) if isinstance(value, Mapping) else None if value == INHERIT else value
        for name, value in props.items()
    }
