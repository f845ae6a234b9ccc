"""Links of groups to members and owners: addresses of objects enter, ids that may be linked leave.

Which type of object may be a member of which type of group is documented in graph-docs
group-post-members. The words of the refusals are ours where nobody has quoted them.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sandbox.calls.group_rules import require_role_rights
from sandbox.calls.mastery import refuse_mastered_group
from sandbox.calls.objects import bound_owners, referenced
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.group_properties import is_dynamic, is_unified
from sandbox.store import Directory
from sandbox.wire import Request, refuse

_MEMBERS, _OWNERS = "members@odata.bind", "owners@odata.bind"
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The members and owners that a body adds to a group."""

    members: tuple[str, ...]
    owners: frozenset[str]

    def tie(self, tenant: Directory, group_id: str) -> None:
        """Add them to the group."""
        for member in self.members:
            tenant.add_member(group_id, member)
        tenant.registrations.owners.setdefault(group_id, set()).update(self.owners)


def taken_links(
    tenant: Directory, request: Request, group: GraphObject, body: dict[str, Any]
) -> Links:
    """Take the links out of a body; refuses all of them when one is refused."""
    given = [body.get(name, []) for name in (_MEMBERS, _OWNERS)]
    if any(not isinstance(one, list) for one in given) or sum(map(len, given)) > _MOST:
        raise refuse(
            400, "Request_BadRequest", f"A request can bind a list of at most {_MOST} objects."
        )
    owners = frozenset(bound_owners(tenant, body))
    if owners:
        require_role_rights(request, group)
    # Nobody says what an object that is named twice does; it is added once.
    named = dict.fromkeys(referenced({"@odata.id": one}) for one in body.pop(_MEMBERS, ()))
    members = tuple(admitted(tenant, request, group, one) for one in named)
    _refuse_held(owners & tenant.registrations.owners.get(group.get("id", ""), set()), "owners")
    return Links(members=members, owners=owners)


def admitted(tenant: Directory, request: Request, group: GraphObject, object_id: str) -> str:
    """Return the id of an object that becomes a member of the group; refuses any other."""
    if not _is_there(tenant, object_id):
        raise missing(object_id)
    _refuse_held({object_id} & tenant.members.get(group.get("id", ""), {}).keys(), "members")
    require_role_rights(request, group)
    refuse_mastered_group(group, {"members"})
    refuse_by_rule(group)
    if object_id == group.get("id"):
        # That a group is no member of itself is documented, the answer is not.
        raise refuse(
            400,
            "Request_BadRequest",
            "One or more added object references are not valid for 'members'.",
        )
    nested = tenant.groups.get(object_id)
    if nested and group.get("isAssignableToRole"):
        raise refuse(
            400, "Request_BadRequest", "A group that roles can be assigned to has no group in it."
        )
    if (is_unified(group) and object_id not in tenant.users) or (nested and is_unified(nested)):
        raise refuse(
            400,
            "Request_BadRequest",
            "Members of a Microsoft 365 group are users, and it is no member of another group.",
        )
    return object_id


def refuse_by_rule(group: GraphObject) -> None:
    """Refuse to change members by hand where a rule decides about them."""
    if is_dynamic(group):
        # The rule is documented in graph-docs group-post-members, the words are ours.
        raise refuse(
            400, "Request_BadRequest", "The members of a dynamic group are decided by its rule."
        )


def _is_there(tenant: Directory, object_id: str) -> bool:
    shelves = (tenant.users, tenant.groups, tenant.registrations.service_principals)
    return any(object_id in shelf for shelf in shelves) and tenant.sees(object_id)


def _refuse_held(held: AbstractSet[str], name: str) -> None:
    if held:
        raise refuse(
            400,
            "Request_BadRequest",
            "One or more added object references already exist for the following modified "
            f"properties: '{name}'.",
        )
