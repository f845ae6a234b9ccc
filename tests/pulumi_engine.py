"""Pulumi's engine for tests: the one on PATH, else the one that was built; none skips the test."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The folder must hold the host of dynamic providers too, or it is no engine that we can use.
PARTS = ("pulumi", "pulumi-resource-pulumi-python")


@pytest.fixture(scope="session")
def engine() -> Path:
    """The folder of an engine that runs Python programs."""
    folder = find_engine()
    if folder is None:
        pytest.skip("no Pulumi engine is on PATH, and none was built: run bin/engine")
    return folder


def find_engine() -> Path | None:
    """Where the engine is, without building one."""
    return on_path() or built()


def on_path() -> Path | None:
    found = shutil.which("pulumi")
    return _whole(Path(found).resolve().parent) if found else None


def built() -> Path | None:
    """What `bin/engine` built for this checkout, without building it."""
    builder = ROOT / "bin" / "engine"
    if not builder.exists():
        return None
    told = subprocess.run([builder, "--where"], capture_output=True, text=True, check=False)
    said = told.stdout.strip()
    return _whole(Path(said)) if told.returncode == 0 and said else None


def _whole(folder: Path) -> Path | None:
    return folder if all((folder / part).exists() for part in PARTS) else None
