"""The gate of a link: both tenants' policies enter, whether the link may be pushed leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from reconcile.graph.calls import Page, literal, query, segment
from reconcile.graph.client import GraphClient
from reconcile.graph.policies import read
from reconcile.model.cycles import Gate
from reconcile.model.jobs import Job
from reconcile.model.tenants import TenantId

SYNC_TEMPLATE = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
"""Entra's application template for cross-tenant synchronization."""

CLOSED = frozenset({"none", "adminsAndGuestInviters"})
"""Values of `allowInvitesFrom` under which no application may invite."""

_STANDING_STILL = frozenset({"Paused", "NotConfigured"})


async def gate(source: GraphClient, target: GraphClient, job: Job) -> Gate:
    """Read both tenants' policies toward each other, and look for Entra's own job.

    Raises:
        DirectoryError: a tenant does not say; a link whose gate is unknown stays closed.
    """
    inbound = await read(target, job.source)
    outbound = await read(source, job.target)
    policy = await target.get_object("/policies/authorizationPolicy")
    return Gate(
        sync_allowed=_flag(inbound.sync, "userSyncInbound", "isSyncAllowed"),
        inbound_consent=_flag(inbound.partner, "automaticUserConsentSettings", "inboundAllowed"),
        outbound_consent=_flag(outbound.partner, "automaticUserConsentSettings", "outboundAllowed"),
        invitations_allowed=policy.get("allowInvitesFrom") not in CLOSED,
        native_job=await native_job(source, job.target),
    )


def _flag(settings: Mapping[str, Any] | None, member: str, name: str) -> bool:
    """A switch that must be on; null inherits a default that is always off."""
    found = (settings or {}).get(member) or {}
    return found.get(name) is True


async def native_job(source: GraphClient, target: TenantId) -> str | None:
    """The name of an application whose own job pushes to the target, if one runs."""
    path = query(
        "/servicePrincipals",
        filter=f"applicationTemplateId eq {literal(SYNC_TEMPLATE)}",
        select="id,displayName",
    )
    async for page in source.pages(path, Page):
        for raw in page.values:
            principal = msgspec.json.decode(raw)
            if await _runs_to(source, principal["id"], target):
                return str(principal.get("displayName") or principal["id"])
    return None


async def _runs_to(source: GraphClient, principal: str, target: TenantId) -> bool:
    root = f"/servicePrincipals/{segment(principal)}/synchronization"
    running = False
    async for page in source.pages(f"{root}/jobs", Page):
        running = running or any(_runs(msgspec.json.decode(raw)) for raw in page.values)
    if not running:
        return False
    # Documented for beta; v1.0 answers it too. Only the target's id is looked at.
    secrets = await source.get_object(f"{root}/secrets")
    return any(
        one.get("key") == "CompanyId" and str(one.get("value")).lower() == target
        for one in secrets.get("value") or ()
    )


def _runs(job: Mapping[str, Any]) -> bool:
    schedule = (job.get("schedule") or {}).get("state")
    status = (job.get("status") or {}).get("code")
    return schedule != "Disabled" and status not in _STANDING_STILL
