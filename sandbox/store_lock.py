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
    # Two names of one file, by a link, have one lock.
    whole = path.resolve()
    beside = whole.with_name(f"{whole.name}.lock")
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT, _PRIVATE)
    except OSError as error:
        raise StoreFileError(f"{path}: cannot be written ({error.strerror}).") from error
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
            "Expected: one sandbox at a time; stop that one, or name another file with --store."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
