"""Writing users: POST, PATCH and DELETE enter, changed users and Graph's answers leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.extension_values import check_quota, without_unset
from sandbox.calls.mastery import refuse_mastered_user
from sandbox.calls.role_rights import refuse_on_role_holder
from sandbox.calls.user_rules import body_of, check_unique, checked, merged
from sandbox.calls.users import find_user, project_user, user_shape
from sandbox.permissions import denied
from sandbox.properties import SENSITIVE
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

REQUIRED = (
    "accountEnabled",
    "displayName",
    "mailNickname",
    "passwordProfile",
    "userPrincipalName",
)

# Permissions that allow some properties only; see graph-docs api user-update. Identities are
# read-only here, and who may write them is told so.
_NARROW: Mapping[str, frozenset[str]] = {
    "User.EnableDisableAccount.All": frozenset({"accountEnabled"}),
    "User-Mail.ReadWrite.All": frozenset({"otherMails"}),
    "User-PasswordProfile.ReadWrite.All": frozenset({"passwordProfile"}),
    "User-Phone.ReadWrite.All": frozenset({"businessPhones", "mobilePhone"}),
    "User.ManageIdentities.All": frozenset({"identities"}),
}
_WIDE = frozenset({"User.ReadWrite.All", "Directory.ReadWrite.All"})


def create_user(tenant: Directory, request: Request) -> Answer:
    """POST /users, which makes internal accounts only."""
    body = body_of(request.body)
    for name in REQUIRED:
        if body.get(name) is None:
            raise _required(name)
    changes = without_unset(checked(tenant, body))
    check_quota({}, changes)
    if changes.get("mail"):
        changes["proxyAddresses"] = [f"SMTP:{changes['mail']}"]
    check_unique(tenant, "", changes)
    identity = {
        "signInType": "userPrincipalName",
        "issuer": tenant.initial_domain,
        "issuerAssignedId": changes["userPrincipalName"],
    }
    made = tenant.users[tenant.add_user({**changes, "identities": [identity]})]
    shape = user_shape(tenant)
    item = project_user(tenant, tenant, odata.options_of(request, shape))(made)
    return odata.entity(request, item, tail="users", status=201)


def _required(name: str) -> Refusal:
    return refuse(
        400,
        "Request_BadRequest",
        f"A value is required for property '{name}' of resource 'User'.",
        details=[{"code": "MissingValue", "target": name, "message": "A value is required."}],
    )


def patch_user(tenant: Directory, request: Request) -> Answer:
    """PATCH /users/{id}."""
    user = find_user(tenant, request)
    body = body_of(request.body)
    _check_permissions(request, body)
    if not SENSITIVE.isdisjoint(body):
        refuse_on_role_holder(tenant, request, user)
    refuse_mastered_user(user, body)
    changes = merged(user, checked(tenant, body))
    check_unique(tenant, user["id"], changes)
    if changes:
        tenant.patch_user(user["id"], changes)
    return Answer(status=204)


def _check_permissions(request: Request, body: Mapping[str, Any]) -> None:
    held = request.caller.permissions
    if held & _WIDE:
        return
    allowed: set[str] = set()
    for permission, names in _NARROW.items():
        if permission in held:
            allowed |= names
    if not allowed.issuperset(body):
        raise denied()


def delete_user(tenant: Directory, request: Request) -> Answer:
    """DELETE /users/{id}, which keeps the user for 30 days."""
    user = find_user(tenant, request)
    refuse_on_role_holder(tenant, request, user)
    tenant.delete_user(user["id"])
    return Answer(status=204)


def revoke_sessions(tenant: Directory, request: Request) -> Answer:
    """POST /users/{id}/revokeSignInSessions."""
    find_user(tenant, request)
    return Answer(
        status=200, body={"@odata.context": odata.context(request, "Edm.Boolean"), "value": True}
    )
