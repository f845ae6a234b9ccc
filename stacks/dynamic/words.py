"""Settings in Graph's shapes enter, properties that survive Pulumi leave, and back again.

Pulumi drops properties that are null on their way to a provider, and a setting that is null means
something: it inherits the tenant's default. So it travels as the word of the topology.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcile.graph.settings import Settings

INHERIT = "inherit"


def encoded(settings: Settings) -> dict[str, Any]:
    """Settings with null spelled out."""
    return {
        name: encoded(value) if isinstance(value, Mapping) else INHERIT if value is None else value
        for name, value in settings.items()
    }


def decoded(props: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as Graph has them."""
    return {
        name: decoded(value) if isinstance(value, Mapping) else None if value == INHERIT else value
        for name, value in props.items()
    }
