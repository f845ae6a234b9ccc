"""A file that keeps the tenants: a snapshot and what was asked since enter, both leave again.

The file is one line that says what it is, one line about the snapshot, the snapshot, and then one
line for each request that changed something, added before its answer leaves. So a process that is
killed loses nothing that it acknowledged; a last line that was being written is not counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

_MAGIC = b"tenantry sandbox store 1\n"
_ENCODER = msgspec.json.Encoder()
_PRIVATE = 0o600


class StoreFileError(Exception):
    """A file that keeps no tenants: the message names the file, what was found and expected."""


class _About(msgspec.Struct, rename="camel"):
    """The second line: when the snapshot was taken, and how long it is."""

    taken_at: datetime
    bytes: int


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
        return decode_store(str(path), path.read_bytes())
    except OSError as error:
        raise StoreFileError(f"{path}: cannot be read ({error.strerror}).") from error


def decode_store(name: str, whole: bytes) -> Kept:
    """Read what a file has.

    Raises:
        StoreFileError: when it keeps no tenants; the message begins with its name.
    """
    file = BytesIO(whole)
    if file.readline(len(_MAGIC)) != _MAGIC:
        raise StoreFileError(
            f"{name}: found no tenants of a sandbox. Expected: a file made by "
            "`tenantry sandbox snapshot` or `tenantry sandbox serve --store`."
        )
    try:
        about = msgspec.json.decode(file.readline(), type=_About)
    except msgspec.DecodeError as error:
        raise StoreFileError(f"{name}:2: found no description of a snapshot ({error}).") from error
    snapshot = file.read(about.bytes)
    if len(snapshot) < about.bytes:
        raise StoreFileError(
            f"{name}: the snapshot has {len(snapshot):,} of {about.bytes:,} bytes. "
            "Expected: the whole file; copy it again."
        )
    return Kept(snapshot, about.taken_at, list(_entries(name, file.read())))


def encode_store(snapshot: bytes, taken_at: datetime) -> bytes:
    """Write what a file with nothing but a snapshot has."""
    about = _About(taken_at=taken_at, bytes=len(snapshot))
    return _MAGIC + _ENCODER.encode(about) + b"\n" + snapshot


def _entries(name: str, rest: bytes) -> Iterator[Mapping[str, Any]]:
    # What follows the last line feed was being written when the process ended.
    for number, line in enumerate(rest.split(b"\n")[:-1], start=1):
        try:
            yield msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            raise StoreFileError(
                f"{name}: entry {number} after the snapshot is damaged ({error}). Expected: the "
                "file as the sandbox left it; bring back a copy."
            ) from error


def write_store(path: Path, snapshot: bytes, taken_at: datetime) -> None:
    """Write a file with a snapshot, in one step: until it is whole, the old one stays.

    Raises:
        StoreFileError: when it cannot be written.
    """
    write_whole(path, encode_store(snapshot, taken_at))


def write_whole(path: Path, whole: bytes) -> None:
    """Write what a file has, in one step.

    Raises:
        StoreFileError: when it cannot be written.
    """
    # What a link names is replaced, not the link.
    target = path.resolve()
    aside = target.with_name(f"{target.name}.new")
    try:
        # Nobody else may read it: it has the secrets of simulated applications.
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(whole)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
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
