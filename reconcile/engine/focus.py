"""Focus: whom a round acts on, and who looks at it before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reconcile.engine.lanes import Lane
from reconcile.engine.ports import Doors
from reconcile.model.reads import Import
from reconcile.model.tenants import ObjectId


class Witness(Protocol):
    """Sees the planned lanes of a round, and changes nothing."""

    async def look(self, lanes: Sequence[Lane], whole: Import | None, doors: Doors) -> None:
        """Called with every plan and verdict, before a yes is asked for; `whole` is the target.

        Raises:
            DirectoryError: what it wanted to know has no answer; nothing is written.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """At most `limit` people of each link, or `only` these source people; else everybody."""

    limit: int | None = None
    only: frozenset[ObjectId] | None = None
    witness: Witness | None = None
