"""People with a problem: failures and skips go in, who joins every later plan comes out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from reconcile.model.cycles import Outcome, Result
from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import Step, Waiting
from reconcile.model.tenants import ObjectId
from reconcile.planning.escrow import retry_at
from reconcile.state.database import upsert
from reconcile.state.pairs import chunks
from reconcile.state.tables import waiting

_SINCE = ("since",)
"""Since when somebody waits outlives a change of the reason."""


def waiting_of(connection: Connection, link: int) -> dict[ObjectId, Waiting]:
    rows = connection.execute(select(waiting).where(waiting.c.link == link))
    return {
        ObjectId(row.source): Waiting(
            source=ObjectId(row.source),
            step=Step(row.step),
            reason=row.reason,
            tries=row.tries,
            retry_at=row.retry_at,
            released=row.released,
        )
        for row in rows
    }


def note_outcomes(connection: Connection, link: int, outcomes: Sequence[Outcome]) -> None:
    """Failures wait, longer each time unless they were transient; what was done waits no more."""
    done = {one.action.person.source for one in outcomes if one.result is Result.DONE}
    failed = {one.action.person.source: one for one in outcomes if one.result is Result.FAILED}
    stop_waiting(connection, link, done - failed.keys())
    tries = _tries(connection, link, failed)
    rows = [_failure(link, one, tries.get(source, 0)) for source, one in sorted(failed.items())]
    # What somebody was released to is not done yet.
    upsert(connection, waiting, rows, keep=("released", *_SINCE))


def note_skips(connection: Connection, link: int, skips: Sequence[Skip], at: datetime) -> None:
    """Whoever a plan left waiting waits; one in escrow keeps the failure that led there.

    A release is for one judgement, and whoever waits after it was judged.
    """
    rows: dict[ObjectId, dict[str, Any]] = {}
    for skip in skips:
        if not skip.waits or skip.source is None or skip.reason is Reason.ESCROWED:
            continue
        rows[skip.source] = {
            "link": link,
            "source": skip.source,
            "name": skip.name,
            "step": skip.step.value,
            "reason": skip.reason.value,
            "tries": 0,
            "retry_at": None,
            "released": False,
            "since": at,
        }
    upsert(connection, waiting, list(rows.values()), keep=_SINCE)


def stop_waiting(connection: Connection, link: int, sources: Collection[ObjectId]) -> None:
    for chunk in chunks(sources):
        connection.execute(
            delete(waiting).where(waiting.c.link == link, waiting.c.source.in_(chunk))
        )


def release_waiting(connection: Connection, link: int, source: ObjectId) -> bool:
    """Let a person be judged anew in the next cycle; False if nobody of that id waits."""
    found = connection.execute(
        update(waiting)
        .where(waiting.c.link == link, waiting.c.source == source)
        .values(released=True, tries=0, retry_at=None)
    )
    return bool(found.rowcount)


def _failure(link: int, outcome: Outcome, tries: int) -> dict[str, Any]:
    person = outcome.action.person
    counted = tries if outcome.transient else tries + 1
    return {
        "link": link,
        "source": person.source,
        "name": person.name,
        "step": outcome.step.value,
        "reason": outcome.code or "Failed",
        "tries": counted,
        "retry_at": None if outcome.transient else retry_at(counted, outcome.at),
        "released": False,
        "since": outcome.at,
    }


def _tries(connection: Connection, link: int, sources: Mapping[ObjectId, object]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(sources):
        rows = connection.execute(
            select(waiting.c.source, waiting.c.tries).where(
                waiting.c.link == link, waiting.c.source.in_(chunk)
            )
        )
        found.update({row.source: row.tries for row in rows})
    return found
