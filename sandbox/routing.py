"""From a path to a call: a method and a path enter, the call and the path's keys leave."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.calls import (
    applications,
    assignments,
    cross_tenant,
    deleted_items,
    federations,
    groups,
    invitations,
    owners,
    principals,
    relations,
    roles,
    synchronization,
    templates,
    tenants,
    user_writes,
    users,
)
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

Call = Callable[[Directory, Request], Answer]

_POLICY = "/policies/crossTenantAccessPolicy"
_PARTNERS = f"{_POLICY}/partners"
_SYNC = f"{_PARTNERS}/{{}}/identitySynchronization"
_DELETED = "/directory/deletedItems"
_RELATIONSHIPS = "/tenantRelationships"
_SYNCHRONIZATION = "/servicePrincipals/{}/synchronization"
_JOBS = f"{_SYNCHRONIZATION}/jobs"
_FEDERATIONS = "/applications/{}/federatedIdentityCredentials"
_ASSIGNED = "/servicePrincipals/{}/appRoleAssignedTo"

CALLS: Mapping[str, Call] = {
    "GET /users": users.list_users,
    "GET /users/$count": users.count_users,
    "POST /users": user_writes.create_user,
    "GET /users/{}": users.get_user,
    "PATCH /users/{}": user_writes.patch_user,
    "DELETE /users/{}": user_writes.delete_user,
    "POST /users/{}/revokeSignInSessions": user_writes.revoke_sessions,
    "GET /users/{}/manager": relations.get_manager,
    "GET /users/{}/manager/$ref": relations.get_manager_reference,
    "PUT /users/{}/manager/$ref": relations.put_manager,
    "DELETE /users/{}/manager/$ref": relations.delete_manager,
    "GET /users/{}/directReports": relations.direct_reports,
    "GET /users/{}/memberOf": relations.member_of,
    "GET /users/{}/memberOf/graph.group": relations.member_of,
    "GET /users/{}/transitiveMemberOf": relations.transitive_member_of,
    "GET /users/{}/transitiveMemberOf/graph.group": relations.transitive_member_of,
    "POST /users/{}/checkMemberGroups": relations.check_member_groups,
    "POST /users/{}/getMemberGroups": relations.get_member_groups,
    f"GET {_DELETED}/graph.user": deleted_items.list_deleted_users,
    f"GET {_DELETED}/{{}}": deleted_items.get_deleted_user,
    f"GET {_DELETED}/{{}}/graph.user": deleted_items.get_deleted_user,
    f"POST {_DELETED}/{{}}/restore": deleted_items.restore_user,
    f"DELETE {_DELETED}/{{}}": deleted_items.purge_user,
    "POST /invitations": invitations.invite,
    "GET /groups": groups.list_groups,
    "POST /groups": groups.create_group,
    "GET /groups/{}": groups.get_group,
    "PATCH /groups/{}": groups.patch_group,
    "DELETE /groups/{}": groups.delete_group,
    "GET /groups/{}/members": groups.list_members,
    "GET /groups/{}/members/graph.user": groups.user_members,
    "GET /groups/{}/members/graph.group": groups.list_group_members,
    "GET /groups/{}/transitiveMembers": groups.list_transitive_members,
    "GET /groups/{}/transitiveMembers/graph.user": groups.user_transitive_members,
    "POST /groups/{}/members/$ref": groups.add_member,
    "DELETE /groups/{}/members/{}/$ref": groups.remove_member,
    "GET /groups/{}/memberOf": groups.member_of,
    "GET /groups/{}/memberOf/graph.group": groups.member_of,
    "GET /groups/{}/owners": owners.of_group,
    "GET /policies/authorizationPolicy": tenants.get_authorization_policy,
    "PATCH /policies/authorizationPolicy": tenants.patch_authorization_policy,
    f"GET {_POLICY}": cross_tenant.get_policy,
    f"PATCH {_POLICY}": cross_tenant.patch_policy,
    f"GET {_POLICY}/default": cross_tenant.get_default,
    f"PATCH {_POLICY}/default": cross_tenant.patch_default,
    f"POST {_POLICY}/default/resetToSystemDefault": cross_tenant.reset_default,
    f"GET {_PARTNERS}": cross_tenant.list_partners,
    f"POST {_PARTNERS}": cross_tenant.create_partner,
    f"GET {_PARTNERS}/{{}}": cross_tenant.get_partner,
    f"PATCH {_PARTNERS}/{{}}": cross_tenant.patch_partner,
    f"DELETE {_PARTNERS}/{{}}": cross_tenant.delete_partner,
    f"GET {_SYNC}": cross_tenant.get_sync,
    f"PUT {_SYNC}": cross_tenant.put_sync,
    f"PATCH {_SYNC}": cross_tenant.patch_sync,
    f"DELETE {_SYNC}": cross_tenant.delete_sync,
    "GET /organization": tenants.list_organizations,
    "GET /organization/{}": tenants.get_organization,
    "GET /domains": tenants.list_domains,
    "GET /domains/{}": tenants.get_domain,
    f"GET {_RELATIONSHIPS}/findTenantInformationByTenantId/{{}}": tenants.find_tenant_by_id,
    f"GET {_RELATIONSHIPS}/findTenantInformationByDomainName/{{}}": tenants.find_tenant_by_domain,
    "GET /applications": applications.list_applications,
    "POST /applications": applications.create_application,
    "GET /applications/{}": applications.get_application,
    "PATCH /applications/{}": applications.patch_application,
    "DELETE /applications/{}": applications.delete_application,
    "GET /applications/{}/extensionProperties": applications.list_extensions,
    "POST /applications/{}/extensionProperties": applications.create_extension,
    "GET /applications/{}/extensionProperties/{}": applications.get_extension,
    "DELETE /applications/{}/extensionProperties/{}": applications.delete_extension,
    "GET /applications/{}/owners": owners.of_application,
    "DELETE /applications/{}/owners/{}/$ref": owners.remove_from_application,
    f"GET {_FEDERATIONS}": federations.list_federations,
    f"POST {_FEDERATIONS}": federations.create_federation,
    f"GET {_FEDERATIONS}/{{}}": federations.get_federation,
    f"PATCH {_FEDERATIONS}/{{}}": federations.patch_federation,
    f"DELETE {_FEDERATIONS}/{{}}": federations.delete_federation,
    "GET /applicationTemplates/{}": templates.get_template,
    "POST /applicationTemplates/{}/instantiate": templates.instantiate,
    "GET /servicePrincipals": principals.list_principals,
    "POST /servicePrincipals": principals.create_principal,
    "GET /servicePrincipals/{}": principals.get_principal,
    "PATCH /servicePrincipals/{}": principals.patch_principal,
    "DELETE /servicePrincipals/{}": principals.delete_principal,
    "GET /servicePrincipals/{}/owners": owners.of_principal,
    "DELETE /servicePrincipals/{}/owners/{}/$ref": owners.remove_from_principal,
    f"GET {_ASSIGNED}": assignments.list_assigned,
    f"POST {_ASSIGNED}": assignments.assign,
    f"GET {_ASSIGNED}/{{}}": assignments.get_assigned,
    f"DELETE {_ASSIGNED}/{{}}": assignments.withdraw,
    f"GET {_SYNCHRONIZATION}/templates": synchronization.list_templates,
    f"GET {_SYNCHRONIZATION}/templates/{{}}": synchronization.get_template,
    f"GET {_JOBS}": synchronization.list_jobs,
    f"POST {_JOBS}": synchronization.create_job,
    f"POST {_JOBS}/validateCredentials": synchronization.validate_credentials,
    f"GET {_JOBS}/{{}}": synchronization.get_job,
    f"DELETE {_JOBS}/{{}}": synchronization.delete_job,
    f"POST {_JOBS}/{{}}/start": synchronization.start_job,
    f"POST {_JOBS}/{{}}/pause": synchronization.pause_job,
    f"POST {_JOBS}/{{}}/restart": synchronization.restart_job,
    f"POST {_JOBS}/{{}}/validateCredentials": synchronization.validate_credentials,
    f"GET {_SYNCHRONIZATION}/secrets": synchronization.list_secrets,
    f"PUT {_SYNCHRONIZATION}/secrets": synchronization.put_secrets,
    "GET /directoryRoles": roles.list_roles,
    "GET /directoryRoles/{}": roles.get_role,
    "GET /directoryRoles/{}/members": roles.list_role_members,
    "POST /directoryRoles/{}/members/$ref": roles.add_role_member,
    "DELETE /directoryRoles/{}/members/{}/$ref": roles.remove_role_member,
    "POST /directoryObjects/getByIds": roles.get_by_ids,
}

# Requests that read although their method is POST.
READING = frozenset(
    {
        "POST /users/{}/checkMemberGroups",
        "POST /users/{}/getMemberGroups",
        "POST /directoryObjects/getByIds",
        f"POST {_JOBS}/validateCredentials",
        f"POST {_JOBS}/{{}}/validateCredentials",
    }
)

# Segments of Graph's own that would otherwise be taken for the key of an object.
_UNSIMULATED = frozenset({"delta", "$count"})
_PARENTHESES = re.compile(r"(?P<name>\w+)\((?:(?P<property>\w+)=)?'(?P<key>(?:[^']|'')*)'\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A route that a request hit, and the keys in its path."""

    route: str
    call: Call
    keys: tuple[str, ...]

    @property
    def writes(self) -> bool:
        """Whether a request on this route changes the tenant."""
        return not self.route.startswith("GET ") and self.route not in READING


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)


