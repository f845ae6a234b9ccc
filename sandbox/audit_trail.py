"""What callers change, written into the audit log: a call and a request enter, its answer leaves.

Only what concerns people, groups and cross-tenant policies is written down; Entra audits more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sandbox.contents import GraphObject
from sandbox.logs import Actor, Audit, changes
from sandbox.store import Directory
from sandbox.wire import Answer, Request

_PARTNERS = "/policies/crossTenantAccessPolicy/partners"
_SYNC = f"{_PARTNERS}/{{}}/identitySynchronization"
_DELETED = "/directory/deletedItems/{}"
_ANY_OBJECT = "DELETE /directoryObjects/{}"


class Activity(NamedTuple):
    """How the audit log calls a kind of change, and what kind of object it is about."""

    name: str
    category: str = "UserManagement"
    about: str = "User"
    service: str = "Core Directory"


def _group(name: str) -> Activity:
    return Activity(name, "GroupManagement", "Group")


def _partner(name: str) -> Activity:
    return Activity(name, "CrossTenantAccessSettings", "Policy")


def _sync(name: str) -> Activity:
    return Activity(name, "CrossTenantIdentitySyncSettings", "Policy")


# The names are those of the audit activity reference.
ACTIVITIES: Mapping[str, Activity] = {
    "POST /users": Activity("Add user"),
    "PATCH /users/{}": Activity("Update user"),
    "DELETE /users/{}": Activity("Delete user"),
    "PUT /users/{}/manager/$ref": Activity("Set user manager"),
    "POST /invitations": Activity("Invite external user", service="Invited Users"),
    f"POST {_DELETED}/restore": Activity("Restore user"),
    f"DELETE {_DELETED}": Activity("Hard Delete user"),
    "POST /groups": _group("Add group"),
    "PATCH /groups/{}": _group("Update group"),
    "DELETE /groups/{}": _group("Delete group"),
    "POST /groups/{}/members/$ref": _group("Add member to group"),
    "DELETE /groups/{}/members/{}/$ref": _group("Remove member from group"),
    f"POST {_PARTNERS}": _partner("Add a partner to cross-tenant access setting"),
    f"PATCH {_PARTNERS}/{{}}": _partner("Update a partner cross-tenant access setting"),
    f"DELETE {_PARTNERS}/{{}}": _partner("Delete partner specific cross-tenant access setting"),
    f"PUT {_SYNC}": _sync("Create a partner cross-tenant identity sync setting"),
    f"PATCH {_SYNC}": _sync("Update a partner cross-tenant identity sync setting"),
    f"DELETE {_SYNC}": _sync("Delete a partner cross-tenant identity sync setting"),
}
# The same calls, where they are about a group.
_ON_GROUPS: Mapping[str, Activity] = {
    f"POST {_DELETED}/restore": _group("Restore Group"),
    f"DELETE {_DELETED}": _group("Hard Delete group"),
}

_REGISTERED = ("/applications", "/applicationTemplates", "/servicePrincipals", "/directoryObjects")


def audited(
    name: str,
    tenant: Directory,
    request: Request,
    call: Callable[[Directory, Request], Answer],
) -> Answer:
    """Answer a request by a call, and note what it changed: for delta queries and the audit log."""
    answer = _audited(name, tenant, request, call)
    if request.method != "GET" and request.path.startswith(_REGISTERED):
        tenant.observe()
    return answer


def _audited(
    name: str,
    tenant: Directory,
    request: Request,
    call: Callable[[Directory, Request], Answer],
) -> Answer:
    activity = _activity(name, tenant, request)
    if activity is None:
        return call(tenant, request)
    before = _named(tenant, activity, request)
    answer = call(tenant, request)
    object_id, shown = _affected(answer, request, before)
    app_id = request.caller.app_id
    caller = tenant.registrations.principal_of(app_id) or {}
    tenant.audits.add(
        Audit(
            at=tenant.clock.now(),
            category=activity.category,
            activity=activity.name,
            service=activity.service,
            actor=Actor(app_id, caller.get("displayName", ""), caller.get("id")),
            target_type=activity.about,
            target_id=object_id,
            target_name=shown.get("displayName"),
            principal_name=shown.get("userPrincipalName"),
            modified=changes(before, request.body),
        )
    )
    return answer


def _activity(name: str, tenant: Directory, request: Request) -> Activity | None:
    """Return how the audit log calls what a request does, if it writes it down."""
    key = request.keys[0].lower() if request.keys else ""
    if name in _ON_GROUPS and key in tenant.deleted_groups:
        return _ON_GROUPS[name]
    if name == _ANY_OBJECT:
        kinds = (("users", tenant.users), ("groups", tenant.groups))
        name = next((f"DELETE /{kind}/{{}}" for kind, shelf in kinds if key in shelf), name)
    return ACTIVITIES.get(name)


def _named(tenant: Directory, activity: Activity, request: Request) -> GraphObject:
    """Return the object that a request names, as it is before the call."""
    key = request.keys[0] if request.keys else ""
    match activity.about:
        case "User":
            return tenant.user_by_name(key) or tenant.deleted_users.get(key) or {}
        case "Group":
            return tenant.groups.get(key) or tenant.deleted_groups.get(key) or {}
        case _:
            shelf = tenant.identity_sync if "Sync" in activity.category else tenant.partners
            return shelf.get(key.lower()) or {}


def _affected(answer: Answer, request: Request, before: GraphObject) -> tuple[str, GraphObject]:
    """Return the id and the names of what a call changed."""
    if before:
        key = request.keys[0] if request.keys else ""
        return before.get("id", key), before
    body = answer.body if isinstance(answer.body, dict) else {}
    made = body.get("invitedUser") or body
    keys = request.keys or ("",)
    return made.get("id") or made.get("tenantId") or keys[0], made
