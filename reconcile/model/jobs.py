"""A job: a link bound to an environment, with everything planning needs to know of both tenants."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from reconcile.model.attributes import property_of
from reconcile.model.links import Direct, Link, LinkName
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

    `source_domains` are the source's verified domains, lower-cased. `source_carrier` tells copies
    from originals in the source; None where that tenant holds no stamps of ours.
    """

    link: Link
    source: TenantId
    target: TenantId
    groups: tuple[ObjectId, ...] = ()
    users: tuple[ObjectId, ...] = ()
    source_domains: frozenset[str]
    source_carrier: StampCarrier | None = None
    target_carrier: StampCarrier
    settle: timedelta = timedelta(minutes=5)
    fingerprint: str = field(init=False)

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
            self.target_carrier,
        )
        object.__setattr__(
            self, "fingerprint", hashlib.blake2b(repr(rules).encode(), digest_size=16).hexdigest()
        )

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
        direct = {m.source.attribute for m in link.mappings if isinstance(m.source, Direct)}
        clauses = {clause.attribute for one in link.scope.filters for clause in one.clauses}
        return direct | clauses | {link.address, *link.matching}

    def seal(self, raw: bytes) -> bytes:
        """Eight bytes that change whenever the raw object or this job's rules change."""
        return hashlib.blake2b(raw, digest_size=8, key=self.fingerprint.encode()).digest()
