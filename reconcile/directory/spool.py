"""The spool of one read: pages of users enter as they arrive, a finished import leaves."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

import msgspec

from reconcile.graph.calls import Page
from reconcile.model.reads import Coverage, RawUser, Watermark
from reconcile.model.tenants import ObjectId, TenantId

IN_MEMORY = 32 * 1024 * 1024
"""Bytes kept in memory; beyond them the spool is a file without a name."""


class _Identified(msgspec.Struct):
    id: str


_ID = msgspec.json.Decoder(_Identified)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


class UserPage(Page):
    """A page of users; every one of them has an id, or the page does not decode."""

    __slots__ = ("users",)

    def __init__(self, body: bytes) -> None:
        """Decode the ids; the users themselves stay bytes."""
        super().__init__(body)
        self.users = [(ObjectId(_ID.decode(raw).id), raw) for raw in self.values]


class _Place(NamedTuple):
    offset: int
    length: int
    deleted: bool


class Spool:
    """A whole read of one tenant, kept as the exact bytes that Graph answered."""

    coverage = Coverage.WHOLE
    watermark: Watermark | None = None

    def __init__(self, tenant: TenantId, taken_at: datetime) -> None:
        """Start empty; `taken_at` is before the first request: what came later may be missing."""
        self.tenant = tenant
        self.taken_at = taken_at
        self.holes: Sequence[str] = ()
        self.count = 0
        self._places: list[_Place] = []
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as we do
        weakref.finalize(self, self._file.close)

    def add(self, users: Sequence[msgspec.Raw | bytes], *, deleted: bool = False) -> None:
        """Keep one page."""
        if not users:
            return
        body = b"[" + b",".join(users) + b"]"
        offset = self._file.seek(0, 2)
        self._file.write(body)
        self._places.append(_Place(offset, len(body), deleted))
        self.count += len(users)

    def pages(self) -> Iterator[Sequence[RawUser]]:
        """Every page again, in the order of reading."""
        for place in self._places:
            self._file.seek(place.offset)
            body = self._file.read(place.length)
            yield [
                RawUser(ObjectId(_ID.decode(raw).id), bytes(raw), place.deleted)
                for raw in _LIST.decode(body)
            ]
