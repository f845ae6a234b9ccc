"""All tenants at one moment: a store enters, bytes leave; the same bytes fill a store again.

A snapshot is a pickle, since whatever a tenant is made of has to be in it, today and later. It is
read by a reader that makes nothing but the values that are listed here, and binds none but two
methods: bytes of somebody else that name anything more are refused before anything is made.
"""

from __future__ import annotations

import io
import pickle  # the reader below makes only what is listed
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from types import MethodType
from typing import Any

from sandbox.change_log import ChangeLog
from sandbox.clock import ManualClock, SystemClock
from sandbox.contents import Change, Kind, ValueIndex
from sandbox.delta import Rounds
from sandbox.logs import Actor, Audit, Log, Modified
from sandbox.native.attributes import Person
from sandbox.native.events import Event, Job, Verb
from sandbox.native.memory import JobMemory, Pair, Problem, Seen
from sandbox.native.scoping import Judgement
from sandbox.organizations import JoinRequest, Member, Organization, Organizations, Transition
from sandbox.policy_objects import DeletedPolicies
from sandbox.policy_templates import Templates
from sandbox.registrations import Publisher, Registrations
from sandbox.replica import Replica
from sandbox.store import Directory, Store, Switches
from sandbox.watch import Watch

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
# Each holds values and reaches nothing outside of the process. A class that is not here can be
# neither written nor read, so that a new one is looked at before it gets into a snapshot.
_OURS: Mapping[tuple[str, str], type] = {
    (one.__module__, one.__qualname__): one
    for one in (
        *(Actor, Audit, Change, ChangeLog, DeletedPolicies, Directory, Event, Job),
        *(JobMemory, JoinRequest, Judgement, Kind, Log, Member, Modified, Organization),
        *(Organizations, Pair, Person, Problem, Publisher, Registrations, Rounds, Seen, Switches),
        *(Templates, Transition, ValueIndex, Verb, Watch),
    )
}
# What registrations ask their tenant for.
_METHODS = frozenset({(Directory, "new_id"), (Directory, "now")})
# What belongs to the running sandbox is none of a tenant's.
_RUNNING = frozenset({"clock", "closures"})


class SnapshotError(ValueError):
    """Bytes that are no snapshot of this program."""

    def of(self, name: str) -> SnapshotError:
        """Return the same refusal of bytes that have another name."""
        return SnapshotError(str(self).replace("snapshot", name, 1))


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
        if isinstance(obj, type):
            _insist((obj.__module__, obj.__qualname__))
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Makes the listed values and nothing else."""

    def __init__(self, frozen: bytes) -> None:
        super().__init__(io.BytesIO(frozen))
        # What the bytes say of a store and a clock is said of these, which nobody uses.
        clock = ManualClock()
        store = Store(clock=clock)
        self._placeholders: Mapping[str, Callable[..., Any]] = {
            "_the_store": lambda: store,
            "_its_clock": lambda: clock,
            "_no_replica": lambda: None,
            "_method": _bound,
        }

    def find_class(self, module: str, name: str) -> Any:
        if module == __name__ and name in self._placeholders:
            return self._placeholders[name]
        _insist((module, name))
        # What the sandbox has of its own is known already: reading imports nothing.
        return _OURS.get((module, name)) or super().find_class(module, name)


def _insist(named: tuple[str, str]) -> None:
    if named not in _PLAIN and named not in _OURS:
        raise SnapshotError(
            f"snapshot: it names {'.'.join(named)}, which is nothing of a tenant's."
        )


def _bound(owner: object, name: str) -> Any:
    if (type(owner), name) not in _METHODS:
        raise SnapshotError(f"snapshot: it names the method {name!r} of {type(owner).__name__}.")
    # Not what the bytes may have put in the place of the method.
    return MethodType(getattr(type(owner), name), owner)


def freeze(store: Store) -> bytes:
    """Write down everything that the tenants are, have and remember.

    Raises:
        SnapshotError: when they are made of something that is not listed here.
    """
    file = io.BytesIO()
    held = {name: getattr(store, name) for name in _kept(store)}
    _Writer(file, store).dump(held)
    return file.getvalue()


def thaw(store: Store, frozen: bytes) -> None:
    """Put a snapshot in the place of what the store holds.

    Raises:
        SnapshotError: when the bytes are no snapshot of this program; the store is as it was.
    """
    held = _read(frozen)
    if not isinstance(held, dict) or held.keys() != _kept(store):
        raise SnapshotError("snapshot: another version of the sandbox made it.")
    if not _is_whole(held):
        raise SnapshotError("snapshot: it cannot be read (it has no tenants).")
    for tenant in held["tenants"].values():
        tenant.store, tenant.clock = store, store.clock
    for name, value in held.items():
        setattr(store, name, value)


def _kept(store: Store) -> set[str]:
    return {one.name for one in fields(store)} - _RUNNING


def _read(frozen: bytes) -> Any:
    try:
        with _classes_that_stay():
            return _Reader(frozen).load()
    except SnapshotError:
        raise
    # Bytes of somebody else can break a reader of pickles in any way.
    except Exception as problem:
        raise SnapshotError(f"snapshot: it cannot be read ({problem!r}).") from problem


@contextmanager
def _classes_that_stay() -> Iterator[None]:
    """Refuse bytes that set an attribute of a class, which a pickle may do, and undo it."""
    before = {one: dict(vars(one)) for one in _OURS.values()}
    try:
        yield
    finally:
        if any(dict(vars(one)) != named for one, named in before.items()):
            _as_before(before)
            raise SnapshotError("snapshot: it changes what the sandbox's own values are.")


def _as_before(before: Mapping[type, Mapping[str, Any]]) -> None:
    for one, named in before.items():
        for name in vars(one).keys() - named.keys():
            delattr(one, name)
        for name, value in named.items():
            if vars(one).get(name) is not value:
                setattr(one, name, value)


def _is_whole(held: Mapping[str, Any]) -> bool:
    """Say whether what was read has the form of what is in a store."""
    tenants = held["tenants"]
    return (
        isinstance(tenants, dict)
        and all(type(one) is Directory and vars(one) for one in tenants.values())
        and type(held["organizations"]) is Organizations
        and type(held["switches"]) is Switches
        and isinstance(held["next_cycle"], datetime | None)
    )
