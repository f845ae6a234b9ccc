"""One sandbox at a time on a file: a path enters, the right to write it leaves, or who has it.

The lock lies beside the file, because the file itself is replaced by each new snapshot. The system
lets go of it when the process ends, however it ends; the file that stays locks nothing.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.store_file import StoreFileError

_PRIVATE = 0o600
_LONGEST_NUMBER = 32


@contextmanager
def only_here(path: Path) -> Iterator[None]:
    """Keep every other sandbox away from a file.

    Raises:
        StoreFileError: when another process has it, or nothing can be written there.
    """
    try:
        descriptor = os.open(_beside(path), os.O_RDWR | os.O_CREAT, _PRIVATE)
    except OSError as error:
        raise StoreFileError(f"{path}: cannot be written ({error.strerror}).") from error
    with _locked(path, descriptor):
        yield


@contextmanager
def unless_in_use(path: Path) -> Iterator[None]:
    """Keep every sandbox away from a file that may be none of theirs, and leave nothing beside it.

    Raises:
        StoreFileError: when a sandbox has it, or its lock cannot be asked.
    """
    try:
        descriptor = os.open(_beside(path), os.O_RDWR)
    except FileNotFoundError:
        yield
        return
    except OSError as error:
        raise StoreFileError(f"{path}: its lock cannot be read ({error.strerror}).") from error
    with _locked(path, descriptor):
        yield


def _beside(path: Path) -> Path:
    # Two names of one file, by a link, have one lock.
    whole = path.resolve()
    return whole.with_name(f"{whole.name}.lock")


@contextmanager
def _locked(path: Path, descriptor: int) -> Iterator[None]:
    try:
        _lock(path, descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(path: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        # Between taking the lock and writing its number a process is nameless.
        number = os.pread(descriptor, _LONGEST_NUMBER, 0).decode(errors="replace").strip()
        raise StoreFileError(
            f"{path}: the sandbox of process {number or 'unknown'} keeps its tenants there. "
            "Expected: one sandbox at a time; stop that one, or name another file."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
