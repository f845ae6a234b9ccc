"""Opening a database: made, brought up to date, or refused with what to do."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from reconcile.errors import InputError, StateError, VersionError
from reconcile.state.store import open_store
from reconcile.state.tables import metadata
from reconcile.state.versions import MIGRATIONS, NEWEST
from tests.state.samples import HandClock, a_job, an_agreement


def opened(file: Path) -> None:
    open_store(f"sqlite:///{file}", HandClock()).close()


def test_a_new_database_is_made_with_its_folders_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "state.sqlite3"

    opened(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_opening_again_keeps_what_was_there(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/state.sqlite3"
    clock = HandClock()
    with open_store(address, clock) as store:
        store.settle(
            a_job(),
            settled=[an_agreement(1)],
            forgotten=(),
            skips=(),
            resolved=(),
            closed_intents=(),
            at=clock.now(),
        )

    with open_store(address, clock) as store:
        assert store.memory(a_job()).population == 1


def test_a_store_in_memory_needs_no_file() -> None:
    with open_store("sqlite://", HandClock()) as store:
        assert store.history.links() == []


def test_the_migrations_lead_to_the_tables_of_the_program(tmp_path: Path) -> None:
    opened(tmp_path / "state.sqlite3")
    engine = create_engine(f"sqlite:///{tmp_path}/state.sqlite3")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)

    engine.dispose()
    assert found == []


def test_the_newest_migration_is_the_version_that_the_program_knows() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == f"{NEWEST:04}"


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite3"
    opened(file)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0007'")
    connection.close()

    with pytest.raises(VersionError) as caught:
        opened(file)

    assert str(caught.value) == (
        "state: this database is at version 7, this program knows 1. "
        "Upgrade the program; nothing was read or written."
    )


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("These are my notes, and I want to keep them.\n" * 30)

    with pytest.raises(StateError, match=r"notes\.txt is not a Tenantry database"):
        opened(file)

    assert file.read_text().startswith("These are my notes")


def test_a_database_of_another_program_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "music.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE albums (title TEXT)")
    connection.close()

    with pytest.raises(StateError, match=r"holds other tables \(albums\), not Tenantry's"):
        opened(file)

    connection = sqlite3.connect(file)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("albums",)]
    connection.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StateError, match="Name a writable place with `--state`"):
        opened(tmp_path / "file" / "state.sqlite3")


@pytest.mark.parametrize("address", ["state.sqlite3", "mysql://root@localhost/state"])
def test_an_address_of_no_known_database_says_what_is_expected(address: str) -> None:
    with pytest.raises(InputError, match=r"Expected: `sqlite:///FILE` or `postgresql://"):
        open_store(address, HandClock())


def test_a_password_in_an_address_is_not_repeated() -> None:
    pytest.importorskip("psycopg")

    with pytest.raises(StateError) as caught:
        open_store("postgresql://me:hunter2@127.0.0.1:1/state", HandClock())

    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.slow
def test_postgresql_migrates_to_the_same_tables(postgresql: str) -> None:
    open_store(postgresql, HandClock()).close()
    engine = create_engine(postgresql.replace("postgresql://", "postgresql+psycopg://"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)

    engine.dispose()
    assert found == []
