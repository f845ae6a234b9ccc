"""A tenant in memory, and all of them: edits enter through methods, a log and views leave."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from sandbox import policy_objects
from sandbox.change_log import ChangeLog
from sandbox.clock import Clock, stamp
from sandbox.closures import Closures
from sandbox.contents import Change, Contents, GraphObject, Kind
from sandbox.delta import KEPT_FOR_DELTA, Rounds
from sandbox.group_properties import is_unified
from sandbox.logs import Entry, Log
from sandbox.native.memory import JobMemory
from sandbox.organizations import Organizations
from sandbox.policy_templates import Templates
from sandbox.properties import with_user_defaults
from sandbox.registrations import Publisher, Registrations
from sandbox.replica import Replica
from sandbox.seeds import TenantSeed
from sandbox.watch import Watch

KEPT_AFTER_DELETION = timedelta(days=30)


@dataclass(slots=True, kw_only=True)
class Switches:
    """Behaviour that Microsoft does not document; both ways can be tried."""

    redemption_completes_at_once: bool = False
    silent_invitations_notify: bool = False
    secrets_all_hidden: bool = False
    synchronized_users_are_invitations: bool = True
    internal_guests_are_synchronized: bool = False
    applications_purge: bool = False
    expired_delta_is_gone: bool = True
    delta_awkwardness: int = 1
    delta_expands_members: bool = False
    invitations_remember_names: bool = False


class Directory(Contents):
    """One tenant: its people and groups, its policies and applications, its change log."""

    def __init__(self, seed: TenantSeed, store: Store) -> None:
        """Make the tenant of a seed."""
        super().__init__()
        self.store = store
        self.clock = store.clock
        self.alias = seed.alias
        self.tenant_id = seed.tenant_id
        self.display_name = seed.display_name
        self.verified_domains = tuple(seed.verified_domains)
        self.log = ChangeLog(stamp(store.clock.now()))
        self.watch = Watch()
        self.rounds = Rounds()
        self.replica: Replica | None = None
        self.access_policy: GraphObject = {
            "displayName": "CrossTenantAccessPolicy",
            "allowedCloudEndpoints": [],
        }
        self.default_policy = policy_objects.service_default()
        self.partners: dict[str, GraphObject] = {}
        self.identity_sync: dict[str, GraphObject] = {}
        self.deleted_policies = policy_objects.DeletedPolicies()
        self.policy_templates = Templates.of(seed.tenant_id)
        self.b2b_policies: dict[str, GraphObject] = {}
        self.authorization_policy = policy_objects.authorization_policy()
        self.organization = policy_objects.organization(
            seed.tenant_id, seed.display_name, self.verified_domains
        )
        self.domains = policy_objects.domain_objects(self.verified_domains)
        self.roles: dict[str, set[str]] = {}
        self.invitations: Counter[str] = Counter()
        self.mails: list[tuple[str, str]] = []
        self.audits: Log[Entry] = Log(self.tenant_id, "audit")
        self.provisioning: Log[Entry] = Log(self.tenant_id, "provisioning")
        self.job_memory: dict[str, JobMemory] = {}
        self.ids_made = 0
        self.registrations = Registrations(
            Publisher(tenant_id=self.tenant_id, name=self.display_name, domain=self.initial_domain),
            self.new_id,
            self.now,
            seed.apps,
        )
        self._fill(seed)
        self.observe()
        # Nobody can ask for changes since a moment before the tenant was there.
        self.log.forget(datetime.max.replace(tzinfo=UTC), self.log.end)

    def _fill(self, seed: TenantSeed) -> None:
        for user in seed.users:
            self._record(Kind.USER, user["id"], with_user_defaults(user))
        now = stamp(self.clock.now())
        for user in seed.deleted_users:
            deleted = {**with_user_defaults(user), "deletedDateTime": now}
            deleted["userPrincipalName"] = _name_of_deleted(deleted)
            self._record(Kind.DELETED_USER, user["id"], deleted)
        for group in seed.groups:
            plain = {name: value for name, value in group.items() if name != "members"}
            self._record(Kind.GROUP, group["id"], plain)
        for group in seed.groups:
            for member in group.get("members", ()):
                self.add_member(group["id"], member)
        for user_id, manager_id in seed.managers.items():
            self._record(Kind.MANAGER, user_id, manager_id)
        for partner in seed.partners:
            self.partners[partner["tenantId"]] = policy_objects.partner_of(partner)
        self.roles.update({role: set(holders) for role, holders in seed.roles.items()})

    @property
    def listed(self) -> Contents:
        """What listings and filters show: the tenant itself, or its replica while one is late."""
        return self.replica.contents() if self.replica else self

    def now(self) -> str:
        """Return the tenant's time as Graph writes it."""
        return stamp(self.clock.now())

    @property
    def initial_domain(self) -> str:
        """The domain that external users' names end in."""
        return policy_objects.initial_domain(self.verified_domains)

    def new_id(self, kind: str) -> str:
        """Return an id that nothing in any tenant has, the same in every run that does the same."""
        self.ids_made += 1
        return str(uuid.uuid5(uuid.UUID(self.tenant_id), f"{kind}:{self.ids_made}"))

    def replicate(self, *, listings: float, points: float) -> None:
        """Turn replication delay on; with both zero, off."""
        late = listings > 0 or points > 0
        self.replica = (
            Replica(self, self.log, self.clock, listings=listings, points=points) if late else None
        )

    def sees(self, object_id: str) -> bool:
        """Say whether a request that names the object by id already finds it."""
        return self.replica is None or self.replica.knows(object_id)

    def shows(self, object_id: str) -> bool:
        """Say whether listings of applications, principals and assignments have the object."""
        return self.replica is None or self.replica.shows(object_id)

    def register(self, *object_ids: str) -> None:
        """Note that registered objects appeared: replication delay hides them for a while."""
        for object_id in object_ids:
            self._record(Kind.REGISTERED, object_id, None, born=True)

    def observe(self) -> None:
        """Note in the change log what changed in applications and service principals."""
        for kind, object_id, before, after in self.watch.differences(self.registrations):
            self._record(kind, object_id, after, before=before)

    @property
    def position(self) -> int:
        """How far into the change log listings see."""
        return self.replica.position() if self.replica else self.log.end

    def _record(
        self,
        kind: Kind,
        object_id: str,
        value: Any,
        *,
        other: str = "",
        born: bool = False,
        before: Any = None,
    ) -> None:
        change = Change(
            at=self.clock.now(),
            kind=kind,
            id=object_id,
            value=value,
            other=other,
            born=born,
            before=before or self.held(kind, object_id),
        )
        self.log.append(change)
        self.apply(change)

    def user_by_name(self, name: str) -> GraphObject | None:
        """Find a user by object id or user principal name."""
        found = self.users.get(name) or self.users.get(name.lower())
        if found is None:
            ids = self.index.find("userPrincipalName", name)
            found = self.users[ids[0]] if ids else None
        return found

    def add_user(self, user: Mapping[str, Any]) -> str:
        """Add a user as an administrator would and return its id."""
        object_id = user.get("id") or self.new_id("user")
        made = {"createdDateTime": stamp(self.clock.now()), **user, "id": object_id}
        self._record(Kind.USER, object_id, with_user_defaults(made), born=True)
        return str(object_id)

    def patch_user(self, user_id: str, changes: Mapping[str, Any]) -> None:
        """Set properties of a user; an extension that is set to null is gone."""
        after = {**self.users[user_id], **changes}
        for name, value in changes.items():
            if value is None and name.startswith("extension_"):
                del after[name]
        self._record(Kind.USER, user_id, after)

    def delete_user(self, user_id: str) -> None:
        """Move a user to the deleted items, where the name is no longer in anybody's way."""
        user = self.users[user_id]
        deleted = {
            **user,
            "deletedDateTime": stamp(self.clock.now()),
            "userPrincipalName": _name_of_deleted(user),
        }
        self._record(Kind.USER, user_id, None)
        self._record(Kind.DELETED_USER, user_id, deleted)

    def restore_user(self, user_id: str, user_principal_name: str | None = None) -> GraphObject:
        """Bring a deleted user back with its groups and manager."""
        deleted = self.deleted_users[user_id]
        name = user_principal_name or self.name_before_deletion(deleted)
        restored = {**deleted, "deletedDateTime": None, "userPrincipalName": name}
        self._record(Kind.DELETED_USER, user_id, None)
        self._record(Kind.USER, user_id, restored)
        return restored

    @staticmethod
    def name_before_deletion(deleted: Mapping[str, Any]) -> str:
        """Return the user principal name that a deleted user had."""
        return str(deleted["userPrincipalName"]).removeprefix(deleted["id"].replace("-", ""))

    def purge_user(self, user_id: str) -> None:
        """Remove a deleted user for good, with everything that pointed to it."""
        self._record(Kind.DELETED_USER, user_id, None)
        for group_id in self.groups_of(user_id):
            self.remove_member(group_id, user_id)
        for report in [one for one, manager in self.manager.items() if manager == user_id]:
            self.set_manager(report, None)
        self.set_manager(user_id, None)
        for holders in self.roles.values():
            holders.discard(user_id)
        self.registrations.withdraw(user_id)

    def expire(self) -> None:
        """Remove what was deleted 30 days ago for good, and forget old changes."""
        unread = self.replica.unread if self.replica else self.log.end
        self.log.forget(self.clock.now() - KEPT_FOR_DELTA, unread)
        if not (self.deleted_users or self.deleted_groups or self.deleted_policies):
            return
        horizon = stamp(self.clock.now() - KEPT_AFTER_DELETION)
        self.deleted_policies.expire(horizon)
        for shelf, purge in (
            (self.deleted_users, self.purge_user),
            (self.deleted_groups, self.purge_group),
        ):
            for object_id in _over(shelf, horizon):
                purge(object_id)

    def add_group(self, group: Mapping[str, Any]) -> str:
        """Add a group and return its id."""
        object_id = group.get("id") or self.new_id("group")
        made = {"createdDateTime": stamp(self.clock.now()), **group, "id": object_id}
        self._record(Kind.GROUP, object_id, made, born=True)
        return str(object_id)

    def patch_group(self, group_id: str, changes: Mapping[str, Any]) -> None:
        """Set properties of a group."""
        self._record(Kind.GROUP, group_id, {**self.groups[group_id], **changes})

    def delete_group(self, group_id: str) -> None:
        """Move a Microsoft 365 group to the deleted items; any other is gone for good."""
        group = self.groups[group_id]
        for parent in self.groups_of(group_id):
            self.remove_member(parent, group_id)
        self._record(Kind.GROUP, group_id, None)
        if is_unified(group):
            deleted = {**group, "deletedDateTime": stamp(self.clock.now())}
            self._record(Kind.DELETED_GROUP, group_id, deleted)
        else:
            self.purge_group(group_id)

    def restore_group(self, group_id: str) -> GraphObject:
        """Bring a deleted group back with its members, owners and assignments."""
        restored = {**self.deleted_groups[group_id], "deletedDateTime": None}
        # First it is there again, then it is no longer deleted: so it keeps its members.
        self._record(Kind.GROUP, group_id, restored)
        self._record(Kind.DELETED_GROUP, group_id, None)
        return restored

    def purge_group(self, group_id: str) -> None:
        """Remove a deleted group for good, with everything that hangs on it."""
        self.registrations.withdraw(group_id)
        self.registrations.owners.pop(group_id, None)
        self._record(Kind.DELETED_GROUP, group_id, None)

    def add_member(self, group_id: str, object_id: str) -> None:
        """Make a user or group a direct member of a group."""
        self._record(Kind.MEMBER, group_id, self.next_place(), other=object_id)

    def remove_member(self, group_id: str, object_id: str) -> None:
        """Take a direct member out of a group."""
        self._record(Kind.MEMBER, group_id, None, other=object_id)

    def set_manager(self, user_id: str, manager_id: str | None) -> None:
        """Set or remove a user's manager."""
        if self.manager.get(user_id) != manager_id:
            self._record(Kind.MANAGER, user_id, manager_id)


