"""The lease of a target tenant: one run may write to it, until it lets go, expires or is taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from reconcile.engine.ports import Clock
from reconcile.errors import LeaseHeldError
from reconcile.model.tenants import TenantId
from reconcile.state.database import Database, add_missing
from reconcile.state.tables import lease


class TargetLease:
    """A lease that this run holds. Its fence tells it from every earlier and later one."""

    def __init__(
        self, database: Database, clock: Clock, target: TenantId, fence: int, lasts: timedelta
    ) -> None:
        self.fence = fence
        self._database = database
        self._clock = clock
        self._target = target
        self._lasts = lasts

    def check(self) -> None:
        """Renew; a lease that expired and that nobody took is still ours.

        Raises:
            LeaseHeldError: another run took it.
        """
        with self._database.writing() as connection:
            if self._write(connection, expires=self._clock.now() + self._lasts):
                return
            found = _held(connection, self._target)
        raise LeaseHeldError(
            f"state: the lease of target tenant {self._target} was taken by {_describe(found)} "
            "This run wrote nothing after that; the next one continues where it stopped."
        )

    def release(self) -> None:
        """Let go; releasing what was taken changes nothing.

        The fence moves on, so that nothing which still runs can renew what was let go.
        """
        with self._database.writing() as connection:
            self._write(connection, expires=None, fence=self.fence + 1)

    def _write(self, connection: Connection, **values: datetime | int | None) -> bool:
        mine = (lease.c.target == self._target, lease.c.fence == self.fence)
        written = connection.execute(update(lease).where(*mine).values(**values))
        return bool(written.rowcount)


def acquire(
    database: Database, clock: Clock, target: TenantId, holder: str, lasts: timedelta
) -> TargetLease:
    """Take the lease of a target that nobody holds, or whose holder let it expire.

    Raises:
        LeaseHeldError: another run holds it.
    """
    now = clock.now()
    with database.writing() as connection:
        free = {"target": target, "holder": "", "fence": 0, "since": now, "expires": None}
        add_missing(connection, lease, free)
        found = _held(connection, target)
        if found.expires is not None and found.expires > now:
            raise LeaseHeldError(
                f"state: the lease of target tenant {target} is held by {_describe(found)} "
                "Nothing was read or written. Run again when that run has ended; if it died, "
                "its lease ends by itself."
            )
        fence = int(found.fence) + 1
        connection.execute(
            update(lease)
            .where(lease.c.target == target)
            .values(holder=holder, fence=fence, since=now, expires=now + lasts)
        )
    return TargetLease(database, clock, target, fence, lasts)


def _held(connection: Connection, target: TenantId) -> Row[Any]:
    return connection.execute(select(lease).where(lease.c.target == target).with_for_update()).one()


def _describe(row: Row[Any]) -> str:
    until = f", until {row.expires:%Y-%m-%d %H:%M:%SZ} unless renewed" if row.expires else ""
    return f"{row.holder} since {row.since:%Y-%m-%d %H:%M:%SZ}{until}."
