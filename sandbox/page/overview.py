"""Everything on the page but people: a sandbox enters, what a person wants to see of it leaves."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sandbox.clock import stamp
from sandbox.page.origins import HERE, INVITED, SYNCHRONIZED, Census, Origins
from sandbox.page.policies import links, policies

if TYPE_CHECKING:
    from sandbox.world import Sandbox


def overview(sandbox: Sandbox, census: Census) -> dict[str, Any]:
    """Tenants, links, the last requests, quotas, faults and the time, as they are now."""
    sandbox.settle()
    names, tenants = _names(sandbox), sandbox.store.tenants.values()
    return {
        "now": stamp(sandbox.clock.now()),
        "origin": sandbox.origin,
        "settings": {
            "throttling": sandbox.meter.on,
            "replication_delay": max(sandbox.listings_delay, sandbox.points_delay),
        },
        "counts": _counts(sandbox),
        "tenants": [_tenant(census.of(tenant)) for tenant in tenants],
        "links": list(links(sandbox.store, census)),
        "policies": [policies(tenant, names) for tenant in tenants],
        "requests": sandbox.requests.recent.shown(
            names, invitations_draw_writes=sandbox.meter.invitations_draw_writes
        ),
        "buckets": [
            {**level, "of": [names.get(one, one) for one in level["of"]]}
            for level in sandbox.meter.levels()
        ],
        "faults": [_fault(told, names) for told in sandbox.faults.listed()],
        "struck": sandbox.faults.struck,
        "mails": _mails(sandbox),
    }


def _names(sandbox: Sandbox) -> dict[str, str]:
    """What people call tenants and applications, by their ids."""
    names: dict[str, str] = {}
    for tenant in sandbox.store.tenants.values():
        names[tenant.tenant_id] = tenant.alias
        for app in tenant.registrations.applications.values():
            names[app["appId"]] = app["displayName"]
    return names


def _counts(sandbox: Sandbox) -> dict[str, int]:
    counted = sandbox.requests
    return {
        "requests": counted.graph,
        "in batches": counted.inner,
        "writes": counted.writes,
        "refused with 429": counted.throttled,
        "tokens": counted.tokens,
    }


def _tenant(origins: Origins) -> dict[str, Any]:
    tenant = origins.tenant
    return {
        "alias": tenant.alias,
        "id": tenant.tenant_id,
        "name": tenant.display_name,
        "domains": list(tenant.verified_domains),
        "users": len(tenant.users),
        **{kind: origins.count(kind) for kind in (HERE, INVITED, SYNCHRONIZED)},
        "deleted": len(tenant.deleted_users),
        "groups": len(tenant.groups),
        "version": f"{tenant.log.epoch}:{tenant.log.end}",
    }


def _fault(told: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Call the tenants of a fault by their names."""
    return {
        name: names.get(value, value) if isinstance(value, str) else value
        for name, value in told.items()
    }


def _mails(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [
        {"tenant": tenant.alias, "kind": kind, "number": number}
        for tenant in sandbox.store.tenants.values()
        for kind, number in Counter(kind for kind, _ in tenant.mails).items()
    ]
