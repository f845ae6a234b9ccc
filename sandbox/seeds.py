"""What a tenant is made of: plain Graph objects and applications enter, a loadable seed leaves."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GraphObject = dict[str, Any]


def sandbox_id(name: str) -> str:
    """Return the id that an object of this name has in every sandbox, e.g. `user:contoso:17`."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"tenantry-sandbox:{name}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSeed:
    """An application in a tenant, with its secret and the permissions it was granted.

    One that owns itself may keep its own federated credentials.
    """

    app_id: str
    name: str
    secret: str
    permissions: frozenset[str]
    owns_itself: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSeed:
    """One tenant's first content.

    Users, groups and partners have the form Graph answers with; absent members mean null. A
    group's `members` are ids of users and groups. Deleted users carry no `deletedDateTime`: they
    count as deleted when the tenant is loaded. `managers` maps a user to the manager, `roles` a
    role template to its holders.
    """

    alias: str
    tenant_id: str
    display_name: str
    verified_domains: Sequence[str]
    users: list[GraphObject]
    groups: list[GraphObject]
    apps: Sequence[AppSeed]
    deleted_users: list[GraphObject] = field(default_factory=list)
    managers: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    partners: list[GraphObject] = field(default_factory=list)
