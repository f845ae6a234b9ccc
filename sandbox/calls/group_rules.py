"""What may be written of groups: a body and its caller enter, refusals leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.calls.mastery import refuse_mastered_group
from sandbox.calls.user_rules import checked_value, conflict
from sandbox.calls.values import invalid
from sandbox.contents import GraphObject
from sandbox.group_properties import (
    DYNAMIC,
    UNIFIED,
    WRITABLE,
    is_dynamic,
    is_known,
    is_unified,
)
from sandbox.permissions import denied
from sandbox.store import Directory
from sandbox.wire import Refusal, Request, refuse

REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
_TYPES = frozenset({DYNAMIC, UNIFIED})
_FOR_ROLES = "isAssignableToRole"
# ASCII without what a mail address gives a meaning to; see graph-docs group-post-groups.
_NICKNAME = re.compile(r"[^@()\\\[\]\";:.<>, \x80-\U0010ffff]+")
CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "membershipRuleProcessingState": (None, "On", "Paused"),
    "visibility": (None, "HiddenMembership", "Private", "Public"),
}


def _check(body: Mapping[str, Any], version: str) -> None:
    """Refuse the first property that this version does not have or that has no such value."""
    for name, value in body.items():
        if not is_known(name, version):
            raise _bad(f"Invalid property '{name}'.")
        if name not in WRITABLE:
            raise _bad(f"Property '{name}' is read-only and cannot be set.")
        checked_value(name, WRITABLE[name], value, "Group")
        if name in CHOICES and value not in CHOICES[name]:
            raise invalid(name, "Group")
    nickname = body.get("mailNickname")
    if nickname is not None and not _NICKNAME.fullmatch(nickname):
        raise invalid("mailNickname", "Group")


def check_unique(tenant: Directory, group: Mapping[str, Any], group_id: str) -> None:
    """Refuse a mail nickname that another Microsoft 365 group has."""
    for other in tenant.groups.values() if is_unified(group) else ():
        same = str(other.get("mailNickname")).lower() == str(group.get("mailNickname")).lower()
        if same and is_unified(other) and other["id"] != group_id:
            raise conflict("mailNickname")


def check_new(tenant: Directory, body: Mapping[str, Any], request: Request) -> None:
    """Refuse a group that lacks something, or of a type that calls cannot make."""
    for name in REQUIRED:
        if body.get(name) is None:
            raise _bad(f"A value is required for property '{name}' of resource 'Group'.")
    _check(body, request.version)
    if body["mailEnabled"] and not is_unified(body):
        raise _bad(
            "The service does not currently support writes of mail-enabled groups. Please ensure "
            "that the mail-enablement property is unset and the security-enablement property is "
            "set."
        )
    types = body.get("groupTypes") or ()
    _check_membership(body)
    if not body["mailEnabled"] and (not body["securityEnabled"] or is_unified(body)):
        # Which groups there are is documented in graph-docs resources/group, the words are ours.
        raise _bad("A group must be mail-enabled, as Microsoft 365 groups are, or for security.")
    # The rule is documented, the words are ours; see graph-docs resources/group.
    if body.get(_FOR_ROLES) and (not body["securityEnabled"] or DYNAMIC in types):
        raise _bad(
            f"A group with '{_FOR_ROLES}' must be security-enabled, and its members assigned."
        )
    require_role_rights(request, body)
    check_unique(tenant, body, "")


def check_change(
    tenant: Directory, body: Mapping[str, Any], group: GraphObject, request: Request
) -> None:
    """Refuse what cannot be changed of this group."""
    require_role_rights(request, group)
    refuse_mastered_group(group, body)
    _check(body, request.version)
    _check_kind(group, body)
    _check_membership({**group, **body})
    check_unique(tenant, {**group, **body}, group["id"])
    if _FOR_ROLES in body and bool(body[_FOR_ROLES]) != bool(group.get(_FOR_ROLES)):
        raise _bad(f"Property '{_FOR_ROLES}' cannot be changed after the group was created.")


def _check_kind(group: GraphObject, body: Mapping[str, Any]) -> None:
    """Refuse to turn a security group into a Microsoft 365 group or back.

    That `groupTypes` of a group changes between assigned and dynamic only is documented, the answer
    to anything else is not.
    """
    if is_unified({**group, **body}) != is_unified(group):
        raise invalid("groupTypes", "Group")
    if body.get("mailEnabled", group.get("mailEnabled")) != group.get("mailEnabled"):
        raise _bad("Property 'mailEnabled' cannot be changed after the group was created.")


def _check_membership(group: Mapping[str, Any]) -> None:
    """Refuse a type that groups do not have, and a dynamic group without its rule."""
    types = group.get("groupTypes") or ()
    if not _TYPES.issuperset(types):
        raise invalid("groupTypes", "Group")
    if is_dynamic(group) and not group.get("membershipRule"):
        raise _bad("A value is required for property 'membershipRule' of resource 'Group'.")


def require_role_rights(request: Request, group: Mapping[str, Any]) -> None:
    """Refuse a caller that touches who holds a directory role without the right to."""
    rights = request.caller.permissions
    if group.get(_FOR_ROLES) and "RoleManagement.ReadWrite.Directory" not in rights:
        raise denied()


def _bad(message: str) -> Refusal:
    return refuse(400, "Request_BadRequest", message)
