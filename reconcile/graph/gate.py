"""The gate of a link: both tenants' policies enter, whether the link may be pushed leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcile.graph.apps import SyncApp, jobs_of, sync_apps
from reconcile.graph.calls import segment
from reconcile.graph.client import GraphClient
from reconcile.graph.policies import read
from reconcile.model.cycles import Gate
from reconcile.model.jobs import Job
from reconcile.model.tenants import TenantId

CLOSED = frozenset({"none", "adminsAndGuestInviters"})
"""Values of `allowInvitesFrom` under which no application may invite."""

_HIDDEN = "*"
"""What Graph answers in place of a secret's value."""


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
    for app in await sync_apps(source):
        if await _runs_to(source, app, target):
            return app.name
    return None


async def _runs_to(source: GraphClient, app: SyncApp, target: TenantId) -> bool:
    if not any(job.runs for job in await jobs_of(source, app)):
        return False
    # Documented for beta; v1.0 answers it too. Only the target's id is looked at, and one that
    # Graph does not show may be this target's.
    path = f"/servicePrincipals/{segment(app.id)}/synchronization/secrets"
    secrets = await source.get_object(path)
    return any(
        one.get("key") == "CompanyId" and str(one.get("value")).lower() in {target, _HIDDEN}
        for one in secrets.get("value") or ()
    )
