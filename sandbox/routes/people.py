"""Routes of people and invitations: who may call what on users."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import invitations, relations, user_writes, users
from sandbox.routes.route import Route, any_of

_READ_USERS = any_of("User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All")
_READ_BASIC = _READ_USERS | {"User.ReadBasic.All"}
_DELETE_USERS = any_of("User.DeleteRestore.All User.ReadWrite.All")
_GROUPS_OF_USER = any_of(
    "Directory.Read.All Directory.ReadWrite.All Group.ReadBasic.All GroupMember.ReadBasic.All"
)
_ALL_GROUPS_OF_USER = any_of(
    "Directory.Read.All Directory.ReadWrite.All Group.Read.All Group.ReadBasic.All "
    "GroupMember.Read.All GroupMember.ReadBasic.All User.Read.All"
)
_GET_GROUP_IDS = any_of(
    "Application.Read.All Application.ReadWrite.All Device.Read.All Device.ReadWrite.All "
    "Directory.Read.All Directory.ReadWrite.All Group.Read.All Group.ReadBasic.All "
    "Group.ReadWrite.All GroupMember.Read.All GroupMember.ReadBasic.All User.Read.All"
)
_CHECK_GROUPS = _GET_GROUP_IDS | {"User.ReadWrite.All"}

ROUTES: Mapping[str, Route] = {
    "GET /users": Route(users.list_users, _READ_BASIC),
    "POST /users": Route(
        user_writes.create_user, any_of("User.ReadWrite.All Directory.ReadWrite.All")
    ),
    "GET /users/{}": Route(users.get_user, _READ_BASIC),
    "PATCH /users/{}": Route(
        user_writes.patch_user,
        any_of(
            "User.ReadWrite.All Directory.ReadWrite.All User.EnableDisableAccount.All "
            "User-Mail.ReadWrite.All User-PasswordProfile.ReadWrite.All User-Phone.ReadWrite.All "
            "User.ManageIdentities.All"
        ),
    ),
    "DELETE /users/{}": Route(user_writes.delete_user, _DELETE_USERS),
    "POST /users/{}/revokeSignInSessions": Route(
        user_writes.revoke_sessions,
        any_of("User.ReadWrite.All User.RevokeSessions.All Directory.ReadWrite.All"),
    ),
    "GET /users/{}/manager": Route(relations.get_manager, _READ_USERS),
    "GET /users/{}/manager/$ref": Route(relations.get_manager_reference, _READ_USERS),
    "PUT /users/{}/manager/$ref": Route(
        relations.put_manager, any_of("User.ReadWrite.All Directory.ReadWrite.All")
    ),
    "DELETE /users/{}/manager/$ref": Route(
        relations.delete_manager, any_of("User.ReadWrite.All Directory.ReadWrite.All")
    ),
    "GET /users/{}/directReports": Route(relations.direct_reports, _READ_USERS),
    "GET /users/{}/memberOf": Route(relations.member_of, _GROUPS_OF_USER),
    "GET /users/{}/memberOf/graph.group": Route(relations.member_of, _GROUPS_OF_USER),
    "GET /users/{}/transitiveMemberOf": Route(relations.transitive_member_of, _ALL_GROUPS_OF_USER),
    "GET /users/{}/transitiveMemberOf/graph.group": Route(
        relations.transitive_member_of, _ALL_GROUPS_OF_USER
    ),
    "POST /users/{}/checkMemberGroups": Route(
        relations.check_member_groups, _CHECK_GROUPS, asks=True
    ),
    "POST /users/{}/getMemberGroups": Route(relations.get_member_groups, _GET_GROUP_IDS, asks=True),
    "POST /invitations": Route(
        invitations.invite, any_of("User.Invite.All User.ReadWrite.All Directory.ReadWrite.All")
    ),
}
