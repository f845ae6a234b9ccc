"""Routes of groups, directory roles and objects of any kind."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import directory_objects, groups, members, owners, roles
from sandbox.routes.route import Call, Route, any_of

_READ_GROUPS = any_of(
    "Group.Read.All Group.ReadBasic.All Group.ReadWrite.All GroupMember.Read.All "
    "Directory.Read.All Directory.ReadWrite.All"
)
_READ_MEMBERS = any_of(
    "Group.Read.All Group.ReadBasic.All Group.ReadWrite.All GroupMember.Read.All "
    "GroupMember.ReadBasic.All GroupMember.ReadWrite.All Directory.Read.All"
)
_WRITE_MEMBERS = any_of("GroupMember.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All")
_READ_OWNERS = any_of(
    "Directory.Read.All Group.Read.All Group.ReadWrite.All GroupMember.Read.All "
    "GroupMember.ReadWrite.All"
)
_WRITE_OWNERS = any_of("Group.ReadWrite.All Directory.ReadWrite.All")
_READ_ROLES = any_of(
    "Directory.Read.All Directory.ReadWrite.All RoleManagement.Read.Directory "
    "RoleManagement.ReadWrite.Directory"
)
_WRITE_ROLES = any_of("RoleManagement.ReadWrite.Directory")
_READ_OBJECTS = any_of(
    "Directory.Read.All Directory.ReadWrite.All User.Read.All User.ReadWrite.All "
    "Group.Read.All Group.ReadWrite.All GroupMember.Read.All Application.Read.All"
)

_MEMBERS: Mapping[str, Call] = {
    "": members.list_members,
    "/graph.user": members.list_users,
    "/graph.group": members.list_groups,
    "/graph.servicePrincipal": members.list_principals,
}

ROUTES: Mapping[str, Route] = {
    "GET /groups": Route(groups.list_groups, _READ_GROUPS),
    "POST /groups": Route(
        groups.create_group, any_of("Group.Create Group.ReadWrite.All Directory.ReadWrite.All")
    ),
    "GET /groups/{}": Route(groups.get_group, _READ_GROUPS),
    "PATCH /groups/{}": Route(
        groups.patch_group, any_of("Group.ReadWrite.All Directory.ReadWrite.All")
    ),
    "DELETE /groups/{}": Route(groups.delete_group, any_of("Group.ReadWrite.All")),
    **{
        f"GET /groups/{{}}/{depth}{cast}": Route(call, _READ_MEMBERS)
        for depth in ("members", "transitiveMembers")
        for cast, call in _MEMBERS.items()
    },
    "POST /groups/{}/members/$ref": Route(members.add_member, _WRITE_MEMBERS),
    "DELETE /groups/{}/members/{}/$ref": Route(members.remove_member, _WRITE_MEMBERS),
    # The groups of a group are in no published table; those of a user are.
    "GET /groups/{}/memberOf": Route(members.member_of, _READ_GROUPS),
    "GET /groups/{}/memberOf/graph.group": Route(members.member_of, _READ_GROUPS),
    "GET /groups/{}/owners": Route(owners.of_group, _READ_OWNERS),
    "POST /groups/{}/owners/$ref": Route(owners.add_to_group, _WRITE_OWNERS),
    "DELETE /groups/{}/owners/{}/$ref": Route(owners.remove_from_group, _WRITE_OWNERS),
    "POST /directoryRoles": Route(roles.activate_role, _WRITE_ROLES),
    # The published table has no objects of any kind by id; getByIds stands in for it.
    "GET /directoryObjects/{}": Route(roles.get_object, _READ_OBJECTS),
    # No application permission is published for this. Who may write the whole directory stands in
    # for the person that the documentation asks for.
    "DELETE /directoryObjects/{}": Route(
        directory_objects.delete_object, any_of("Directory.ReadWrite.All")
    ),
    "POST /directoryObjects/getAvailableExtensionProperties": Route(
        roles.available_extensions, _READ_OBJECTS, asks=True
    ),
    "GET /directoryRoles": Route(roles.list_roles, _READ_ROLES),
    "GET /directoryRoles/{}": Route(roles.get_role, _READ_ROLES),
    "GET /directoryRoles/{}/members": Route(roles.list_role_members, _READ_ROLES),
    "POST /directoryRoles/{}/members/$ref": Route(roles.add_role_member, _WRITE_ROLES),
    "DELETE /directoryRoles/{}/members/{}/$ref": Route(roles.remove_role_member, _WRITE_ROLES),
    "POST /directoryObjects/getByIds": Route(roles.get_by_ids, _READ_OBJECTS, asks=True),
}
