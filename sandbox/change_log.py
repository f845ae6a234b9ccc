"""A tenant's change log: changes enter in time order, those between two positions leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sandbox.contents import Change


class ChangeLog:
    """Changes with positions that count from the tenant's beginning.

    A position keeps its meaning when old changes are forgotten. `epoch` tells this log from that of
    another life of the same tenant, whose positions mean nothing here.
    """

    def __init__(self, epoch: str) -> None:
        """Start empty."""
        self.epoch = epoch
        self.start = 0
        self._changes: list[Change] = []

    @property
    def end(self) -> int:
        """The position of the next change."""
        return self.start + len(self._changes)

    def __getitem__(self, position: int) -> Change:
        """Return the change at a position that is not forgotten."""
        return self._changes[position - self.start]

    def append(self, change: Change) -> None:
        """Take up the newest change."""
        self._changes.append(change)

    def between(self, first: int, last: int) -> Iterator[tuple[int, Change]]:
        """Return the changes from the first position up to, but without, the last one."""
        for position in range(first, last):
            yield position, self._changes[position - self.start]

    def forget(self, before: datetime, unread: int) -> None:
        """Drop the changes before a moment, but none at or behind the position `unread`."""
        last = self.start
        while last < unread and self[last].at < before:
            last += 1
        if last > self.start:
            del self._changes[: last - self.start]
            self.start = last
