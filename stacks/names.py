"""Aliases of tenants enter; the names of resources leave, with those they had before.

A name is kept in the state and decides whether a resource is the same one, so it is made of what
seldom changes: aliases, and object ids rather than the names that an environment gives them. Only
a tenant's alias is in many names; what it was before is in the environment (`formerly`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import pulumi

from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias, ObjectId, Tenant


def link_name(source: Alias, target: Alias) -> str:
    """The name of what a link has once: its two sides, its app, its synchronization."""
    return LinkName(source, target).slug


def partner_name(tenant: Alias, partner: Alias) -> str:
    return f"{tenant}-toward-{partner}"


def assignment_name(source: Alias, target: Alias, principal: ObjectId) -> str:
    """The name of one group's or user's assignment to the app of a link."""
    return f"{link_name(source, target)}-{principal}"


def former(name: Callable[..., str], *tenants: Tenant) -> list[pulumi.Alias]:
    """What a resource was called while its tenants had other aliases; `name` takes the aliases."""
    choices: Iterable[tuple[Alias, ...]] = itertools.product(
        *((tenant.alias, *tenant.formerly) for tenant in tenants)
    )
    now, *before = dict.fromkeys(name(*aliases) for aliases in choices)
    return [pulumi.Alias(name=one) for one in before if one != now]
