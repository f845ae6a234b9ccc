"""A PostgreSQL server of its own for the tests that ask for one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest

_NUMBERS = count(1)


def _binaries() -> Path | None:
    """Debian keeps the server's programs out of the path, one folder a version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _as_server(command: Sequence[object]) -> None:
    """Run one of the server's programs; it refuses to run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that listens on a socket in a folder of its own."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    # A socket's path may have 107 characters, and the server's user must reach it.
    home = Path(
        subprocess.run(["mktemp", "-d"], check=True, capture_output=True, text=True).stdout.strip()
    )
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    folder = home / "data"
    try:
        _as_server([binaries / "initdb", "-D", folder, "-A", "trust", "-U", "tenantry", "-N"])
        options = f"-k {home} -c listen_addresses='' -c fsync=off"
        start = [
            binaries / "pg_ctl",
            "-D",
            folder,
            "-w",
            "-l",
            home / "log",
            "-o",
            options,
            "start",
        ]
        _as_server(start)
        try:
            yield f"postgresql://tenantry@/{{database}}?host={home}"
        finally:
            _as_server([binaries / "pg_ctl", "-D", folder, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home)


@pytest.fixture
def postgresql(postgresql_server: str) -> str:
    """The address of a database that is empty."""
    import psycopg

    name = f"test{next(_NUMBERS)}"
    with psycopg.connect(postgresql_server.format(database="postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    return postgresql_server.format(database=name)
