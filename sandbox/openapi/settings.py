"""Cross-tenant access settings as bodies: the sandbox's rules for them enter, schemas leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.calls import partner_settings as rules
from sandbox.openapi.forms import ANY, FLAG, TEXT, Schema, closed, list_of, nullable, one_of
from sandbox.policy_objects import PARTNER_TEMPLATE as _PARTNER
from sandbox.policy_objects import SYNC_TEMPLATE as _SYNC
from sandbox.policy_objects import service_default, versioned
from sandbox.policy_templates import LEVELS, for_partners

_TARGETS = closed(
    {
        "accessType": one_of({"allowed", "blocked"}),
        "targets": list_of(
            closed(
                {
                    "target": {**TEXT, "minLength": 1},
                    "targetType": one_of(rules.TARGET_TYPES),
                },
                ("target", "targetType"),
            ),
            minItems=1,
        ),
    },
    ("accessType", "targets"),
)
_INBOUND = closed({"isSyncAllowed": FLAG}, ("isSyncAllowed",))
_LEVEL = one_of({*LEVELS, "none", ",".join(LEVELS)})


def _setting(name: str) -> Schema:
    if name in rules.SWITCHES:
        return nullable(FLAG)
    if name in rules.FLAGS:
        return nullable(closed(dict.fromkeys(rules.FLAGS[name], nullable(FLAG))))
    if name in rules.ACCESS:
        parts = dict.fromkeys(rules.ACCESS[name], nullable(_TARGETS))
        devices = {"devices": ANY} if name == "tenantRestrictions" else {}
        return nullable(closed({**parts, **devices}))
    redemption = dict.fromkeys(rules.REDEMPTION, nullable(TEXT))
    return nullable(closed({**redemption, "primaryIdentityProviderPrecedenceOrder": list_of(TEXT)}))


def _settings(known: Mapping[str, Any], *left_out: str) -> Schema:
    names = set(known) - rules.READ_ONLY - set(left_out)
    return closed({name: _setting(name) for name in sorted(names)})


def partner(version: str) -> Schema:
    """Return the schema of settings toward one other tenant."""
    return _settings(versioned(version, _PARTNER))


def default(version: str) -> Schema:
    """Return the schema of settings toward all other tenants."""
    return _settings(versioned(version, service_default()), "automaticUserConsentSettings")


def partner_template(_: str) -> Schema:
    """Return the schema of the settings that an organization's tenants begin with."""
    settings = _settings(for_partners(_NOBODY), "id", "templateApplicationLevel")
    return closed({**settings["properties"], "templateApplicationLevel": _LEVEL})


def sync(version: str) -> Schema:
    """Return the schema of the permission to push people and groups."""
    known = versioned(version, _SYNC)
    properties = {
        name: nullable(_INBOUND if name.endswith("SyncInbound") else TEXT) for name in known
    }
    return closed(properties)


def sync_template(_: str) -> Schema:
    """Return the schema of that permission among an organization's tenants."""
    return closed({"userSyncInbound": nullable(_INBOUND), "templateApplicationLevel": _LEVEL})


_NOBODY = "00000000-0000-0000-0000-000000000000"
