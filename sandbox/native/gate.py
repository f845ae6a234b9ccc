"""Whether one tenant may push to another: two tenants' policies enter, what is closed leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.closures import in_force
from sandbox.native.memory import Problem
from sandbox.store import Directory

_CLOSED = "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure"


def closed(source: Directory, target_id: str) -> Problem | None:
    """Return what keeps the source from pushing to the target, if something does."""
    target = source.store.tenants.get(target_id)
    if target is None:
        return Problem("ExternalTenantNotFound", f"There is no tenant '{target_id}'.")
    inbound = in_force(target, source.tenant_id).get("userSyncInbound") or {}
    outbound = source.partners.get(target_id, {}).get("automaticUserConsentSettings") or {}
    if inbound.get("isSyncAllowed") is not True:
        return Problem(
            _CLOSED, "The target tenant does not allow inbound synchronization from this tenant."
        )
    if outbound.get("outboundAllowed") is not True:
        return Problem(
            _CLOSED, "This tenant does not consent automatically for its users in the target."
        )
    return None


def value_of(secrets: Iterable[Mapping[str, Any]], key: str) -> str | None:
    """Return one of a job's secrets."""
    return next((str(one["value"]) for one in secrets if one["key"] == key), None)
