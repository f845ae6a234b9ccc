"""Tenants as stacks leave them: a served sandbox enters, one whose link may be pushed leaves.

Tests of the reconciler begin here. That stacks leave tenants so is for their own tests to show.
"""

from __future__ import annotations

from typing import Any

import httpx

from sandbox.seeds import sandbox_id
from sandbox.sync_jobs import SYNC_TEMPLATE
from tests.served import Served

PARTNERS = "/policies/crossTenantAccessPolicy/partners"


def stand(served: Served, source: str, target: str) -> None:
    """Administrators of both tenants set the policies of a link and make its sync app."""
    say(served, target, source, {"automaticUserConsentSettings": {"inboundAllowed": True}})
    say(served, source, target, {"automaticUserConsentSettings": {"outboundAllowed": True}})
    allow_sync(served, source, target, allowed=True)
    make_sync_app(served, source, target)


def say(served: Served, tenant: str, partner: str, settings: dict[str, Any]) -> None:
    """One tenant's word about another, whether it said something before or not."""
    partner_id = sandbox_id(f"tenant:{partner}")
    known = served.graph(tenant, "GET", PARTNERS)["value"]
    if any(one["tenantId"] == partner_id for one in known):
        served.graph(tenant, "PATCH", f"{PARTNERS}/{partner_id}", settings)
    else:
        served.graph(tenant, "POST", PARTNERS, {"tenantId": partner_id, **settings})


def allow_sync(served: Served, source: str, target: str, *, allowed: bool) -> None:
    """The target's switch for users of the source."""
    path = f"{PARTNERS}/{sandbox_id(f'tenant:{source}')}/identitySynchronization"
    body = {"userSyncInbound": {"isSyncAllowed": allowed}}
    try:
        served.graph(target, "PATCH", path, body)
    except httpx.HTTPStatusError:  # there is none yet
        served.graph(target, "PUT", path, body)


def make_sync_app(served: Served, source: str, target: str, group: str = "employees") -> str:
    """The app of a link with one group in scope; the id of its service principal."""
    path = f"/applicationTemplates/{SYNC_TEMPLATE}/instantiate"
    name = f"Tenantry: {source} to {target} (do not start)"
    made = served.graph(source, "POST", path, {"displayName": name})["servicePrincipal"]
    principal = f"/servicePrincipals/{made['id']}"
    served.graph(source, "PATCH", principal, {"tags": [f"tenantry:{source}->{target}"]})
    assignment = {
        "principalId": sandbox_id(f"group:{source}:{group}"),
        "resourceId": made["id"],
        "appRoleId": made["appRoles"][0]["id"],
    }
    served.graph(source, "POST", f"{principal}/appRoleAssignedTo", assignment)
    return str(made["id"])
