"""A file that keeps the tenants: a snapshot and what was asked since enter, both leave again.

The file is one line that says what it is, one line about the snapshot, the snapshot, and then one
line for each request that changed something, added before its answer leaves. So a process that is
killed loses nothing that it acknowledged; a last line that was being written is not counted. The
snapshot has a hash and each line a checksum of itself and all lines before it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from io import BytesIO, FileIO
from pathlib import Path
from typing import Annotated, NamedTuple
from zlib import crc32

import msgspec

from sandbox.entries import ENTRY, Entry

_MAGIC = b"tenantry sandbox store 2\n"
_OTHER_VERSION = re.compile(rb"tenantry sandbox store \d+\n")
_ENCODER = msgspec.json.Encoder()
_PRIVATE = 0o600
_CHECK = len("0123abcd ")


class StoreFileError(Exception):
    """A file that keeps no tenants: the message names the file, what was found and expected."""


class _About(msgspec.Struct, rename="camel"):
    """The second line: when the snapshot was taken, how long it is, and the hash of both."""

    taken_at: Annotated[datetime, msgspec.Meta(tz=True)]
    bytes: int
    sha256: str


class Kept(NamedTuple):
    """What a file had: its name, a snapshot, the snapshot's moment, and the entries since."""

    name: str
    snapshot: bytes
    taken_at: datetime
    entries: list[Entry]


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
    magic = file.readline(len(_MAGIC))
    if magic != _MAGIC:
        other = _OTHER_VERSION.fullmatch(magic) is not None
        found = "tenants of another version" if other else "no tenants of a sandbox"
        raise StoreFileError(
            f"{name}: found {found}. Expected: a file made by this version's "
            "`tenantry sandbox snapshot` or `tenantry sandbox serve --store`."
        )
    try:
        described = file.readline()
        about = msgspec.json.decode(described, type=_About)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreFileError(f"{name}:2: found no description of a snapshot ({error}).") from error
    # Reading takes the whole file for its length when that is below zero.
    snapshot = file.read(max(about.bytes, 0))
    if len(snapshot) < about.bytes:
        raise StoreFileError(
            f"{name}: the snapshot has {len(snapshot):,} of {about.bytes:,} bytes. "
            "Expected: the whole file; copy it again."
        )
    if _ENCODER.encode(_about(snapshot, about.taken_at)) + b"\n" != described:
        raise StoreFileError(
            f"{name}: the snapshot or line 2, which has its SHA-256, is damaged. "
            "Expected: the file as the sandbox left it; bring back a copy."
        )
    return Kept(name, snapshot, about.taken_at, list(_entries(name, about, file.read())))


def encode_store(snapshot: bytes, taken_at: datetime) -> bytes:
    """Write what a file with nothing but a snapshot has."""
    return _encoded(_about(snapshot, taken_at), snapshot)


def _encoded(about: _About, snapshot: bytes) -> bytes:
    return _MAGIC + _ENCODER.encode(about) + b"\n" + snapshot


def _about(snapshot: bytes, taken_at: datetime) -> _About:
    digest = sha256(f"{taken_at.isoformat()}\n".encode())
    digest.update(snapshot)
    return _About(taken_at=taken_at, bytes=len(snapshot), sha256=digest.hexdigest())


def _sum_of(about: _About) -> int:
    """Return the sum that the first entry continues: entries belong to one snapshot."""
    return crc32(_ENCODER.encode(about))


def _entries(name: str, about: _About, rest: bytes) -> Iterator[Entry]:
    *lines, torn = rest.split(b"\n")
    so_far = _sum_of(about)
    for number, line in enumerate(lines, start=1):
        check, said = line[:_CHECK], line[_CHECK:]
        so_far = crc32(said, so_far)
        try:
            if check != b"%08x " % so_far:
                raise StoreFileError(_damaged(name, number, "its checksum is another"))
            yield ENTRY.decode(said)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreFileError(_damaged(name, number, str(error))) from error
    # What follows the last line feed was being written when the process ended, unless it is a
    # whole line that ends in something else.
    if torn[:_CHECK] == b"%08x " % crc32(torn[_CHECK:-1], so_far):
        raise StoreFileError(_damaged(name, len(lines) + 1, "no line feed ends it"))


def _damaged(name: str, number: int, how: str) -> str:
    return (
        f"{name}: entry {number} after the snapshot is damaged ({how}). Expected: the "
        "file as the sandbox left it; bring back a copy."
    )


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
        """Continue a file, once it has begun."""
        self.path = path
        self._file: FileIO | None = None
        self._sum = 0
        self._behind = False

    @property
    def behind(self) -> bool:
        """Whether an entry could not be added: only a new snapshot has everything again."""
        return self._behind

    def add(self, entry: Entry) -> None:
        """Add an entry; once this returns, a killed process no longer loses it.

        Raises:
            StoreFileError: when it cannot be written; the file is as it was.
        """
        said = _ENCODER.encode(entry)
        so_far = crc32(said, self._sum)
        try:
            self._append(b"%08x %b\n" % (so_far, said))
        except OSError as error:
            self._behind = True
            raise StoreFileError(f"{self.path}: cannot be written ({error.strerror}).") from error
        self._sum = so_far

    def _append(self, line: bytes) -> None:
        if self._file is None:
            self._file = FileIO(str(self.path), "ab")
        done = self._file.write(line)
        while done < len(line):
            # On a full disk the first write ends short, and the next one says why.
            try:
                done += self._file.write(line[done:])
            except OSError:
                self._file.truncate(self._file.tell() - done)
                raise

    def begin(self, snapshot: bytes, taken_at: datetime) -> None:
        """Begin anew with a snapshot that has everything.

        Raises:
            StoreFileError: when it cannot be written; the file is as it was.
        """
        about = _about(snapshot, taken_at)
        # Until it is there, entries would continue a snapshot that they do not belong to.
        self._behind = True
        write_whole(self.path, _encoded(about, snapshot))
        self.close()
        self._sum, self._behind = _sum_of(about), False

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