def _tree() -> _Node:
    root = _Node()
    for route in CALLS:
        method, _, path = route.partition(" ")
        node = root
        for part in path.strip("/").split("/"):
            node = node.children.setdefault(part.lower(), _Node())
        node.methods[method] = route
    return root


_ROOT = _tree()


def _cast(part: str) -> str:
    """Write a type cast as the SDK does; the documentation has `microsoft.graph.user`."""
    return part.removeprefix("microsoft.") if part.startswith("microsoft.graph.") else part


def _parts(path: str) -> list[str]:
    """Split a path; `users('x')` reads as `users/x`, `users(name='x')` as `users/name=x`."""
    parts: list[str] = []
    for part in path.strip("/").split("/"):
        found = _PARENTHESES.fullmatch(part)
        if found is None:
            parts.append(_cast(part.removesuffix("()")))
            continue
        key = found["key"].replace("''", "'")
        parts += [found["name"], f"{found['property']}={key}" if found["property"] else key]
    return parts


def route(method: str, path: str) -> Match:
    """Find the call for a method and path; raises Graph's refusal where there is none."""
    node: Any = _ROOT
    keys: list[str] = []
    for part in _parts(path):
        child = node.children.get(part.lower())
        if child is None:
            child = node.children.get("{}")
            if child is None:
                raise refuse(400, "BadRequest", f"Resource not found for the segment '{part}'.")
            if part in _UNSIMULATED:
                raise refuse(501, "notSupported", f"The sandbox does not simulate '{part}'.")
            keys.append(part)
        node = child
    if not node.methods:
        raise refuse(
            400, "BadRequest", f"Resource not found for the segment '{path.rsplit('/', 1)[-1]}'."
        )
    name = node.methods.get(method)
    if name is None:
        raise refuse(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        )
    return Match(route=name, call=CALLS[name], keys=tuple(keys))
