"""The authorization policy, alone on v1.0 and in a collection on beta: settings enter and leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.objects import listed
from sandbox.calls.partner_settings import bad
from sandbox.calls.user_rules import body_of
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

_TAIL = "policies/authorizationPolicy"
INVITERS = frozenset(
    {"none", "adminsAndGuestInviters", "adminsGuestInvitersAndAllMembers", "everyone"}
)
_ASSIGNED = "permissionGrantPoliciesAssigned"
# On beta the assigned policies stand outside of the user's permissions, under another name.
_ASSIGNED_ON_BETA = "permissionGrantPolicyIdsAssignedToDefaultUserRole"
_PREVIEWS = "enabledPreviewFeatures"
# What a user may do besides what a new tenant shows.
_UNSHOWN = frozenset({"allowedToCreateTenants", "allowedToReadBitlockerKeysForOwnedDevice"})
# A user's, a guest's by default, and a restricted guest's; see graph-docs authorizationpolicy.
_GUEST_ROLES = frozenset(
    {
        "a0b1b346-4d3e-4e8b-98f8-753987be4970",
        "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "2af84b1e-32c8-42b7-82bc-daa82404023b",
    }
)


def get_policy(tenant: Directory, request: Request) -> Answer:
    """GET /policies/authorizationPolicy, which is a collection on beta."""
    if request.version == "beta":
        return listed(request, _TAIL, [_on_beta(tenant.authorization_policy)])
    held = tenant.authorization_policy
    shown = {name: value for name, value in held.items() if name != _PREVIEWS}
    return odata.entity(request, shown, tail=_TAIL)


def get_policy_on_beta(tenant: Directory, request: Request) -> Answer:
    """GET /policies/authorizationPolicy/authorizationPolicy."""
    return odata.entity(request, _on_beta(tenant.authorization_policy), tail=_TAIL)


def _on_beta(policy: Mapping[str, Any]) -> GraphObject:
    permissions = dict(policy["defaultUserRolePermissions"])
    return {
        **policy,
        _ASSIGNED_ON_BETA: permissions.pop(_ASSIGNED),
        "defaultUserRolePermissions": permissions,
        _PREVIEWS: policy.get(_PREVIEWS, []),
    }


def patch_policy(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/authorizationPolicy."""
    if request.version == "beta":
        raise refuse(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        )
    held = tenant.authorization_policy
    body = body_of(request.body)
    _check(body, {name: value for name, value in held.items() if name != _PREVIEWS})
    tenant.authorization_policy = _merged(held, body)
    return Answer(status=204)


def patch_policy_on_beta(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/authorizationPolicy/authorizationPolicy."""
    held = tenant.authorization_policy
    body = dict(body_of(request.body))
    _check(body, _on_beta(held))
    if _ASSIGNED_ON_BETA in body:
        assigned = {_ASSIGNED: body.pop(_ASSIGNED_ON_BETA)}
        permissions = body.get("defaultUserRolePermissions") or {}
        body["defaultUserRolePermissions"] = {**permissions, **assigned}
    tenant.authorization_policy = _merged(held, body)
    return Answer(status=204)


def _check_meaning(body: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Refuse what is of the right type, or of none that a new tenant shows, and yet cannot be."""
    risky, role = "allowUserConsentForRiskyApps", "guestUserRoleId"
    if not isinstance(body.get(risky), bool | None):
        raise bad(f"Invalid value specified for property '{risky}'.")
    if str(body.get(role, known[role])).lower() not in _GUEST_ROLES:
        raise bad(f"Invalid value specified for property '{role}'.")
    permissions = body.get("defaultUserRolePermissions") or {}
    for name in sorted(set(permissions) - _UNSHOWN - set(known["defaultUserRolePermissions"])):
        raise bad(f"Invalid property '{name}'.")


def _check(body: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    _check_forms(body, known)
    _check_meaning(body, known)


def _check_forms(body: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for name, value in body.items():
        if name not in known or name == "id":
            raise bad(f"Invalid property '{name}'.")
        expected = type(known[name])
        # What is null in a new tenant says nothing about the form.
        if known[name] is not None and value is not None and not isinstance(value, expected):
            raise bad(f"Invalid value specified for property '{name}'.")
    if body.get("allowInvitesFrom", "everyone") not in INVITERS:
        raise bad("Invalid value specified for property 'allowInvitesFrom'.")

    _check_permissions(body.get("defaultUserRolePermissions") or {})


def _check_permissions(given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if not isinstance(value, list if name == _ASSIGNED else bool | None):
            raise bad(f"Invalid value specified for property '{name}'.")


def _merged(held: Mapping[str, Any], body: Mapping[str, Any]) -> GraphObject:
    """Merge as OData's PATCH does: permissions that are not sent stay."""
    after = {**held, **body}
    permissions = body.get("defaultUserRolePermissions") or {}
    after["defaultUserRolePermissions"] = {**held["defaultUserRolePermissions"], **permissions}
    return after
