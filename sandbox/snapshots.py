"""All tenants at one moment: a store enters, bytes leave; the same bytes fill a store again.

A snapshot is a pickle, since whatever a tenant is made of has to be in it, today and later. It is
read by a reader that makes nothing but the sandbox's own values: bytes of somebody else that name
anything more are refused before anything is made.
"""

from __future__ import annotations

import io
import pickle  # the reader below makes only what is listed
import sys
from collections.abc import Callable
from dataclasses import fields
from types import MethodType
from typing import TYPE_CHECKING, Any

from sandbox.clock import ManualClock, SystemClock
from sandbox.replica import Replica

if TYPE_CHECKING:
    from sandbox.store import Store

# What the values of a tenant are made of, apart from the sandbox's own classes.
_PLAIN = frozenset(
    {
        ("builtins", "set"),
        ("builtins", "frozenset"),
        ("collections", "Counter"),
        ("collections", "OrderedDict"),
        ("collections", "defaultdict"),
        ("collections", "deque"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("uuid", "UUID"),
    }
)
_OURS = "sandbox."


class SnapshotError(ValueError):
    """Bytes that are no snapshot of this program."""


def _the_store() -> None:
    """Stand for the store that is being filled."""


def _its_clock() -> None:
    """Stand for the clock of the store that is being filled."""


def _no_replica() -> None:
    """Stand for a replica: whoever fills a store turns replication delay on again."""


def _method(owner: object, name: str) -> None:
    """Stand for a method of an object in the snapshot."""


class _Writer(pickle.Pickler):
    """Writes values, with placeholders for what belongs to the running sandbox."""

    def __init__(self, file: io.BytesIO, store: Store) -> None:
        super().__init__(file, protocol=5)
        self._store = store

    def reducer_override(self, obj: object) -> Any:
        if obj is self._store:
            return _the_store, ()
        if isinstance(obj, MethodType):
            return _method, (obj.__self__, obj.__name__)
        if isinstance(obj, Replica):
            return _no_replica, ()
        if obj is self._store.clock or isinstance(obj, SystemClock | ManualClock):
            return _its_clock, ()
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Makes the sandbox's own values and nothing else."""

    def __init__(self, frozen: bytes, store: Store) -> None:
        super().__init__(io.BytesIO(frozen))
        self._placeholders: dict[str, Callable[..., Any]] = {
            "_the_store": lambda: store,
            "_its_clock": lambda: store.clock,
            "_no_replica": lambda: None,
            "_method": _bound,
        }

    def find_class(self, module: str, name: str) -> Any:
        if module == __name__ and name in self._placeholders:
            return self._placeholders[name]
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        # Only classes that the tenants already brought in: reading imports nothing.
        found = getattr(sys.modules.get(module), name, None) if module.startswith(_OURS) else None
        if isinstance(found, type) and found.__module__ == module:
            return found
        raise SnapshotError(f"snapshot: it names {module}.{name}, which is nothing of a tenant's.")


def _bound(owner: object, name: str) -> Any:
    if name.startswith("_") or not type(owner).__module__.startswith(_OURS):
        raise SnapshotError(f"snapshot: it names the method {name!r} of {type(owner).__name__}.")
    return getattr(owner, name)


def freeze(store: Store) -> bytes:
    """Write down everything that the tenants are, have and remember."""
    file = io.BytesIO()
    held = {one.name: getattr(store, one.name) for one in fields(store) if one.name != "clock"}
    _Writer(file, store).dump(held)
    return file.getvalue()


def thaw(store: Store, frozen: bytes) -> None:
    """Put a snapshot in the place of what the store holds.

    Raises:
        SnapshotError: when the bytes are no snapshot of this program; the store is as it was.
    """
    try:
        held = _Reader(frozen, store).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, TypeError, IndexError) as problem:
        raise SnapshotError(f"snapshot: it cannot be read ({problem}).") from problem
    expected = {one.name for one in fields(store) if one.name != "clock"}
    if not isinstance(held, dict) or set(held) != expected:
        raise SnapshotError("snapshot: another version of the sandbox made it.")
    for name, value in held.items():
        setattr(store, name, value)
