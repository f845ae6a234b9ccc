"""Pairs in state: agreements go in when both sides settled, and come out by either side's id."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, func, select

from reconcile.model.jobs import Side
from reconcile.model.reads import Agreement, Seal
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.state.database import upsert
from reconcile.state.tables import pair

_CHUNK = 500
"""Ids in one question; every database takes at least 999 parameters."""


def keep_pairs(
    connection: Connection, link: int, target: TenantId, agreements: Sequence[Agreement]
) -> None:
    """Remember pairs. A target user has one pair: the latest word takes it from any older one."""
    rows = [
        {
            "link": link,
            "source": one.source,
            "target_tenant": target,
            "target": one.target,
            "source_seal": one.source_seal,
            "target_seal": one.target_seal,
            "wanted": one.wanted,
            "mark": one.mark.value,
            "written_at": one.written_at,
        }
        for one in agreements
    ]
    owners = {one.target: one.source for one in agreements}
    for holder, source in _held_by_others(connection, link, target, owners):
        connection.execute(delete(pair).where(pair.c.link == holder, pair.c.source == source))
    upsert(connection, pair, rows)


def drop_pairs(connection: Connection, link: int, sources: Collection[ObjectId]) -> None:
    for chunk in chunks(sources):
        connection.execute(delete(pair).where(pair.c.link == link, pair.c.source.in_(chunk)))


def drop_all_pairs(connection: Connection, link: int) -> None:
    connection.execute(delete(pair).where(pair.c.link == link))


def count_pairs(connection: Connection, link: int) -> int:
    counted = select(func.count()).select_from(pair).where(pair.c.link == link)
    return int(connection.execute(counted).scalar_one())


def seals_of(connection: Connection, link: int, side: Side) -> dict[ObjectId, Seal]:
    """Every pair's seal by the id on one side, in one question."""
    seal = pair.c.source_seal if side is Side.SOURCE else pair.c.target_seal
    found = connection.execute(select(_id(side), seal).where(pair.c.link == link))
    return {ObjectId(one): bytes(sealed) for one, sealed in found}


def agreements_of(
    connection: Connection, link: int, target: TenantId, side: Side, ids: Collection[ObjectId]
) -> dict[ObjectId, Agreement]:
    found: dict[ObjectId, Agreement] = {}
    # By target no link is asked for: SQLite would then walk the whole link for each chunk.
    owner = pair.c.link == link if side is Side.SOURCE else pair.c.target_tenant == target
    for chunk in chunks(ids):
        for row in connection.execute(select(pair).where(owner, _id(side).in_(chunk))):
            if row.link == link:
                one = _agreement(row)
                found[one.source if side is Side.SOURCE else one.target] = one
    return found


def chunks(ids: Collection[ObjectId]) -> Iterator[Sequence[ObjectId]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def _id(side: Side) -> Column[str]:
    return pair.c.source if side is Side.SOURCE else pair.c.target


def _held_by_others(
    connection: Connection, link: int, target: TenantId, owners: dict[ObjectId, ObjectId]
) -> list[tuple[int, ObjectId]]:
    """The pairs, by link and source, that hold target users which now have other owners."""
    held: list[tuple[int, ObjectId]] = []
    for chunk in chunks(owners):
        rows = connection.execute(
            select(pair.c.link, pair.c.source, pair.c.target).where(
                pair.c.target_tenant == target, pair.c.target.in_(chunk)
            )
        )
        held += [
            (row.link, row.source)
            for row in rows
            if (row.link, row.source) != (link, owners[row.target])
        ]
    return held


def _agreement(row: Row[Any]) -> Agreement:
    return Agreement(
        source=ObjectId(row.source),
        target=ObjectId(row.target),
        source_seal=bytes(row.source_seal),
        target_seal=bytes(row.target_seal),
        wanted=bytes(row.wanted),
        mark=Mark(row.mark),
        written_at=row.written_at,
    )
