"""A file that keeps the tenants: a snapshot and what was asked since enter, both leave again.

The file is one line that says what it is, one line about the snapshot, the snapshot, and then one
line for each request that changed something, added before its answer leaves. So a process that is
killed loses nothing that it acknowledged; a last line that was being written is not counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

_MAGIC = b"tenantry sandbox store 1\n"
_ENCODER = msgspec.json.Encoder()
_PRIVATE = 0o600


class StoreFileError(Exception):
    """A file that keeps no tenants: the message names the file, what was found and expected."""


class Kept(NamedTuple):
    """What a file had: a snapshot, its moment, and the entries since."""

    snapshot: bytes
    taken_at: datetime
    entries: list[Mapping[str, Any]]


def read_store(path: Path) -> Kept:
    """Read a file.

    Raises:
        StoreFileError: when it cannot be read, or keeps no tenants.
    """
    try:
        with path.open("rb") as file:
            if file.readline(len(_MAGIC)) != _MAGIC:
                raise StoreFileError(
                    f"{path}: found no tenants of a sandbox. Expected: a file made by "
                    "`tenantry sandbox snapshot` or `tenantry sandbox serve --store`."
                )
            about = msgspec.json.decode(file.readline())
            snapshot = file.read(about["bytes"])
            rest = file.read()
    except OSError as error:
        raise StoreFileError(f"{path}: cannot be read ({error.strerror}).") from error
    except (msgspec.DecodeError, TypeError, KeyError) as error:
        raise StoreFileError(f"{path}:2: found no description of a snapshot ({error}).") from error
    if len(snapshot) < about["bytes"]:
        raise StoreFileError(
            f"{path}: the snapshot has {len(snapshot):,} of {about['bytes']:,} bytes. "
            "Expected: the whole file; copy it again."
        )
    taken_at = datetime.fromisoformat(about["takenAt"])
    return Kept(snapshot, taken_at, list(_entries(path, rest)))


def _entries(path: Path, rest: bytes) -> Iterator[Mapping[str, Any]]:
    # What follows the last line feed was being written when the process ended.
    for number, line in enumerate(rest.split(b"\n")[:-1], start=1):
        try:
            yield msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            raise StoreFileError(
                f"{path}: entry {number} after the snapshot is damaged ({error}). Expected: the "
                "file as the sandbox left it; bring back a copy."
            ) from error


def write_store(path: Path, snapshot: bytes, taken_at: datetime) -> None:
    """Write a file with a snapshot, in one step: until it is whole, the old one stays.

    Raises:
        StoreFileError: when it cannot be written.
    """
    about = {"takenAt": taken_at.isoformat(), "bytes": len(snapshot)}
    aside = path.with_name(f"{path.name}.new")
    try:
        # Nobody else may read it: it has the secrets of simulated applications.
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC + _ENCODER.encode(about) + b"\n")
            file.write(snapshot)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise StoreFileError(f"{path}: cannot be written ({error.strerror}).") from error


class Journal:
    """The growing end of a file."""

    def __init__(self, path: Path) -> None:
        """Continue a file that `write_store` made."""
        self.path = path
        self._file: FileIO | None = None

    def add(self, entry: Mapping[str, Any]) -> None:
        """Add an entry; once this returns, a killed process no longer loses it."""
        if self._file is None:
            self._file = FileIO(str(self.path), "ab")
        self._file.write(_ENCODER.encode(entry) + b"\n")

    def begin(self, snapshot: bytes, taken_at: datetime) -> None:
        """Begin anew with a snapshot that has everything."""
        self.close()
        write_store(self.path, snapshot, taken_at)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
