"""What stands behind a method and a path: the call, and the permissions that allow it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sandbox.store import Directory
from sandbox.wire import Answer, Request

Call = Callable[[Directory, Request], Answer]


class Route(NamedTuple):
    """A call of Graph.

    `permissions` are the application permissions of which one is enough, as Microsoft publishes
    them, without those of other products. `asks` marks a POST that changes nothing; `beta` a call
    that v1.0 does not have.
    """

    call: Call
    permissions: frozenset[str]
    asks: bool = False
    beta: bool = False


def any_of(names: str) -> frozenset[str]:
    """Return the permissions of which one is enough."""
    return frozenset(names.split())
