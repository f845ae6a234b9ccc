"""Targets that a fault closed: a tenant's own policy enters, what everybody sees of it leaves.

Policies stay what their administrators made them. So nothing has to be put back when the fault is
cleared, and no snapshot has what the tenants did not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from sandbox.store import Directory

# Pairs of a target and the source that it shuts out, or None for every source.
Closures: TypeAlias = frozenset[tuple[str, str | None]]


def shuts_out(target: Directory, source_id: str) -> bool:
    """Say whether a fault keeps the source from synchronizing into the target."""
    closures = target.store.closures
    return bool(closures) and bool(
        closures & {(target.tenant_id, source_id), (target.tenant_id, None)}
    )


def in_force(target: Directory, source_id: str) -> Mapping[str, Any]:
    """Return the target's policy for a source as it works, empty where there is none."""
    policy = target.identity_sync.get(source_id, {})
    inbound = policy.get("userSyncInbound") or {}
    if not inbound.get("isSyncAllowed") or not shuts_out(target, source_id):
        return policy
    return {**policy, "userSyncInbound": {**inbound, "isSyncAllowed": False}}
