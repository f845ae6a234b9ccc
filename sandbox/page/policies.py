"""What tenants say of each other: policies and sync apps enter, links and settings leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.closures import in_force
from sandbox.contents import GraphObject
from sandbox.native.gate import closed
from sandbox.page.origins import SYNCHRONIZED, Census, Origin
from sandbox.store import Directory, Store
from sandbox.sync_jobs import SYNC_TEMPLATE, target_of

_TRUSTED = {
    "isMfaAccepted": "MFA",
    "isCompliantDeviceAccepted": "compliant devices",
    "isHybridAzureADJoinedDeviceAccepted": "hybrid devices",
}


def links(store: Store, census: Census) -> Iterator[dict[str, Any]]:
    """Every pair of tenants of which one says something about the other, source first."""
    for source in store.tenants.values():
        for target in store.tenants.values():
            if source is not target:
                yield from _link(source, target, census)


def _link(source: Directory, target: Directory, census: Census) -> Iterator[dict[str, Any]]:
    apps = list(_sync_apps(source, target))
    outbound = _consent(source, target, "outboundAllowed")
    inbound = _consent(target, source, "inboundAllowed")
    policy = in_force(target, source.tenant_id)
    people = census.of(target).counts[Origin(SYNCHRONIZED, source.alias)]
    if not (apps or policy or people or outbound is not None or inbound is not None):
        return
    problem = closed(source, target.tenant_id)
    yield {
        "source": source.alias,
        "target": target.alias,
        "synchronization": (policy.get("userSyncInbound") or {}).get("isSyncAllowed"),
        "outbound": outbound,
        "inbound": inbound,
        "closed": problem.message if problem else None,
        "people": people,
        "apps": apps,
    }


def _consent(tenant: Directory, partner: Directory, name: str) -> bool | None:
    settings = tenant.partners.get(partner.tenant_id, {}).get("automaticUserConsentSettings")
    return (settings or {}).get(name)


def _sync_apps(source: Directory, target: Directory) -> Iterator[dict[str, Any]]:
    """Instances of the synchronization template that are about a target, with their jobs."""
    kept = source.registrations
    for principal in kept.service_principals.values():
        if principal.get("applicationTemplateId") != SYNC_TEMPLATE:
            continue
        meant = target_of(kept.secrets.get(principal["id"], ()))
        if meant == target.tenant_id or (meant is None and _tagged(principal, source, target)):
            jobs = kept.jobs.get(principal["id"], {}).values()
            yield {
                "name": principal["displayName"],
                "assigned": len(kept.assignments.get(principal["id"], ())),
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


def policies(tenant: Directory, names: Mapping[str, str]) -> dict[str, Any]:
    """A tenant's own settings: its default, who may invite, whom it trusts with what."""
    return {
        "tenant": tenant.alias,
        "default": "Microsoft's" if tenant.default_policy["isServiceDefault"] else "changed",
        "invite": tenant.authorization_policy["allowInvitesFrom"],
        "partners": [
            {"name": names.get(partner_id), "id": partner_id, "trusts": _trusts(partner)}
            for partner_id, partner in tenant.partners.items()
        ],
    }


def _trusts(partner: GraphObject) -> list[str]:
    trust = partner.get("inboundTrust") or {}
    return [word for name, word in _TRUSTED.items() if trust.get(name)]