def _name_of_deleted(user: GraphObject) -> str:
    """Put the object id before the name, as Entra does until the user is restored."""
    return f"{user['id'].replace('-', '')}{user['userPrincipalName']}"


def _over(shelf: Mapping[str, GraphObject], horizon: str) -> list[str]:
    """Return the ids of what was deleted before a moment; deletion order is time order."""
    return [
        object_id
        for object_id, _ in takewhile(
            lambda one: one[1]["deletedDateTime"] <= horizon, shelf.items()
        )
    ]


@dataclass(slots=True, kw_only=True)
class Store:
    """All tenants of one sandbox."""

    clock: Clock
    switches: Switches = field(default_factory=Switches)
    tenants: dict[str, Directory] = field(default_factory=dict)
    organizations: Organizations = field(default_factory=Organizations)
    next_cycle: datetime | None = None
    # What faults close, none of the tenants' own doing: see `sandbox.closures`.
    closures: Closures = frozenset()

    def load(self, seed: TenantSeed) -> Directory:
        """Make the tenant of a seed and keep it."""
        tenant = Directory(seed, self)
        self.tenants[tenant.tenant_id] = tenant
        return tenant

    def load_all(self, seeds: Iterable[TenantSeed]) -> None:
        """Make the tenants of several seeds."""
        for seed in seeds:
            self.load(seed)

    def by_alias(self, alias: str) -> Directory:
        """Find a tenant by the name that topologies use."""
        for tenant in self.tenants.values():
            if tenant.alias == alias:
                return tenant
        known = ", ".join(sorted(tenant.alias for tenant in self.tenants.values()))
        message = f"sandbox: no tenant {alias!r} is loaded. Loaded: {known}."
        raise KeyError(message)

    def by_domain(self, domain: str) -> Directory | None:
        """Find the tenant in which a mail domain is verified."""
        for tenant in self.tenants.values():
            if domain.lower() in tenant.verified_domains:
                return tenant
        return None
