"""History: questions of people go in; links, cycles and the provisioning log come out as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, or_, select, true

from reconcile.model.cycles import HoldReason, Result
from reconcile.model.links import LinkName
from reconcile.model.reads import Step
from reconcile.model.tenants import ObjectId
from reconcile.state.columns import pack_id
from reconcile.state.database import Database
from reconcile.state.links import LinkKey, find_link, key_in, name_of, status_of
from reconcile.state.past import KnownLink, LogEntry, LogFilter, PastCycle, Waiter
from reconcile.state.tables import cycle, export, link, waiting


class History:
    """What was recorded, read for people; nothing here decides anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def links(self) -> Sequence[KnownLink]:
        """Every link that has a record, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(link).order_by(link.c.source_alias, link.c.target_alias)
            ).all()
            waits = _count_by_link(connection, waiting, true())
            intents = _count_by_link(connection, export, export.c.invites == true())
            return [_known(connection, row, waits, intents) for row in rows]

    def cycles(self, key: LinkKey, last: int = 10) -> Sequence[PastCycle]:
        """The newest cycles of a link, newest first."""
        with self._database.reading() as connection:
            row = find_link(connection, key)
            return _cycles(connection, row, last) if row else []

    def waiting(self, key: LinkKey) -> Sequence[Waiter]:
        """Who waits on a link, the longest first."""
        with self._database.reading() as connection:
            row = find_link(connection, key)
            if row is None:
                return []
            found = connection.execute(
                select(waiting)
                .where(waiting.c.link == row.id)
                .order_by(waiting.c.since, waiting.c.name)
            )
            return [_waiter(one) for one in found]

    def exports(self, key: LinkKey, wanted: LogFilter) -> Sequence[LogEntry]:
        """One page of a link's provisioning log, newest first."""
        with self._database.reading() as connection:
            row = find_link(connection, key)
            if row is None:
                return []
            found = connection.execute(
                select(export)
                .where(export.c.link == row.id, *_clauses(wanted))
                .order_by(export.c.cycle.desc(), export.c.seq.desc())
                .limit(wanted.limit)
            )
            return [_entry(name_of(row), one) for one in found]

    def staged(self, key: LinkKey) -> Sequence[LogEntry]:
        """The removals that the link's last cycle staged, in the order of the plan."""
        with self._database.reading() as connection:
            row = find_link(connection, key)
            if row is None:
                return []
            found = connection.execute(
                select(export).where(*_staged_last(row.id)).order_by(export.c.seq)
            )
            return [_entry(name_of(row), one) for one in found]


def _known(
    connection: Connection, row: Row[Any], waits: Mapping[int, int], intents: Mapping[int, int]
) -> KnownLink:
    staged = select(func.count()).select_from(export).where(*_staged_last(row.id))
    return KnownLink(
        key=key_in(row),
        name=name_of(row),
        status=status_of(row),
        population=row.population,
        waiting=waits.get(row.id, 0),
        open_intents=intents.get(row.id, 0),
        staged=connection.execute(staged).scalar_one(),
        last=next(iter(_cycles(connection, row, 1)), None),
    )


def _count_by_link(
    connection: Connection, table: Table, where: ColumnElement[bool]
) -> dict[int, int]:
    rows = connection.execute(
        select(table.c.link, func.count()).where(where).group_by(table.c.link)
    )
    return {int(row[0]): int(row[1]) for row in rows}


def _cycles(connection: Connection, row: Row[Any], last: int) -> list[PastCycle]:
    found = connection.execute(
        select(cycle).where(cycle.c.link == row.id).order_by(cycle.c.number.desc()).limit(last)
    )
    return [
        PastCycle(
            link=name_of(row),
            number=one.number,
            began=one.began,
            ended=one.ended,
            applied=one.applied,
            held=HoldReason(one.held) if one.held else None,
            detail=one.detail,
            fingerprint=one.fingerprint,
            counts=one.counts,
            requests=one.requests,
        )
        for one in found
    ]


def _staged_last(link_id: int) -> tuple[ColumnElement[bool], ...]:
    newest = select(func.max(cycle.c.number)).where(cycle.c.link == link_id).scalar_subquery()
    return (
        export.c.link == link_id,
        export.c.cycle == newest,
        export.c.state == Result.STAGED.value,
    )


def _clauses(wanted: LogFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.action is not None:
        clauses.append(export.c.action == wanted.action)
    if wanted.states:
        clauses.append(export.c.state.in_(sorted(wanted.states)))
    if wanted.cycle is not None:
        clauses.append(export.c.cycle == wanted.cycle)
    if wanted.person is not None:
        clauses.append(_about(wanted.person))
    if wanted.before is not None:
        before, seq = wanted.before
        clauses.append(
            or_(export.c.cycle < before, (export.c.cycle == before) & (export.c.seq < seq))
        )
    return clauses


def _about(person: str) -> ColumnElement[bool]:
    try:
        pack_id(person)
    except ValueError:
        return or_(
            export.c.name.icontains(person, autoescape=True),
            export.c.address.icontains(person, autoescape=True),
        )
    return or_(export.c.source == person, export.c.target == person)


def _waiter(row: Row[Any]) -> Waiter:
    return Waiter(
        source=ObjectId(row.source),
        name=row.name,
        step=Step(row.step),
        reason=row.reason,
        tries=row.tries,
        retry_at=row.retry_at,
        released=row.released,
        since=row.since,
    )


def _entry(name: LinkName, row: Row[Any]) -> LogEntry:
    return LogEntry(
        link=name,
        cycle=row.cycle,
        seq=row.seq,
        action=row.action,
        state=row.state,
        source=ObjectId(row.source),
        target=ObjectId(row.target) if row.target else None,
        name=row.name,
        address=row.address,
        cause=row.cause,
        changes=row.changes,
        step=Step(row.step),
        code=row.code,
        message=row.message,
        request_id=row.request_id,
        at=row.at,
    )
