"""Routes of deleted people and groups: who may call what on them."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import deleted_groups, deleted_users
from sandbox.calls.deleted_items import Way, on_deleted
from sandbox.routes.route import Route, any_of

_DELETED = "/directory/deletedItems"

# Reading deleted objects is in the documentation's pages, not in the published permission table;
# nor is restoring groups.
_READ_USERS = any_of("User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All")
_READ_GROUPS = any_of(
    "Group.Read.All Group.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"
)
_RESTORE_USERS = any_of("User.DeleteRestore.All User.ReadWrite.All")
_RESTORE_GROUPS = any_of("Group.ReadWrite.All")
# No application permission is published for this, and the calls refuse it unless a switch lets
# applications; then who may write the whole directory stands in for the person that is meant.
_PURGE = any_of("Directory.ReadWrite.All")

_GET = Route(
    on_deleted(
        user=Way(act=deleted_users.get_deleted_user, permissions=_READ_USERS),
        group=Way(act=deleted_groups.get_deleted_group, permissions=_READ_GROUPS),
    ),
    _READ_USERS | _READ_GROUPS,
)

ROUTES: Mapping[str, Route] = {
    f"GET {_DELETED}/graph.user": Route(deleted_users.list_deleted_users, _READ_USERS),
    f"GET {_DELETED}/graph.group": Route(deleted_groups.list_deleted_groups, _READ_GROUPS),
    f"GET {_DELETED}/{{}}": _GET,
    f"GET {_DELETED}/{{}}/graph.user": _GET,
    f"GET {_DELETED}/{{}}/graph.group": _GET,
    f"POST {_DELETED}/{{}}/restore": Route(
        on_deleted(
            user=Way(act=deleted_users.restore_user, permissions=_RESTORE_USERS),
            group=Way(act=deleted_groups.restore_group, permissions=_RESTORE_GROUPS),
        ),
        _RESTORE_USERS | _RESTORE_GROUPS,
    ),
    f"DELETE {_DELETED}/{{}}": Route(
        on_deleted(
            user=Way(act=deleted_users.purge_user, permissions=_PURGE),
            group=Way(act=deleted_groups.purge_group, permissions=_PURGE),
        ),
        _PURGE,
    ),
}
