"""A tenant's two logs: what happened enters as it happens, Graph's log objects leave.

Entries are kept small and written out only when somebody reads them.
"""

from __future__ import annotations

import json
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sandbox.clock import stamp

# With a licence for it; 7 days without.
_KEPT = timedelta(days=30)
# Members of a request's body that no log repeats.
_UNTOLD = frozenset({"passwordProfile", "@odata.type"})


class Entry(Protocol):
    """Something that happened at a moment."""

    @property
    def at(self) -> datetime:
        """Return when it happened."""
        ...

    def shown(self, number: int, unique: str) -> dict[str, Any]:
        """Return it as Graph writes it; `unique` is an id that nothing else has."""
        ...


E = TypeVar("E", bound=Entry)


class Actor(NamedTuple):
    """The application that did something."""

    app_id: str | None
    name: str
    principal_id: str | None = None


# Entra's synchronization acts in the target as this application of Microsoft's.
SYNC_FABRIC = Actor("00000014-0000-0000-c000-000000000000", "Microsoft.Azure.SyncFabric")


class Modified(NamedTuple):
    """A property before and after; the logs write values each in their own way."""

    name: str
    old: Any
    new: Any

    def shown(self) -> dict[str, Any]:
        """Return it as the provisioning log writes it: plain texts."""
        return {
            "displayName": self.name,
            "oldValue": _plain(self.old),
            "newValue": _plain(self.new),
        }

    def as_json(self) -> dict[str, Any]:
        """Return it as the audit log writes it: JSON in texts."""
        return {"displayName": self.name, "oldValue": _json(self.old), "newValue": _json(self.new)}


def _plain(value: Any) -> str | None:
    if isinstance(value, list):
        return ",".join(str(one) for one in value) or None
    return None if value is None else str(value)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def changes(before: Mapping[str, Any], after: Any) -> tuple[Modified, ...]:
    """Return what a body or other properties change."""
    if not isinstance(after, Mapping):
        return ()
    return tuple(
        Modified(name, before.get(name), value)
        for name, value in after.items()
        if name not in _UNTOLD
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One entry of the directory's audit log."""

    at: datetime
    category: str
    activity: str
    service: str
    actor: Actor
    target_type: str
    target_id: str
    target_name: str | None
    principal_name: str | None = None
    reason: str = ""
    modified: tuple[Modified, ...] = ()

    def shown(self, number: int, unique: str) -> dict[str, Any]:
        """Return it as Graph writes it."""
        return {
            "id": f"{self.service.replace(' ', '')}_{unique}_{number}",
            "category": self.category,
            "correlationId": unique,
            "result": "success",
            "resultReason": self.reason,
            "activityDisplayName": self.activity,
            "activityDateTime": stamp(self.at),
            "loggedByService": self.service,
            "initiatedBy": {
                "user": None,
                "app": {
                    "appId": self.actor.app_id,
                    "displayName": self.actor.name,
                    "servicePrincipalId": self.actor.principal_id,
                    "servicePrincipalName": None,
                },
            },
            "targetResources": [
                {
                    "id": self.target_id,
                    "displayName": self.target_name,
                    "type": self.target_type,
                    "userPrincipalName": self.principal_name,
                    "groupType": None,
                    "modifiedProperties": [one.as_json() for one in self.modified],
                }
            ],
            "additionalDetails": [],
        }


@dataclass(slots=True)
class Log(Generic[E]):
    """Entries of one kind in the order in which they happened, for thirty days."""

    tenant_id: str
    name: str
    entries: deque[E] = field(default_factory=deque)
    forgotten: int = 0

    def add(self, entry: E) -> None:
        """Append an entry."""
        self.entries.append(entry)
        self._forget(entry.at)

    def numbered(self, now: datetime) -> Iterator[tuple[int, str, E]]:
        """Yield what is kept: an entry's number, an id that only it has, and the entry."""
        self._forget(now)
        tenant = uuid.UUID(self.tenant_id)
        for number, entry in enumerate(self.entries, start=self.forgotten + 1):
            yield number, str(uuid.uuid5(tenant, f"{self.name}:{number}")), entry

    def _forget(self, now: datetime) -> None:
        while self.entries and self.entries[0].at < now - _KEPT:
            self.entries.popleft()
            self.forgotten += 1
