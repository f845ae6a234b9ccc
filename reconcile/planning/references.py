"""References: a wanted manager, a source person, goes in; the target user to point at comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconcile.model.actions import Reference
from reconcile.model.reads import Agreement
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, Value
from reconcile.planning.fates import Entry, Fate, Joins, Stays, Waits
from reconcile.planning.mapping import wanted_hash

MANAGER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Wanted values with the manager placed, and what to remember of a manager left alone.

    `open` means that the manager has no target user yet: the person is looked at again.
    """

    wanted: Mapping[str, Value | Reference]
    kept: bytes = b""
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Managers:
    """Where to find the target user of any source person: this cycle's fates, else memory."""

    fates: Mapping[ObjectId, Fate]
    pairs: Mapping[ObjectId, Agreement]

    def place(
        self,
        wanted: Mapping[str, Value | Reference],
        *,
        known: frozenset[bytes],
        seen: User | None,
        settling: bool,
    ) -> Placed:
        """Point the wanted manager at a target user.

        Where there is none, a manager in the target is cleared only if the source turned from
        another one to this one; otherwise it is left alone, as Entra does.
        """
        value = wanted.get(MANAGER)
        if not isinstance(value, Reference):
            return Placed(wanted=wanted)
        reference = self._resolve(value.source)
        if reference is not None:
            placed = {**wanted, MANAGER: reference}
            return Placed(wanted=placed, open=reference.target is None)
        wished, nobody = wanted_hash(MANAGER, value.source), wanted_hash(MANAGER, None)
        others = {name: one for name, one in wanted.items() if name != MANAGER}
        if settling:
            return Placed(wanted=others, kept=wished if wished in known else nobody, open=True)
        if seen is None or seen.manager is None:
            return Placed(wanted=others, kept=nobody, open=True)
        if known and not known.intersection((wished, nobody)):
            return Placed(wanted={**others, MANAGER: None}, open=True)
        return Placed(wanted=others, kept=wished if wished in known else nobody, open=True)

    def _resolve(self, person: ObjectId) -> Reference | None:
        """The target user of a person; a reference without one is written later in the round."""
        match self.fates.get(person):
            case Joins(target=target):
                return Reference(source=person, target=target)
            case Stays(entry=Entry.RESTORED):
                return Reference(source=person)
            case Stays(target=target):
                return Reference(source=person, target=target)
            case Waits(standing=target):
                return Reference(source=person, target=target) if target else None
            case None if person in self.pairs:
                return Reference(source=person, target=self.pairs[person].target)
            case _:
                return None
