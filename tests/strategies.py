"""Links, jobs and tenants for tests: factories with defaults."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from reconcile.model.jobs import Job
from reconcile.model.links import (
    AttributeMapping,
    Clause,
    Computed,
    Constant,
    Direct,
    Link,
    LinkName,
    Scope,
    ScopingFilter,
    When,
)
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import Alias, ObjectId, TenantId
from tests.fakes import FakeStore, FakeTenant, VirtualClock

EVERYONE = ObjectId(str(uuid.UUID(int=0xE)))
"""The id of the one group that the fakes push from."""

MAPPED = (
    "accountEnabled",
    "department",
    "displayName",
    "employeeId",
    "jobTitle",
    "mail",
    "manager",
)


def direct(target: str, source: str | None = None, **rest: Any) -> AttributeMapping:
    return AttributeMapping(target=target, source=Direct(attribute=source or target), **rest)


def default_mappings() -> tuple[AttributeMapping, ...]:
    """Some of Entra's default mappings, one of each kind."""
    return (
        *(direct(name) for name in MAPPED),
        direct("telephoneNumber"),
        AttributeMapping(target="showInAddressList", source=Constant(value="true")),
        AttributeMapping(target="userType", source=Constant(value="Member"), when=When.CREATION),
    )


# Expressions with what the oracle takes them for, so that it needs no evaluator.
IN_PYTHON: dict[str, Callable[[str], str | None]] = {
    "ToUpper([department])": lambda department: department.upper() or None,
    'IIF([department]="Sales", "Market", "Office")': lambda department: (
        "Market" if department == "Sales" else "Office"
    ),
}
COMPUTED = tuple(
    AttributeMapping(target=target, source=Computed(expression=text, attributes=("department",)))
    for target, text in zip(("companyName", "state"), IN_PYTHON, strict=True)
)


def tenant_id(alias: str) -> TenantId:
    return TenantId(str(uuid.uuid5(uuid.NAMESPACE_DNS, alias)))


def a_link(source: str = "contoso", target: str = "fabrikam", **rest: Any) -> Link:
    chosen: dict[str, Any] = {
        "scope": Scope(groups=("everyone",)),
        "mappings": default_mappings(),
        **rest,
    }
    return Link(
        name=LinkName(Alias(source), Alias(target)), topology="test", origin="test:1", **chosen
    )


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def carrier_of(alias: str) -> StampCarrier:
    return StampCarrier(owner=str(uuid.uuid5(uuid.NAMESPACE_DNS, f"owner.{alias}")))


def a_job(
    source: str = "contoso",
    target: str = "fabrikam",
    *,
    settle: timedelta = timedelta(0),
    users: tuple[ObjectId, ...] = (),
    **link: Any,
) -> Job:
    return Job(
        at=NOW,
        link=a_link(source, target, **link),
        source=tenant_id(source),
        target=tenant_id(target),
        groups=(EVERYONE,),
        users=users,
        source_domains=frozenset({f"{source}.example"}),
        source_carrier=carrier_of(source),
        target_carrier=carrier_of(target),
        settle=settle,
    )


def a_tenant(alias: str, clock: VirtualClock, **rest: Any) -> FakeTenant:
    return FakeTenant(
        tenant_id(alias), clock, carrier=carrier_of(alias), domain=f"{alias}.example", **rest
    )


@dataclass(slots=True, kw_only=True, repr=False)
class Pair:
    """A source, a target and what is remembered of their link."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    job: Job = field(default_factory=a_job)
    store: FakeStore = field(default_factory=FakeStore)
    source: FakeTenant = field(init=False)
    target: FakeTenant = field(init=False)

    def __post_init__(self) -> None:
        self.source = a_tenant(self.job.name.source, self.clock)
        self.target = a_tenant(self.job.name.target, self.clock)
        self.source.groups[EVERYONE] = set()

    def hire(self, name: str, **properties: Any) -> ObjectId:
        """A new source person in scope."""
        person = self.source.add(name, **properties)
        self.source.groups[EVERYONE].add(person)
        return person

    def copy_of(self, person: ObjectId) -> ObjectId:
        """The live target user that carries the person's stamp."""
        (found,) = [
            user
            for user in self.target.users
            if (stamp := self.target.stamp_of(user)) is not None and stamp.person == person
        ]
        return found

    def seen(self, person: ObjectId) -> dict[str, Any]:
        return self.target.users[self.copy_of(person)]


def a_clause_filter(attribute: str, *values: str) -> ScopingFilter:
    return ScopingFilter(
        name=attribute, clauses=(Clause(attribute=attribute, operator="in", values=values),)
    )
