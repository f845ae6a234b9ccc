"""What may be written of groups: a body and its caller enter, refusals leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.contents import GraphObject
from sandbox.group_properties import READ_ONLY, is_known, is_unified
from sandbox.permissions import denied
from sandbox.wire import Refusal, Request, refuse

_REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
_FOR_ROLES = "isAssignableToRole"


def check(body: Mapping[str, Any], version: str) -> None:
    """Refuse the first property that this version does not have or that only Entra sets."""
    for name in body:
        if not is_known(name, version):
            raise _bad(f"Invalid property '{name}'.")
        if name in READ_ONLY:
            raise _bad(f"Property '{name}' is read-only and cannot be set.")


def check_new(body: Mapping[str, Any], request: Request) -> None:
    """Refuse a group that lacks something, or of a type that calls cannot make."""
    check(body, request.version)
    for name in _REQUIRED:
        if body.get(name) is None:
            raise _bad(f"A value is required for property '{name}' of resource 'Group'.")
    if body["mailEnabled"] and not is_unified(body):
        raise _bad(
            "The service does not currently support writes of mail-enabled groups. Please ensure "
            "that the mail-enablement property is unset and the security-enablement property is "
            "set."
        )
    types = body.get("groupTypes") or ()
    # The rule is documented, the words are ours; see graph-docs resources/group.
    if body.get(_FOR_ROLES) and (not body["securityEnabled"] or "DynamicMembership" in types):
        raise _bad(
            f"A group with '{_FOR_ROLES}' must be security-enabled, and its members assigned."
        )
    require_role_rights(request, body)


def check_change(body: Mapping[str, Any], group: GraphObject, request: Request) -> None:
    """Refuse what cannot be changed of this group."""
    check(body, request.version)
    if _FOR_ROLES in body and bool(body[_FOR_ROLES]) != bool(group.get(_FOR_ROLES)):
        raise _bad(f"Property '{_FOR_ROLES}' cannot be changed after the group was created.")


def require_role_rights(request: Request, group: Mapping[str, Any]) -> None:
    """Refuse a caller that touches who holds a directory role without the right to."""
    rights = request.caller.permissions
    if group.get(_FOR_ROLES) and "RoleManagement.ReadWrite.Directory" not in rights:
        raise denied()


def _bad(message: str) -> Refusal:
    return refuse(400, "Request_BadRequest", message)
