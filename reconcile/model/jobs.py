"""A job: a link bound to an environment, with everything planning needs to know of both tenants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from reconcile.model.attributes import property_of
from reconcile.model.links import AttributeMapping, Computed, Direct, Link, LinkName
from reconcile.model.stamps import StampCarrier
from reconcile.model.tenants import ObjectId, TenantId

IDENTITY = (
    "id",
    "displayName",
    "userPrincipalName",
    "mail",
    "otherMails",
    "proxyAddresses",
    "userType",
    "accountEnabled",
    "creationType",
    "externalUserState",
    "createdDateTime",
)
"""The properties without which nobody can be told apart, selected in every read."""


class Side(Enum):
    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One standing push.

    `at` is the time that rules about time are judged by. `memberships` are the groups that filters
    ask about, by their names there. `source_domains` are the source's verified domains,
    lower-cased. `source_carrier` tells copies from originals in the source; None where that tenant
    holds no stamps of ours.
    """

    link: Link
    source: TenantId
    target: TenantId
    at: datetime
    groups: tuple[ObjectId, ...] = ()
    users: tuple[ObjectId, ...] = ()
    memberships: tuple[tuple[str, ObjectId], ...] = ()
    source_domains: frozenset[str]
    source_carrier: StampCarrier | None = None
    target_carrier: StampCarrier
    settle: timedelta = timedelta(minutes=5)
    fingerprint: str = field(init=False)
    _seal_key: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        link = self.link
        rules = (
            link.scope,
            link.mappings,
            link.address,
            link.matching,
            sorted(link.drift.attributes.items()),
            link.drift.default,
            link.nulls,
            self.groups,
            self.users,
            self.memberships,
            self.target_carrier,
        )
        object.__setattr__(
            self, "fingerprint", hashlib.blake2b(repr(rules).encode(), digest_size=16).hexdigest()
        )
        day = f"/{self.at.date()}" if link.timely else ""
        object.__setattr__(self, "_seal_key", f"{self.fingerprint}{day}".encode())

    @property
    def name(self) -> LinkName:
        return self.link.name

    @property
    def maps_manager(self) -> bool:
        return any(mapping.target == "manager" for mapping in self.link.mappings)

    def select(self, side: Side) -> tuple[str, ...]:
        """The properties to read on one side, sorted; `manager` is expanded, never selected."""
        wanted = set(IDENTITY)
        carrier = self.target_carrier if side is Side.TARGET else self.source_carrier
        if carrier is not None:
            wanted.update(carrier.properties)
        if side is Side.TARGET:
            wanted.update(property_of(mapping.target) for mapping in self.link.mappings)
        else:
            wanted.update(property_of(name) for name in self._source_attributes())
        return tuple(sorted(wanted - {"manager"}))

    def _source_attributes(self) -> set[str]:
        link = self.link
        mapped = {name for mapping in link.mappings for name in _read_by(mapping)}
        clauses = {clause.attribute for one in link.scope.filters for clause in one.clauses}
        return (mapped | clauses | {link.address, *link.matching}) - {""}

    def seal(self, raw: bytes) -> bytes:
        """Eight bytes that change whenever the raw object or this job's rules change.

        Where the time decides, they change with each day of `at`, too.
        """
        return hashlib.blake2b(raw, digest_size=8, key=self._seal_key).digest()


def _read_by(mapping: AttributeMapping) -> Iterator[str]:
    """The source attributes that a mapping reads."""
    match mapping.source:
        case Direct(attribute=name):
            yield name
        case Computed(attributes=names):
            yield from names
        case _:
            return
