"""Replication delay: changes enter as they are made, what a lagging replica knows leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.contents import Change, Contents


class Replica:
    """Follows a tenant's change log at a distance; exists only while replication delay is on.

    Listings and filters are late by `listings` seconds. For `points` seconds after an object
    appeared, requests that name it by id answer that it does not exist. Graph shows both, also each
    without the other.
    """

    def __init__(
        self, now: Contents, log: Sequence[Change], clock: Clock, *, listings: float, points: float
    ) -> None:
        """Start level with the tenant."""
        self._view = now.twin()
        self._log = log
        self._read = self._seen = len(log)
        self._clock = clock
        self._listings = timedelta(seconds=listings)
        self._points = timedelta(seconds=points)
        self._born: dict[str, datetime] = {}

    def contents(self) -> Contents:
        """Return what listings show at this moment."""
        horizon = self._clock.now() - self._listings
        while self._read < len(self._log) and self._log[self._read].at <= horizon:
            self._view.apply(self._log[self._read])
            self._read += 1
        return self._view

    def knows(self, object_id: str) -> bool:
        """Say whether a request that names this object by id finds it."""
        return self._is_older(object_id, self._points)

    def shows(self, object_id: str) -> bool:
        """Say whether listings of registered objects have this one."""
        return self._is_older(object_id, self._listings)

    def _is_older(self, object_id: str, delay: timedelta) -> bool:
        for change in self._log[self._seen :]:
            if change.born:
                self._born[change.id] = change.at
        self._seen = len(self._log)
        born = self._born.get(object_id)
        return born is None or born + delay <= self._clock.now()
