"""Consent to Microsoft Graph: permissions enter, its service principal and what is granted leave.

An administrator consents by assigning an app role of Microsoft Graph to an application's service
principal. The ids of roles are the sandbox's own, by the permission's name: no page that the
sandbox is held to publishes Microsoft's.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.seeds import sandbox_id

GraphObject = dict[str, Any]

# The one id that is Microsoft's, the same in every tenant.
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
# What the sandbox's calls ask for; a test holds this to them.
_NAMES = """
    AppRoleAssignment.ReadWrite.All Application.Read.All Application.ReadWrite.All
    Application.ReadWrite.OwnedBy AuditLog.Read.All CrossTenantInformation.ReadBasic.All
    Device.Read.All Device.ReadWrite.All Directory.Read.All Directory.ReadWrite.All
    Domain.Read.All Domain.ReadWrite.All Group.Create Group.Read.All Group.ReadBasic.All
    Group.ReadWrite.All GroupMember.Read.All GroupMember.ReadBasic.All GroupMember.ReadWrite.All
    MultiTenantOrganization.Read.All MultiTenantOrganization.ReadWrite.All Organization.Read.All
    Organization.ReadWrite.All Policy.Read.All Policy.Read.B2BManagementPolicy
    Policy.ReadWrite.Authorization Policy.ReadWrite.B2BManagementPolicy
    Policy.ReadWrite.CrossTenantAccess ProvisioningLog.Read.All RoleManagement.Read.Directory
    RoleManagement.ReadWrite.Directory Synchronization.Read.All Synchronization.ReadWrite.All
    User-Mail.ReadWrite.All User-PasswordProfile.ReadWrite.All User-Phone.ReadWrite.All
    User.DeleteRestore.All User.EnableDisableAccount.All User.Invite.All
    User.ManageIdentities.All User.Read.All User.ReadBasic.All User.ReadWrite.All
    User.RevokeSessions.All
"""
PERMISSIONS = frozenset(_NAMES.split())


def role_id(permission: str) -> str:
    """Return the id of a permission's app role, the same in every tenant and every sandbox."""
    return sandbox_id(f"appRole:graph:{permission}")


def graph_id(tenant_id: str) -> str:
    """Return the object id of Microsoft Graph's service principal in a tenant."""
    return sandbox_id(f"principal:{GRAPH_APP_ID}:{tenant_id}")


def graph_principal(permissions: Iterable[str]) -> GraphObject:
    """Return what the service principal of Microsoft Graph has of its own."""
    return {
        "appDisplayName": "Microsoft Graph",
        "appId": GRAPH_APP_ID,
        "appOwnerOrganizationId": sandbox_id("tenant:microsoft-services"),
        "appRoles": [_role(permission) for permission in sorted(PERMISSIONS.union(permissions))],
        "displayName": "Microsoft Graph",
        "publisherName": "Microsoft Services",
        "servicePrincipalNames": [GRAPH_APP_ID, "https://graph.microsoft.com"],
        "signInAudience": "AzureADMultipleOrgs",
    }


def _role(permission: str) -> GraphObject:
    return {
        "id": role_id(permission),
        "allowedMemberTypes": ["Application"],
        "description": permission,
        "displayName": permission,
        "isEnabled": True,
        "origin": "Application",
        "value": permission,
    }


def consented(holder_id: str, permission: str, at: str) -> GraphObject:
    """Make the assignment by which a permission was granted from the beginning."""
    number = uuid.UUID(sandbox_id(f"appRoleAssignment:{holder_id}:{permission}"))
    return {
        "id": assignment_id(holder_id, number),
        "appRoleId": role_id(permission),
        "createdDateTime": at,
        "principalId": holder_id,
    }


def assignment_id(holder_id: str, number: uuid.UUID) -> str:
    """Make an id in Graph's form: two ids as one text, in the alphabet of addresses."""
    plain = uuid.uuid5(number, holder_id).bytes + number.bytes
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def granted(
    graph: Mapping[str, Any], given: Iterable[Mapping[str, Any]], holder_id: str
) -> frozenset[str]:
    """Return the permissions of a service principal, of all that Microsoft Graph has given."""
    held = {one["appRoleId"] for one in given if one["principalId"] == holder_id}
    return frozenset(role["value"] for role in graph["appRoles"] if role["id"] in held)
