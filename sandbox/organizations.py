"""Multitenant organizations: wishes of tenants enter, and take effect on the simulated clock.

Graph answers a wish at once and grants it later. What a tenant is to become stands in
`transitionDetails` until then; a join that cannot be granted fails there, not in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.clock import stamp

if TYPE_CHECKING:
    from sandbox.store import Directory, Store

# Microsoft speaks of a few minutes, and asks to wait for up to two hours, or four.
GRANTED_AFTER = timedelta(minutes=5)
MOST_TENANTS = 100


@dataclass(slots=True, kw_only=True)
class Transition:
    """What a tenant is to become; without a moment it waits for the tenant to join."""

    state: str
    role: str
    since: datetime | None = None

    def status(self, now: datetime) -> str:
        """Return how far the wish has come."""
        return progress(self.since, now)


def progress(since: datetime | None, now: datetime) -> str:
    """Return how far a wish has come that was made at a moment, or not yet."""
    started = since is not None and now >= since + GRANTED_AFTER / 2
    return "running" if started else "notStarted"


@dataclass(slots=True, kw_only=True)
class Member:
    """A tenant that was added to an organization."""

    tenant_id: str
    display_name: str
    added_at: datetime
    added_by: str
    role: str = "member"
    state: str = "pending"
    joined_at: datetime | None = None
    transition: Transition | None = None

    @property
    def stays(self) -> bool:
        """Whether the tenant participates and nobody removed it."""
        return self.state == "active" and (
            self.transition is None or self.transition.state != "removed"
        )

    @property
    def stays_owner(self) -> bool:
        """Whether the tenant owns the organization and nobody wished otherwise."""
        wish = self.transition
        return self.stays and self.role == "owner" and (wish is None or wish.role == "owner")


@dataclass(slots=True, kw_only=True)
class JoinRequest:
    """A tenant's wish to join the organization of another."""

    added_by: str
    since: datetime
    member_state: str = "pending"
    role: str | None = None
    failed: bool = False


@dataclass(slots=True, kw_only=True)
class Organization:
    """A multitenant organization and its tenants in the order in which they were added."""

    id: str
    created_at: datetime
    display_name: str
    description: str | None
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def active(self) -> list[Member]:
        """The tenants that participate."""
        return [member for member in self.members.values() if member.state == "active"]

    def without(self, tenant_id: str) -> list[Member]:
        """Return the tenants that stay active when one leaves."""
        return [one for one in self.members.values() if one.stays and one.tenant_id != tenant_id]

    def needs(self, member: Member) -> bool:
        """Whether no other tenant stays its owner."""
        others = self.without(member.tenant_id)
        return member.role == "owner" and not any(one.stays_owner for one in others)


@dataclass(slots=True)
class Organizations:
    """All multitenant organizations, and all requests to join one."""

    by_id: dict[str, Organization] = field(default_factory=dict)
    joins: dict[str, JoinRequest] = field(default_factory=dict)

    def of(self, tenant_id: str) -> Organization | None:
        """Return the one organization in which a tenant participates."""
        for one in self.by_id.values():
            member = one.members.get(tenant_id)
            if member is not None and member.state == "active":
                return one
        return None

    def together(self, tenant_id: str, other_id: str) -> bool:
        """Say whether two tenants participate in one organization."""
        shared = self.of(tenant_id)
        return shared is not None and shared is self.of(other_id)

    def found(self, tenant: Directory, display_name: str, description: str | None) -> Organization:
        """Make an organization; its founder owns it at once."""
        now = tenant.clock.now()
        founder = Member(
            tenant_id=tenant.tenant_id,
            display_name=tenant.display_name,
            added_at=now,
            added_by=tenant.tenant_id,
            role="owner",
            state="active",
        )
        made = Organization(
            id=tenant.new_id("organization"),
            created_at=now,
            display_name=display_name,
            description=description,
            members={tenant.tenant_id: founder},
        )
        self.by_id[made.id] = made
        return made

    def settle(self, store: Store) -> None:
        """Grant what has been wished for long enough, in the order of the wishes."""
        now = store.clock.now()
        while due := [one for one in self._waiting() if one[0] + GRANTED_AFTER <= now]:
            since, tenant_id, organization = min(due, key=lambda one: (one[0], one[1]))
            if organization is None:
                self._join(store, tenant_id, since + GRANTED_AFTER)
            else:
                self._change(organization, organization.members[tenant_id])

    def _waiting(self) -> Iterator[tuple[datetime, str, Organization | None]]:
        for organization in self.by_id.values():
            for member in organization.members.values():
                if member.transition is not None and member.transition.since is not None:
                    yield member.transition.since, member.tenant_id, organization
        for tenant_id, join in self.joins.items():
            if join.member_state == "pending" and not join.failed:
                yield join.since, tenant_id, None

    def _change(self, organization: Organization, member: Member) -> None:
        wish = member.transition
        if wish is None:
            return
        if wish.state == "removed":
            self._remove(organization, member)
            return
        member.role = wish.role
        waits = Transition(state="active", role=wish.role)
        member.transition = waits if member.state == "pending" else None

    def _remove(self, organization: Organization, member: Member) -> None:
        del organization.members[member.tenant_id]
        if member.state == "active":
            self.joins.pop(member.tenant_id, None)
        if not organization.active:
            del self.by_id[organization.id]

    def _join(self, store: Store, tenant_id: str, at: datetime) -> None:
        join = self.joins[tenant_id]
        organization = self.of(join.added_by)
        member = organization.members.get(tenant_id) if organization else None
        if (
            organization is None
            or member is None
            or member.added_by != join.added_by
            or (member.transition is not None and member.transition.state == "removed")
            or self.of(tenant_id) is not None
            or len(organization.active) >= MOST_TENANTS
        ):
            join.failed = True
            return
        if member.transition is not None:
            member.role, member.transition = member.transition.role, None
        member.state, member.joined_at = "active", at
        join.member_state, join.role = "active", member.role
        for other in organization.active:
            if other is not member:
                _meet(store, member, other)


def _meet(store: Store, joined: Member, other: Member) -> None:
    """Give two tenants settings toward each other, amended by the templates of each."""
    for own, their in ((joined, other), (other, joined)):
        tenant = store.tenants.get(own.tenant_id)
        if tenant is not None:
            key = their.tenant_id
            templates = tenant.policy_templates
            tenant.partners[key] = templates.partner(key, tenant.partners.get(key))
            tenant.identity_sync[key] = templates.sync(
                key, their.display_name, tenant.identity_sync.get(key)
            )


def moment(at: datetime | None) -> str | None:
    """Write a moment that may not have come."""
    return stamp(at) if at else None
