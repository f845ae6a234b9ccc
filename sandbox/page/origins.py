"""Where people came from: a tenant and its changes enter, an origin for each user leaves.

Synchronized is whom a job of Entra's own made or matched, and who carries another tenant's id in an
extension, as tools mark whom they keep. Everybody else who was invited is from the tenant of their
mail's domain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from sandbox.contents import GraphObject, Kind
from sandbox.store import Directory, Store

HERE, INVITED, SYNCHRONIZED = "here", "invited", "synchronized"
KINDS = (HERE, INVITED, SYNCHRONIZED)
_ID_LENGTH = 36


class Origin(NamedTuple):
    """A kind, and the alias of the tenant that it is about, if the sandbox has it."""

    kind: str
    tenant: str | None = None


# A tenant of 100,000 people has only a handful of origins.
_origin = cache(Origin)


class Origins:
    """The origins in one tenant: everybody is judged once, and again after each change."""

    def __init__(self, tenant: Directory) -> None:
        """Judge nobody yet."""
        self.tenant = tenant
        self.of: dict[str, Origin] = {}
        self.counts: Counter[Origin] = Counter()
        self._epoch, self._read = "", 0

    def follow(self) -> None:
        """Judge those whom something happened to since the last time."""
        log, users = self.tenant.log, self.tenant.users
        changed = [
            change.id
            for _, change in log.between(max(self._read, log.start), log.end)
            if change.kind is Kind.USER
        ]
        if self._epoch != log.epoch or self._read < log.start:
            self.of.clear()
            self.counts.clear()
            changed = list(users)
        self._epoch, self._read = log.epoch, log.end
        if changed:
            pushed = _pushed(self.tenant)
            for user_id in dict.fromkeys(changed):
                self._judge(user_id, users.get(user_id), pushed)

    def _judge(
        self, user_id: str, user: GraphObject | None, pushed: Mapping[str, Directory]
    ) -> None:
        before = self.of.pop(user_id, None)
        if before is not None:
            self.counts[before] -= 1
        if user is not None:
            found = self.of[user_id] = _judged(self.tenant, user, pushed)
            self.counts[found] += 1

    def count(self, kind: str) -> int:
        """Return how many people are of a kind."""
        return sum(number for origin, number in self.counts.items() if origin.kind == kind)


class Census:
    """The origins in all tenants of a store, which a restored snapshot may exchange."""

    def __init__(self, store: Store) -> None:
        """Know nobody yet."""
        self._store = store
        self._known: dict[str, Origins] = {}

    def of(self, tenant: Directory) -> Origins:
        """Return a tenant's origins as they are now."""
        known = self._known.get(tenant.tenant_id)
        if known is None or known.tenant is not tenant:
            known = self._known[tenant.tenant_id] = Origins(tenant)
        known.follow()
        return known


def _pushed(tenant: Directory) -> dict[str, Directory]:
    """Return whom jobs of other tenants keep here, with the tenant of the job."""
    return {
        pair.target: other
        for other in tenant.store.tenants.values()
        if other is not tenant
        for memory in other.job_memory.values()
        for pair in memory.pairs.values()
    }


def _judged(tenant: Directory, user: GraphObject, pushed: Mapping[str, Directory]) -> Origin:
    source = pushed.get(user["id"]) or _marked(tenant, user)
    if source is not None and source is not tenant:
        return _origin(SYNCHRONIZED, source.alias)
    if user.get("creationType") != "Invitation" and not user.get("externalUserState"):
        return _origin(HERE)
    home = tenant.store.by_domain(str(user.get("mail") or "").rpartition("@")[2])
    return _origin(INVITED, home.alias if home else None)


def _marked(tenant: Directory, user: GraphObject) -> Directory | None:
    """Return the tenant with whose id one of the user's extensions begins."""
    attributes = user.get("onPremisesExtensionAttributes") or {}
    values = [value for value in attributes.values() if value]
    values += [value for name, value in user.items() if name.startswith("extension_")]
    for value in values:
        source = tenant.store.tenants.get(value[:_ID_LENGTH]) if isinstance(value, str) else None
        if source is not None:
            return source
    return None
