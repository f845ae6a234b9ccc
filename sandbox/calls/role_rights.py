"""Directory roles and what they allow: somebody and a caller enter, a refusal or nothing leaves.

Who may do what to whom is the table "Who can perform sensitive actions" of entra-docs
privileged-roles-permissions; graph-docs user-update says that it holds for applications, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.contents import GraphObject
from sandbox.permissions import denied
from sandbox.store import Directory
from sandbox.wire import Request

NAMES: Mapping[str, str] = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "c4e39bd9-1100-46d3-8c65-fb160da0071f": "Authentication Administrator",
    "95e79109-95c0-4d8e-aee3-d01accf2d47b": "Guest Inviter",
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b": "Directory Readers",
    "fdd7a751-b60b-444a-984c-02652fe8fa1c": "Groups Administrator",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
    "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b": "Message Center Reader",
    "966707d0-3269-4727-9be2-8c3a10f19b9d": "Password Administrator",
    "4a5d8f65-41da-4de4-8968-e035b65339cf": "Reports Reader",
    "75934031-6c7e-415a-99d7-48dbd49e875e": "Usage Summary Reports Reader",
}
_OVER_ALL = frozenset({"Global Administrator", "Privileged Authentication Administrator"})
_HARMLESS = frozenset(
    {
        "Directory Readers",
        "Guest Inviter",
        "Message Center Reader",
        "Password Administrator",
        "Reports Reader",
        "Usage Summary Reports Reader",
    }
)
_OVER: Mapping[str, frozenset[str]] = {
    "Authentication Administrator": _HARMLESS | {"Authentication Administrator"},
    "User Administrator": _HARMLESS
    | {"Groups Administrator", "Helpdesk Administrator", "User Administrator"},
}


def roles_of(tenant: Directory, object_id: str) -> frozenset[str]:
    """Return the names of the roles that an object holds, itself or through a group."""
    return frozenset(
        NAMES.get(template_id, template_id)
        for template_id, holders in tenant.roles.items()
        if object_id in holders
        or any(one in tenant.groups and object_id in tenant.members.get(one, ()) for one in holders)
    )


def refuse_on_role_holder(tenant: Directory, request: Request, user: GraphObject) -> None:
    """Refuse a sensitive action on a role holder, unless the caller's own roles allow it."""
    held, guarded = roles_of(tenant, user["id"]), _joins_role_group(tenant, user["id"])
    if not held and not guarded:
        return
    caller = tenant.registrations.principal_of(request.caller.app_id)
    acting = roles_of(tenant, caller["id"]) if caller else frozenset()
    if acting & _OVER_ALL:
        return
    if guarded or not any(held <= _OVER.get(role, frozenset()) for role in acting):
        raise denied()


def refuse_reset(tenant: Directory, user: GraphObject) -> None:
    """Refuse an application that resets the redemption of who holds any role.

    The rule is documented in entra-docs reset-redemption-status, the answer is not.
    """
    if roles_of(tenant, user["id"]):
        raise denied()


def _joins_role_group(tenant: Directory, object_id: str) -> bool:
    """Say whether somebody is a member or an owner of a group that may be given roles."""
    owners = tenant.registrations.owners
    return any(
        object_id in tenant.members.get(key, ()) or object_id in owners.get(key, ())
        for key, group in tenant.groups.items()
        if group.get("isAssignableToRole")
    )
