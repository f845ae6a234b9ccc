"""What changed in registered objects: their shelves enter, the differences since last time leave.

Applications and service principals are edited in place by many calls, so their changes are found
by looking. There are few of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple

from sandbox.contents import GraphObject, Kind
from sandbox.registrations import Registrations


class Difference(NamedTuple):
    """One object as it was and as it is; None where it was not there."""

    kind: Kind
    id: str
    before: GraphObject | None
    after: GraphObject | None


class Watch:
    """Remembers how registered objects looked, and numbers them in the order they appeared."""

    def __init__(self) -> None:
        """Start without having seen anything."""
        self._seen: dict[Kind, dict[str, GraphObject]] = {Kind.APPLICATION: {}, Kind.PRINCIPAL: {}}
        self.places: dict[str, int] = {}
        self._last_place = 0

    def differences(self, kept: Registrations) -> Iterator[Difference]:
        """Look at all objects; each difference is told once."""
        yield from self._compare(Kind.APPLICATION, kept.applications)
        yield from self._compare(Kind.PRINCIPAL, kept.service_principals)

    def _compare(self, kind: Kind, shelf: dict[str, GraphObject]) -> Iterator[Difference]:
        seen = self._seen[kind]
        for object_id in [one for one in seen if one not in shelf]:
            del self.places[object_id]
            yield Difference(kind, object_id, seen.pop(object_id), None)
        for object_id, item in shelf.items():
            before = seen.get(object_id)
            if before == item:
                continue
            if before is None:
                self._last_place += 1
                self.places[object_id] = self._last_place
            seen[object_id] = deepcopy(item)
            yield Difference(kind, object_id, before, seen[object_id])
