"""Versions of the tables: a database of any known version goes in, one of the newest comes out."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from reconcile.errors import StateError, VersionError
from reconcile.state.database import Database

NEWEST = 1
"""The version this program knows; revisions of Alembic are numbered `0001`, `0002`, …"""

MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 0x7E9A9717
"""The advisory lock that PostgreSQL's migrations take; any number that nobody else uses."""


def bring_up_to_date(database: Database) -> None:
    """Migrate to the newest version; two programs that start at once do it one after the other.

    Raises:
        VersionError: the database is newer than this program.
        StateError: the database holds tables, and they are not Tenantry's.
    """
    with database.reading() as connection:
        version = _version(connection, database.place)
    if version == NEWEST:
        return
    with database.writing() as connection:
        if database.postgresql:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _version(connection, database.place) < NEWEST:
            _upgrade(connection)


def _version(connection: Connection, place: str) -> int:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise StateError(
                f"state: {place} holds other tables ({', '.join(sorted(tables)[:3])}), not "
                "Tenantry's. Nothing was written. Name a database of its own with `--state`."
            )
        return 0
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    version = int(found) if found is not None and str(found).isdigit() else None
    if version is None:
        raise StateError(
            f"state: {place} is of version {found!r}, which is none of Tenantry's. Nothing was "
            "written. Name a database of its own with `--state`."
        )
    if version > NEWEST:
        raise VersionError(
            f"state: this database is at version {version}, this program knows {NEWEST}. "
            "Upgrade the program; nothing was read or written."
        )
    return version


def _upgrade(connection: Connection) -> None:
    # Alembic costs half a second to load, and almost every start finds the newest version.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
