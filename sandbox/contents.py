"""People, groups and relations of a tenant at one moment: changes enter, indexed views leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

GraphObject = dict[str, Any]

_INDEXED = ("userPrincipalName", "mail", "otherMails", "proxyAddresses")
_EXTENSION = "extension_"


class Kind(Enum):
    """What a change is about."""

    USER = "user"
    DELETED_USER = "deletedUser"
    GROUP = "group"
    DELETED_GROUP = "deletedGroup"
    MEMBER = "member"
    MANAGER = "manager"
    REGISTERED = "registered"
    APPLICATION = "application"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of a tenant's change log.

    For a user or group `value` is the whole new object, for a manager the manager's id, for a
    member the member's place in the group; None says that it is gone. `other` is the member's id.
    `before` is what the value was. Registered objects have no views: their changes only tell when
    they appeared and what delta queries report. `born` tells an object's first appearance from a
    later state of it.
    """

    at: datetime
    kind: Kind
    id: str
    value: Any = None
    other: str = ""
    born: bool = False
    before: Any = None


class ValueIndex:
    """Finds users by values that are looked up one by one, ignoring case as the directory does."""

    def __init__(self) -> None:
        """Start empty."""
        # Nearly every value has one holder, and a tuple of one is the lightest collection.
        self._ids: dict[tuple[str, str], tuple[str, ...]] = {}

    def add(self, user: Mapping[str, Any]) -> None:
        """Take a user in."""
        for key in set(_keys_of(user)):
            self._ids[key] = (*self._ids.get(key, ()), user["id"])

    def remove(self, user: Mapping[str, Any]) -> None:
        """Forget a user, who must have the values that were added."""
        for key in set(_keys_of(user)):
            holders = tuple(one for one in self._ids.get(key, ()) if one != user["id"])
            if holders:
                self._ids[key] = holders
            else:
                self._ids.pop(key, None)

    def find(self, name: str, value: str) -> list[str]:
        """Return the ids of the users that have the value."""
        return list(self._ids.get((name, value.lower()), ()))

    def copy(self) -> ValueIndex:
        """Return an index of the same users that changes by itself."""
        twin = ValueIndex()
        twin._ids = dict(self._ids)
        return twin

    @staticmethod
    def covers(name: str) -> bool:
        """Say whether a property's values are indexed."""
        return name in _INDEXED or name.startswith(_EXTENSION)


def _keys_of(user: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _INDEXED:
        value = user.get(name)
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield name, one.lower()
    for name, value in user.items():
        if name.startswith(_EXTENSION) and isinstance(value, str):
            yield name, value.lower()


def _set(held: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        held.pop(key, None)
    else:
        held[key] = value


class Contents:
    """Users, groups and relations; their objects are replaced, never changed in place."""

    def __init__(self) -> None:
        """Start empty."""
        self.users: dict[str, GraphObject] = {}
        self.deleted_users: dict[str, GraphObject] = {}
        self.groups: dict[str, GraphObject] = {}
        self.deleted_groups: dict[str, GraphObject] = {}
        # A deleted group keeps its members for the case that it is restored.
        self.members: dict[str, dict[str, int]] = {}
        self.manager: dict[str, str] = {}
        # A page token names the last object's place, so that pages neither skip nor repeat
        # while objects come and go.
        self.places: dict[str, int] = {}
        self.index = ValueIndex()
        self.deleted_index = ValueIndex()
        self._last_place = 0

    def apply(self, change: Change) -> None:
        """Bring one change into the views and the indexes."""
        match change.kind:
            case Kind.USER:
                self._replace(self.users, self.index, change)
            case Kind.DELETED_USER:
                self._replace(self.deleted_users, self.deleted_index, change)
            case Kind.GROUP:
                self._replace(self.groups, None, change)
            case Kind.DELETED_GROUP:
                self._replace(self.deleted_groups, None, change)
                self._forget_members(change)
            case Kind.MEMBER:
                _set(self.members.setdefault(change.id, {}), change.other, change.value)
            case Kind.MANAGER:
                _set(self.manager, change.id, change.value)
            case Kind.REGISTERED | Kind.APPLICATION | Kind.PRINCIPAL:
                pass

    def _replace(
        self, shelf: dict[str, GraphObject], index: ValueIndex | None, change: Change
    ) -> None:
        before = shelf.get(change.id)
        if index is not None and before is not None:
            index.remove(before)
        if change.value is None:
            shelf.pop(change.id, None)
            # A restored group stands again before its deleted self goes.
            if change.id not in self.groups:
                self.places.pop(change.id, None)
            return
        if index is not None:
            index.add(change.value)
        shelf[change.id] = change.value
        if before is None:
            self.places.pop(change.id, None)
            self.places[change.id] = self.next_place()

    def _forget_members(self, change: Change) -> None:
        if change.value is None and change.id not in self.groups:
            self.members.pop(change.id, None)

    def held(self, kind: Kind, object_id: str) -> Any:
        """Return the value that a change of this kind replaces; members have none."""
        match kind:
            case Kind.USER:
                return self.users.get(object_id)
            case Kind.GROUP:
                return self.groups.get(object_id)
            case Kind.MANAGER:
                return self.manager.get(object_id)
            case _:
                return None

    def next_place(self) -> int:
        """Return a place behind everything that is there."""
        self._last_place += 1
        return self._last_place

    def twin(self) -> Contents:
        """Return the same contents in views that change by themselves."""
        twin = Contents()
        twin.users = dict(self.users)
        twin.deleted_users = dict(self.deleted_users)
        twin.groups = dict(self.groups)
        twin.deleted_groups = dict(self.deleted_groups)
        twin.members = {group: copy(members) for group, members in self.members.items()}
        twin.manager = dict(self.manager)
        twin.places = dict(self.places)
        twin.index = self.index.copy()
        twin.deleted_index = self.deleted_index.copy()
        twin._last_place = self._last_place
        return twin

    def groups_of(self, object_id: str) -> list[str]:
        """Return the ids of the groups that the object is a direct member of."""
        return [
            group
            for group, members in self.members.items()
            if object_id in members and group in self.groups
        ]

    def all_groups_of(self, object_id: str) -> set[str]:
        """Return the ids of the groups that hold the object directly or through other groups."""
        found: set[str] = set()
        waiting = [object_id]
        while waiting:
            for group in self.groups_of(waiting.pop()):
                if group not in found:
                    found.add(group)
                    waiting.append(group)
        return found

    def all_members_of(self, group_id: str) -> set[str]:
        """Return the members of the group and of the groups within it, each once."""
        found: set[str] = set()
        waiting = [group_id]
        while waiting:
            for member in self.members.get(waiting.pop(), {}):
                if member not in found:
                    found.add(member)
                    if member in self.groups:
                        waiting.append(member)
        return found
