"""What people decided: a yes to staged deletes, a release, a resumption, each with who and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from reconcile.engine.ports import Clock
from reconcile.errors import InputError
from reconcile.model.cycles import AllowedDeletes, Health, Outcome, Result
from reconcile.model.links import LinkName
from reconcile.model.tenants import ObjectId
from reconcile.state.database import Database
from reconcile.state.exports import last_staged, staged_removals
from reconcile.state.links import LinkKey, LinkRow, ensure_named, find_link, name_of
from reconcile.state.tables import approval, link
from reconcile.state.waits import release_waiting

ALLOWED_FOR = timedelta(days=1)
"""A yes to deletes is about the world as a person saw it, and so is what a cycle staged."""

_TRIED = {Result.DONE, Result.UNKNOWN}


class Decision(StrEnum):
    ALLOW_DELETES = "allowDeletes"
    RELEASE = "release"
    RESUME = "resume"


class Approvals:
    """Where a person's decisions are written down and take effect, in one transaction each."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def allow_deletes(self, key: LinkKey, cycle: int, *, who: str, why: str) -> AllowedDeletes:
        """Allow what the newest cycle that staged anything did stage, once and nothing else.

        Raises:
            InputError: the link is unknown, or that cycle staged nothing, is not the newest that
                did, or did so more than a day ago.
        """
        now = self._clock.now()
        with self._database.writing() as connection:
            row = _known(connection, key)
            removals = staged_removals(connection, row.id, cycle)
            refusal = _refusal(connection, row, cycle, now, staged=bool(removals))
            if refusal is not None:
                raise InputError(refusal)
            _write(
                connection,
                row,
                Decision.ALLOW_DELETES,
                (who, why),
                now,
                cycle=cycle,
                expires=now + ALLOWED_FOR,
            )
            # A rebuilt link is strict until one person has looked at its deletes.
            connection.execute(update(link).where(link.c.id == row.id).values(rebuilt=False))
        return AllowedDeletes(removals=removals, who=who, why=why)

    def release(self, key: LinkKey, source: ObjectId, *, who: str, why: str) -> None:
        """Judge a person who waits anew in the next cycle.

        Raises:
            InputError: the link is unknown, or that person does not wait.
        """
        with self._database.writing() as connection:
            row = _known(connection, key)
            if not release_waiting(connection, row.id, source):
                raise InputError(
                    f"{name_of(row)}: nobody with the source id {source} waits. "
                    f"See who does with `tenantry status {name_of(row).slug}`."
                )
            _write(connection, row, Decision.RELEASE, (who, why), self._clock.now(), source=source)

    def resume(self, key: LinkKey, *, who: str, why: str, reopens: LinkName | None = None) -> None:
        """Let a link run again that was stopped or quarantined.

        `reopens` is the name of a link whose target's switches this decision turns on again. Such
        a link may be one that no cycle has met yet, or has not met since.

        Raises:
            InputError: the link is unknown, or nothing holds it.
        """
        with self._database.writing() as connection:
            if reopens is not None:
                ensure_named(connection, key, reopens)
            row = _known(connection, key)
            if reopens is None and row.health in {Health.NEW, Health.ACTIVE}:
                raise InputError(f"{name_of(row)} is {row.health}: there is nothing to resume.")
            # The target's word ended what our hand had opened; only a policy that is set again
            # opens it anew, and until then a closed gate is no second stop.
            opened = row.opened and row.health != Health.STOPPED
            health = Health.NEW if row.health == Health.NEW else Health.ACTIVE
            connection.execute(
                update(link)
                .where(link.c.id == row.id)
                .values(health=health.value, reason=None, detail="", opened=opened)
            )
            _write(connection, row, Decision.RESUME, (who, why), self._clock.now())


def allowed_deletes(connection: Connection, link_id: int, now: datetime) -> AllowedDeletes | None:
    """The newest yes to deletes that was neither used nor grew old."""
    row = connection.execute(
        select(approval)
        .where(*_unused(link_id), approval.c.expires > now)
        .order_by(approval.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    removals = staged_removals(connection, link_id, row.cycle)
    return AllowedDeletes(removals=removals, who=row.who, why=row.why)


def use_up_tried(
    connection: Connection, link_id: int, cycle: int, outcomes: Sequence[Outcome], now: datetime
) -> None:
    """Note that a cycle began to do what was allowed: what it leaves undone needs a new yes."""
    tried = [one.action for one in outcomes if one.result in _TRIED]
    if not tried:
        return
    allowed = allowed_deletes(connection, link_id, now)
    if allowed is not None and any(map(allowed.covers, tried)):
        use_up(connection, link_id, cycle)


def use_up(connection: Connection, link_id: int, cycle: int) -> None:
    """Note that a cycle ran under whatever was allowed until then."""
    connection.execute(update(approval).where(*_unused(link_id)).values(used_in=cycle))


def _unused(link_id: int) -> tuple[Any, ...]:
    return (
        approval.c.link == link_id,
        approval.c.kind == Decision.ALLOW_DELETES.value,
        approval.c.used_in.is_(None),
    )


def _known(connection: Connection, key: LinkKey) -> LinkRow:
    row = find_link(connection, key)
    if row is None:
        raise InputError(
            f"state: no cycle of a link from tenant {key.source} to tenant {key.target} was ever "
            "recorded. Look at the links with `tenantry status`, and at `--env` and `--state`."
        )
    return row


def _write(
    connection: Connection,
    row: LinkRow,
    kind: Decision,
    said: tuple[str, str],
    at: datetime,
    **about: int | str | datetime,
) -> None:
    who, why = said
    connection.execute(
        insert(approval).values(link=row.id, kind=kind.value, who=who, why=why, at=at, **about)
    )


def _refusal(
    connection: Connection, row: LinkRow, cycle: int, now: datetime, *, staged: bool
) -> str | None:
    """Why what a cycle staged cannot be allowed, if so."""
    name = name_of(row)
    look = f"Look with `tenantry logs {name.slug} --action stagedDelete"
    last = last_staged(connection, row.id)
    if last is None or not staged:
        there = f"The newest that did is cycle {last[0]}." if last else "No cycle of this link did."
        return f"{name}: cycle {cycle} staged no deletes. {there} {look}`."
    newest, at = last
    if cycle != newest:
        return (
            f"{name}: cycle {newest} staged deletes after cycle {cycle}, and not necessarily the "
            f"same ones. {look} --cycle {newest}`, then allow those."
        )
    if at <= now - ALLOWED_FOR:
        return (
            f"{name}: cycle {cycle} staged its deletes more than a day ago ({at:%F %R} UTC), and "
            f"may be wrong by now. Run `tenantry apply --link {name.slug}`, then allow what that "
            "cycle stages."
        )
    return None
