"""Replication delay: changes enter as they are made, what a lagging replica knows leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.change_log import ChangeLog
from sandbox.clock import Clock
from sandbox.contents import Contents


class Replica:
    """Follows a tenant's change log at a distance; exists only while replication delay is on.

    Listings and filters are late by `listings` seconds. For `points` seconds after an object
    appeared, requests that name it by id answer that it does not exist. Graph shows both, also each
    without the other.
    """

    def __init__(
        self, now: Contents, log: ChangeLog, clock: Clock, *, listings: float, points: float
    ) -> None:
        """Start level with the tenant."""
        self._view = now.twin()
        self._log = log
        self._read = self._seen = log.end
        self._clock = clock
        self._listings = timedelta(seconds=listings)
        self._points = timedelta(seconds=points)
        self._born: dict[str, datetime] = {}

    def contents(self) -> Contents:
        """Return what listings show at this moment."""
        horizon = self._clock.now() - self._listings
        while self._read < self._log.end and self._log[self._read].at <= horizon:
            self._view.apply(self._log[self._read])
            self._read += 1
        return self._view

    def position(self) -> int:
        """Return how far into the change log listings see at this moment."""
        self.contents()
        return self._read

    @property
    def unread(self) -> int:
        """The position from which on the change log is still needed."""
        return min(self._read, self._seen)

    def knows(self, object_id: str) -> bool:
        """Say whether a request that names this object by id finds it."""
        return self._is_older(object_id, self._points)

    def shows(self, object_id: str) -> bool:
        """Say whether listings of registered objects have this one."""
        return self._is_older(object_id, self._listings)

    def _is_older(self, object_id: str, delay: timedelta) -> bool:
        for _, change in self._log.between(self._seen, self._log.end):
            if change.born:
                self._born[change.id] = change.at
        self._seen = self._log.end
        born = self._born.get(object_id)
        return born is None or born + delay <= self._clock.now()
