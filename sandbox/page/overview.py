"""Everything on the page but people: a sandbox enters, what a person wants to see of it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from sandbox.clock import stamp
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.sync_jobs import SYNC_TEMPLATE, target_of

if TYPE_CHECKING:
    from sandbox.world import Sandbox

_LAST = 40


def overview(sandbox: Sandbox) -> dict[str, Any]:
    """Tenants, links, the last requests, quotas, faults and the time, as they are now."""
    sandbox.settle()
    names = _names(sandbox)
    counted = sandbox.requests
    return {
        "now": stamp(sandbox.clock.now()),
        "origin": sandbox.origin,
        "throttling": sandbox.meter.on,
        "counts": {
            "requests": counted.graph,
            "in batches": counted.inner,
            "writes": counted.writes,
            "refused with 429": counted.throttled,
            "tokens": counted.tokens,
        },
        "tenants": [_tenant(tenant) for tenant in sandbox.store.tenants.values()],
        "links": list(_links(sandbox)),
        "requests": [
            {
                "tenant": names.get(one.tenant_id, one.tenant_id),
                "application": names.get(one.app_id, one.app_id),
                "call": one.route,
                "status": one.status,
                "inner": one.inner,
            }
            for one in islice(reversed(counted.last), _LAST)
        ],
        "buckets": [
            {**level, "of": [names.get(one, one) for one in level["of"]]}
            for level in sandbox.meter.levels()
        ],
        "faults": sandbox.faults.listed(),
        "struck": sandbox.faults.struck,
        "mails": [
            {"tenant": tenant, "kind": kind, "number": number}
            for (tenant, kind), number in Counter(
                (tenant, kind) for tenant, kind, _ in sandbox.mails
            ).items()
        ],
    }


def _names(sandbox: Sandbox) -> dict[str, str]:
    """What people call tenants and applications, by their ids."""
    names: dict[str, str] = {}
    for tenant in sandbox.store.tenants.values():
        names[tenant.tenant_id] = tenant.alias
        for app in tenant.registrations.applications.values():
            names[app["appId"]] = app["displayName"]
    return names


def _tenant(tenant: Directory) -> dict[str, Any]:
    return {
        "alias": tenant.alias,
        "id": tenant.tenant_id,
        "name": tenant.display_name,
        "domains": list(tenant.verified_domains),
        "users": len(tenant.users),
        "external": sum(user.get("creationType") == "Invitation" for user in tenant.users.values()),
        "deleted": len(tenant.deleted_users),
        "groups": len(tenant.groups),
    }


def _links(sandbox: Sandbox) -> Iterator[dict[str, Any]]:
    """Every pair of tenants of which one says something about the other, source first."""
    tenants = sandbox.store.tenants
    for source in tenants.values():
        for target in tenants.values():
            if source is not target:
                yield from _link(source, target)


def _link(source: Directory, target: Directory) -> Iterator[dict[str, Any]]:
    apps = list(_sync_apps(source, target))
    outbound = _consent(source, target, "outboundAllowed")
    inbound = _consent(target, source, "inboundAllowed")
    policy = target.identity_sync.get(source.tenant_id)
    if apps or policy or outbound is not None or inbound is not None:
        yield {
            "source": source.alias,
            "target": target.alias,
            "synchronization": ((policy or {}).get("userSyncInbound") or {}).get("isSyncAllowed"),
            "outbound": outbound,
            "inbound": inbound,
            "apps": apps,
        }


def _consent(tenant: Directory, partner: Directory, name: str) -> bool | None:
    settings = tenant.partners.get(partner.tenant_id, {}).get("automaticUserConsentSettings")
    return (settings or {}).get(name)


def _sync_apps(source: Directory, target: Directory) -> Iterator[dict[str, Any]]:
    """Instances of the synchronization template that are about a target, with their job."""
    kept = source.registrations
    for principal in kept.service_principals.values():
        if principal.get("applicationTemplateId") != SYNC_TEMPLATE:
            continue
        jobs = list(kept.jobs.get(principal["id"], {}).values())
        meant = target_of(kept.secrets.get(principal["id"], ()))
        if meant == target.tenant_id or (meant is None and _tagged(principal, source, target)):
            yield {
                "name": principal["displayName"],
                "jobs": [
                    {"state": job["schedule"]["state"], "status": job["status"]["code"]}
                    for job in jobs
                ],
            }


def _tagged(principal: GraphObject, source: Directory, target: Directory) -> bool:
    """Whether tags or the name say which way an app without settings goes."""
    said = " ".join([*principal.get("tags", ()), principal["displayName"]]).lower()
    ends = (source.alias.lower(), target.alias.lower())
    return any(f"{ends[0]}{arrow}{ends[1]}" in said for arrow in ("->", " to "))
