"""Templates for an organization's tenants: a tenant that joined enters, settings toward it leave.

When two tenants come to share a multitenant organization, each gets settings toward the other where
it has none. Then its templates amend them: what a template leaves null stays as it is, and
`templateApplicationLevel` says whether new settings, existing ones, both or none are amended.
Templates do nothing when a tenant leaves.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from sandbox.policy_objects import GraphObject, partner_of, sync_of

LEVELS = ("newPartners", "existingPartners")
_KEPT = frozenset({"id", "templateApplicationLevel"})


def _identified(tenant_id: str, name: str) -> GraphObject:
    return {
        "id": str(uuid.uuid5(uuid.UUID(tenant_id), f"template:{name}")),
        "templateApplicationLevel": ",".join(LEVELS),
    }


def for_partners(tenant_id: str) -> GraphObject:
    """Return the template of partner configurations as a new tenant has it."""
    return {
        **_identified(tenant_id, "partner configuration"),
        "inboundTrust": None,
        "b2bCollaborationOutbound": None,
        "b2bCollaborationInbound": None,
        "b2bDirectConnectOutbound": None,
        "b2bDirectConnectInbound": None,
        "automaticUserConsentSettings": {"inboundAllowed": None, "outboundAllowed": None},
    }


def for_syncs(tenant_id: str) -> GraphObject:
    """Return the template of identity synchronization as a new tenant has it."""
    return {
        **_identified(tenant_id, "identity synchronization"),
        "userSyncInbound": {"isSyncAllowed": None},
    }


@dataclass(slots=True)
class Templates:
    """The two templates of one tenant."""

    partners: GraphObject
    syncs: GraphObject

    @classmethod
    def of(cls, tenant_id: str) -> Templates:
        """Return the templates of a new tenant."""
        return cls(for_partners(tenant_id), for_syncs(tenant_id))

    def partner(self, tenant_id: str, held: GraphObject | None) -> GraphObject:
        """Return the partner configuration toward a tenant that joined."""
        began = held or partner_of({"tenantId": tenant_id})
        return _amended(began, self.partners, new=held is None)

    def sync(self, tenant_id: str, name: str, held: GraphObject | None) -> GraphObject:
        """Return the identity synchronization policy for a tenant that joined."""
        began = held or sync_of({"tenantId": tenant_id, "displayName": name})
        return _amended(began, self.syncs, new=held is None)


def _amended(held: GraphObject, template: Mapping[str, Any], *, new: bool) -> GraphObject:
    level = "newPartners" if new else "existingPartners"
    if level not in levels_of(template["templateApplicationLevel"]):
        return held
    after = dict(held)
    for name, value in template.items():
        if name in _KEPT:
            continue
        parts = {part: one for part, one in (value or {}).items() if one is not None}
        if parts:
            after[name] = {**(after.get(name) or {}), **deepcopy(parts)}
    return after


def levels_of(text: str) -> frozenset[str]:
    """Read the flags of `templateApplicationLevel`; `none` and an empty text are none."""
    return frozenset(part.strip() for part in text.split(",")) - {"", "none"}
