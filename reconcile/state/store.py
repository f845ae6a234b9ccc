"""The store: a database's address goes in; what the engine asks of state comes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Connection, func, insert, select, update

from reconcile.engine.ports import Clock, Lease
from reconcile.model.actions import Action, Delete, Release
from reconcile.model.cycles import (
    AllowedDeletes,
    Cycle,
    LinkStatus,
    Outcome,
    Proceed,
    Result,
)
from reconcile.model.jobs import Job
from reconcile.model.plans import Plan, Skip
from reconcile.model.reads import Agreement, Memory
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.model.users import User
from reconcile.state import lease as leases
from reconcile.state.approvals import Approvals, allowed_deletes, use_up, use_up_tried
from reconcile.state.database import Database
from reconcile.state.exports import add_actions, add_outcomes, close_intents
from reconcile.state.history import History
from reconcile.state.links import ensure_link, find_link, key_of, status_of
from reconcile.state.memory import LinkMemory
from reconcile.state.pairs import count_pairs, drop_pairs, keep_pairs
from reconcile.state.rebuild import Rebuilt, rebuild_link
from reconcile.state.tables import cycle as cycles
from reconcile.state.tables import link
from reconcile.state.versions import bring_up_to_date
from reconcile.state.waits import note_outcomes, note_skips, stop_waiting

LEASE_LASTS = timedelta(minutes=2)
"""Several beats of the engine, which renews as it works, and short enough to wait for the dead."""


def open_store(url: str, clock: Clock, *, lease_lasts: timedelta = LEASE_LASTS) -> SqlStore:
    """The store of one database, migrated to the newest version.

    Raises:
        InputError: the address is not one of a database that Tenantry knows.
        VersionError: the database is newer than this program; nothing was written.
        StateError: it is not a database of ours, or cannot be reached or written.
    """
    database = Database(url)
    try:
        bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    return SqlStore(database, clock, lease_lasts)


class SqlStore:
    """The engine's `Store` on a database, and beside it `history` and `approvals` for people."""

    def __init__(self, database: Database, clock: Clock, lease_lasts: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._lease_lasts = lease_lasts
        self.history = History(database)
        self.approvals = Approvals(database, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def acquire(self, target: TenantId, holder: str) -> Lease:
        return leases.acquire(self._database, self._clock, target, holder, self._lease_lasts)

    def status(self, job: Job) -> LinkStatus:
        with self._database.reading() as connection:
            row = find_link(connection, key_of(job))
        return status_of(row) if row is not None else LinkStatus()

    def set_status(self, job: Job, status: LinkStatus) -> None:
        values = {
            "health": status.health.value,
            "reason": status.reason.value if status.reason else None,
            "detail": status.detail,
            "opened": status.opened,
            "rebuilt": status.rebuilt,
        }
        with self._database.writing() as connection:
            found = ensure_link(connection, job)
            connection.execute(update(link).where(link.c.id == found).values(values))

    def memory(self, job: Job) -> Memory:
        return LinkMemory(self._database, key_of(job))

    def allowed(self, job: Job) -> AllowedDeletes | None:
        with self._database.reading() as connection:
            row = find_link(connection, key_of(job))
            return allowed_deletes(connection, row.id, self._clock.now()) if row else None

    def open_cycle(self, job: Job, plan: Plan | None, began: datetime) -> int:
        with self._database.writing() as connection:
            found = ensure_link(connection, job)
            last = connection.execute(
                select(func.max(cycles.c.number)).where(cycles.c.link == found)
            ).scalar_one()
            number = int(last or 0) + 1
            connection.execute(
                insert(cycles).values(
                    link=found,
                    number=number,
                    began=began,
                    applied=False,
                    detail="",
                    fingerprint=plan.fingerprint if plan else None,
                    counts=_counts(plan),
                    requests={},
                )
            )
        return number

    def intend(self, job: Job, cycle: int, actions: Sequence[Action], at: datetime) -> None:
        with self._database.writing() as connection:
            add_actions(connection, ensure_link(connection, job), cycle, actions, at)

    def record(self, job: Job, cycle: int, outcomes: Sequence[Outcome]) -> None:
        done = [one for one in outcomes if one.result is Result.DONE]
        gone = [o.action.person.source for o in done if isinstance(o.action, Delete | Release)]
        paired = [agreement for one in done for agreement in _agreed(one)]
        with self._database.writing() as connection:
            found = ensure_link(connection, job)
            add_outcomes(connection, found, cycle, outcomes)
            drop_pairs(connection, found, gone)
            keep_pairs(connection, found, job.target, paired)
            note_outcomes(connection, found, outcomes)
            use_up_tried(connection, found, cycle, outcomes, self._clock.now())

    def stage(self, job: Job, cycle: int, actions: Sequence[Action], at: datetime) -> None:
        state = Result.STAGED.value
        with self._database.writing() as connection:
            add_actions(connection, ensure_link(connection, job), cycle, actions, at, state=state)

    def settle(
        self,
        job: Job,
        *,
        settled: Sequence[Agreement],
        forgotten: Sequence[ObjectId],
        skips: Sequence[Skip],
        resolved: Sequence[ObjectId],
        closed_intents: Sequence[ObjectId],
        at: datetime,
    ) -> None:
        with self._database.writing() as connection:
            found = ensure_link(connection, job)
            drop_pairs(connection, found, forgotten)
            keep_pairs(connection, found, job.target, settled)
            stop_waiting(connection, found, resolved)
            note_skips(connection, found, skips, at)
            close_intents(connection, found, closed_intents)

    def close_cycle(self, job: Job, cycle: Cycle) -> None:
        with self._database.writing() as connection:
            found = ensure_link(connection, job)
            connection.execute(
                update(cycles)
                .where(cycles.c.link == found, cycles.c.number == cycle.number)
                .values(
                    ended=cycle.ended,
                    applied=cycle.applied,
                    held=cycle.held.reason.value if cycle.held else None,
                    detail=cycle.held.detail if cycle.held else "",
                    counts={**_counts(cycle.plan), "failed": cycle.failed},
                    requests=dict(cycle.requests),
                )
            )
            _remember_cycle(connection, found, job, cycle)

    def rebuild(self, job: Job, users: Iterable[User]) -> Rebuilt:
        """Replace the pairs of a link by what the stamps of target users claim."""
        with self._database.writing() as connection:
            return rebuild_link(connection, ensure_link(connection, job), job, users)


def _agreed(outcome: Outcome) -> list[Agreement]:
    """The pair that an outcome makes or renews; its target is judged anew in the next cycle."""
    action = outcome.action
    target = outcome.target or action.person.target
    if isinstance(action, Delete | Release) or target is None:
        return []
    terms = action.terms
    return [
        Agreement(
            source=action.person.source,
            target=target,
            source_seal=terms.source_seal,
            wanted=terms.wanted,
            mark=terms.mark,
            written_at=outcome.at,
        )
    ]


def _remember_cycle(connection: Connection, found: int, job: Job, cycle: Cycle) -> None:
    """A cycle that judged everyone under the job's rules makes them the link's rules, and uses
    up what was allowed; any applied cycle ends the time before the first.
    """
    whole = isinstance(cycle.verdict, Proceed) and (cycle.plan is None or cycle.plan.whole)
    values: dict[str, object] = {"population": count_pairs(connection, found)}
    if cycle.applied:
        values["fingerprint"] = (
            job.fingerprint if whole else func.coalesce(link.c.fingerprint, job.fingerprint)
        )
    connection.execute(update(link).where(link.c.id == found).values(values))
    if cycle.applied and whole:
        use_up(connection, found, cycle.number)


def _counts(plan: Plan | None) -> dict[str, int]:
    if plan is None:
        return {}
    return {
        **plan.totals,
        "inScope": plan.in_scope,
        "unchanged": plan.unchanged,
        "skipped": len(plan.skips),
        "deferred": plan.deferred,
    }
