"""Memory of one link: rows go in, what planning knows of earlier cycles comes out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from reconcile.model.jobs import Side
from reconcile.model.reads import Agreement, Intent, Seal, Waiting
from reconcile.model.tenants import ObjectId
from reconcile.state.database import Database
from reconcile.state.exports import open_intents
from reconcile.state.links import LinkKey, find_link
from reconcile.state.pairs import agreements_of, count_pairs, seals_of
from reconcile.state.waits import waiting_of


class LinkMemory:
    """One link's memory as it was when first asked; the holder of the lease is its only writer."""

    def __init__(self, database: Database, key: LinkKey) -> None:
        self._database = database
        self._target = key.target
        with database.reading() as connection:
            row = find_link(connection, key)
            self._link: int | None = row.id if row else None
            self.rebuilt: bool = row.rebuilt if row else False
            self.fingerprint: str | None = row.fingerprint if row else None
            self.population: int = count_pairs(connection, row.id) if row else 0

    def seals(self, side: Side) -> Mapping[ObjectId, Seal]:
        if self._link is None:
            return {}
        with self._database.reading() as connection:
            return seals_of(connection, self._link, side)

    def agreements(self, side: Side, ids: Collection[ObjectId]) -> Mapping[ObjectId, Agreement]:
        if self._link is None or not ids:
            return {}
        with self._database.reading() as connection:
            return agreements_of(connection, self._link, self._target, side, ids)

    def waiting(self) -> Mapping[ObjectId, Waiting]:
        return self._waiting

    def intents(self) -> Mapping[ObjectId, Intent]:
        return self._intents

    # Planning asks for these two many times, and a plan must not see them change halfway.
    @cached_property
    def _waiting(self) -> Mapping[ObjectId, Waiting]:
        if self._link is None:
            return {}
        with self._database.reading() as connection:
            return waiting_of(connection, self._link)

    @cached_property
    def _intents(self) -> Mapping[ObjectId, Intent]:
        if self._link is None:
            return {}
        with self._database.reading() as connection:
            return open_intents(connection, self._link)
