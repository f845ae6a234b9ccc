"""The database: a URL goes in, transactions that either commit or never happened come out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import StaticPool

from reconcile.errors import InputError, StateError

_BUSY_MILLISECONDS = 10_000

# FULL costs one fsync a commit, and a batch of twenty writes commits twice. With NORMAL a machine
# that loses power could forget an intent whose invitation was sent.
_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


class Database:
    """One database. Reads see what is committed; writes come one after the other."""

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.place = parsed.database or "memory" if _is_sqlite(parsed) else str(parsed)
        if _is_sqlite(parsed):
            self._engine = _open_sqlite(parsed)
        else:
            self._engine = _open_postgresql(parsed)
        self._readers = self._engine.execution_options(reading=True)

    @property
    def postgresql(self) -> bool:
        return self._engine.dialect.name == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that changes nothing and waits for nobody."""
        with self._explained(), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed at the end of the block, or not at all."""
        with self._explained(), self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn a driver's error into one that says which database it was.

        Raises:
            StateError: the database did not do what was asked.
        """
        try:
            yield
        except DBAPIError as error:
            raise StateError(self._explain(error.orig or error)) from error
        except sqlite3.Error as error:  # raised by the pragmas, before SQLAlchemy sees it
            raise StateError(self._explain(error)) from error

    def _explain(self, error: BaseException) -> str:
        said = " ".join(str(error).split()).rstrip(".")
        if "not a database" in said:
            return (
                f"state: {self.place} is not a Tenantry database. It was left as it is. "
                "Name another file with `--state`."
            )
        if "locked" in said:
            return (
                f"state: {self.place} is locked by another program for more than "
                f"{_BUSY_MILLISECONDS // 1000} seconds. Nothing of this step was kept. "
                "Try again when it has ended."
            )
        return (
            f"state: {self.place} cannot be used: {said}. Nothing of this step was kept. "
            "Make it reachable and writable, or name another with `--state`."
        )


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    keep: Sequence[str] = (),
) -> None:
    """Insert rows; where a primary key exists, replace the row, but leave the columns in `keep`."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in {*keys, *keep}}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=replaced), list(rows)
    )


def add_missing(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row unless one with its primary key exists."""
    statement = _insert(connection, table).values(**row)
    connection.execute(statement.on_conflict_do_nothing())


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The insert that knows what a conflict is; both dialects say it alike."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    name = parsed.get_backend_name() if parsed is not None else ""
    if parsed is None or name not in {"sqlite", "postgresql"}:
        raise InputError(
            f"state: {url.partition('://')[0]!r} is not an address of a database. Expected: "
            "`sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`."
        )
    return parsed.set(drivername="sqlite" if name == "sqlite" else "postgresql+psycopg")


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _open_sqlite(url: URL) -> Engine:
    if url.database in {None, "", ":memory:"}:
        engine = create_engine(url, poolclass=StaticPool)
    else:
        _make_private(Path(str(url.database)))
        engine = create_engine(url)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(file: Path) -> None:
    """Make the file before SQLite does: it names people, so only its owner may read it.

    Raises:
        StateError: the file cannot be made.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        raise StateError(
            f"state: {file} cannot be written: {error.strerror}. "
            "Name a writable place with `--state`."
        ) from error


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # Python's own transactions begin at the first write; ours begin where the code says so.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A read that later writes could fail halfway with "locked"; a writer takes its turn at once.
    reads = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _open_postgresql(url: URL) -> Engine:
    """An engine on psycopg, which is an extra.

    Raises:
        InputError: psycopg is not installed.
    """
    try:
        return create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise InputError(
            "state: PostgreSQL needs psycopg, which is not installed. "
            "Install Tenantry with its extra: `tenantry[postgres]`."
        ) from error
