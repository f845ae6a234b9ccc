"""What cross-tenant access settings may say: a body enters, checked and merged settings leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sandbox.calls.user_rules import body_of, texts_in
from sandbox.contents import GraphObject
from sandbox.policy_objects import PARTNER_TEMPLATE
from sandbox.wire import Refusal, refuse

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
READ_ONLY = frozenset({"isInMultiTenantOrganization", "isServiceDefault", "tenantId"})
SWITCHES = frozenset({"isServiceProvider", "blockServiceProviderOutboundAccess"})
_BOTH_WAYS = frozenset({"inboundAllowed", "outboundAllowed"})
FLAGS: Mapping[str, frozenset[str]] = {
    "inboundTrust": frozenset(
        {"isMfaAccepted", "isCompliantDeviceAccepted", "isHybridAzureADJoinedDeviceAccepted"}
    ),
    "automaticUserConsentSettings": _BOTH_WAYS,
    "crossCloudMeetingConfiguration": _BOTH_WAYS,
    "protectedContentSharing": _BOTH_WAYS,
}
_B2B = frozenset({"usersAndGroups", "applications"})
ACCESS: Mapping[str, frozenset[str]] = {
    "b2bCollaborationInbound": _B2B,
    "b2bCollaborationOutbound": _B2B,
    "b2bDirectConnectInbound": _B2B,
    "b2bDirectConnectOutbound": _B2B,
    "tenantRestrictions": _B2B,
    "appServiceConnectInbound": frozenset({"applications"}),
    "m365CollaborationInbound": frozenset({"users"}),
    "m365CollaborationOutbound": frozenset({"usersAndGroups"}),
}
DEVICES = frozenset({"mode", "rule"})
REDEMPTION = frozenset({"primaryIdentityProviderPrecedenceOrder", "fallbackIdentityProvider"})
TARGET_TYPES = frozenset({"user", "group", "application"})


def bad(message: str) -> Refusal:
    """Make the refusal of a body that cannot be."""
    return refuse(400, "Request_BadRequest", message)


def _invalid(name: str) -> Refusal:
    return bad(f"Invalid value specified for property '{name}'.")


def absent() -> Refusal:
    """Make the refusal for a policy toward a tenant that is not there."""
    return refuse(
        404,
        "Directory_ObjectNotFound",
        "Unable to read the company information from the directory.",
    )


def same_key(message: str) -> Refusal:
    """Make the refusal of a second policy toward one tenant."""
    details = [{"code": "ConflictingObjects", "message": message}]
    return refuse(409, "Request_MultipleObjectsWithSameKeyValue", message, details=details)


def tenant_id_in(body: Mapping[str, Any], name: str = "tenantId") -> str:
    """Return the id of a tenant that a body has to name."""
    value = body.get(name)
    if not isinstance(value, str) or not _GUID.fullmatch(value):
        raise _invalid(name)
    return value.lower()


def check(body: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Refuse the first member that is unknown, read-only or of another form."""
    for name, value in body.items():
        if name not in known:
            raise bad(f"Invalid property '{name}'.")
        if name in READ_ONLY:
            raise bad(f"Property '{name}' is read-only and cannot be set.")
        if value is not None:
            _check_value(name, value)


def _check_value(name: str, value: Any) -> None:
    if name in SWITCHES:
        if not isinstance(value, bool):
            raise _invalid(name)
    elif name in FLAGS:
        _check_flags(name, value)
    elif name in ACCESS:
        _check_access(name, value)
    else:
        _check_redemption(name, value)


def _check_redemption(name: str, value: Any) -> None:
    if not isinstance(value, Mapping) or not REDEMPTION.issuperset(body_of(value)):
        raise _invalid(name)
    texts_in(value, "primaryIdentityProviderPrecedenceOrder")
    if not isinstance(value.get("fallbackIdentityProvider"), str | None):
        raise _invalid(name)


def _check_flags(name: str, value: Any) -> None:
    if not isinstance(value, Mapping) or not FLAGS[name].issuperset(body_of(value)):
        raise _invalid(name)
    if any(not (flag is None or isinstance(flag, bool)) for flag in body_of(value).values()):
        raise _invalid(name)


def _check_access(name: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        raise _invalid(name)
    parts = dict(body_of(value))
    devices = parts.pop("devices", None) if name == "tenantRestrictions" else None
    if devices is not None and not DEVICES.issuperset(body_of(devices)):
        raise _invalid(name)
    if not ACCESS[name].issuperset(parts):
        raise _invalid(name)
    for part in parts.values():
        if part is not None:
            _check_targets(name, part)


def _check_targets(name: str, part: Any) -> None:
    if not isinstance(part, Mapping):
        raise _invalid(name)
    targets = part.get("targets")
    if part.get("accessType") not in ("allowed", "blocked") or not isinstance(targets, list):
        raise _invalid(name)
    if not targets or not all(isinstance(target, Mapping) for target in targets):
        raise _invalid(name)
    for target in targets:
        kind, named = target.get("targetType"), target.get("target")
        if not isinstance(kind, str) or kind not in TARGET_TYPES:
            raise _invalid(name)
        if not isinstance(named, str) or not named:
            raise _invalid(name)


def merged(held: Mapping[str, Any], body: Mapping[str, Any]) -> GraphObject:
    """Merge as OData's PATCH does: members of a complex value that are not sent stay."""
    after: GraphObject = deepcopy(dict(held))
    for name, value in body.items():
        before = after.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            after[name] = {**before, **body_of(value)}
        elif value is None and isinstance(PARTNER_TEMPLATE.get(name), Mapping):
            after[name] = dict(PARTNER_TEMPLATE[name])
        else:
            after[name] = deepcopy(value)
    return after
