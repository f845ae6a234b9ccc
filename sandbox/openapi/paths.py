"""Paths of routes as a document writes them: `{}` enters, named and described keys leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TypeVar

_Value = TypeVar("_Value")
_ID = "The object's id."
# The parameter for the key behind a segment, and what it may be.
KEYS: Mapping[str, tuple[str, str]] = {
    "appRoleAssignedTo": ("appRoleAssignment-id", "The assignment's id."),
    "appRoleAssignments": ("appRoleAssignment-id", "The assignment's id."),
    "applicationTemplates": ("applicationTemplate-id", "The template's id."),
    "applications": ("application-id", "The object id, or `appId=` and the application's id."),
    "b2bManagementPolicies": ("b2bManagementPolicy-id", "The policy's id."),
    "crossTenantPartners": ("deletedPartner-tenantId", "The other tenant's id."),
    "crossTenantSyncPolicyPartners": ("deletedPartner-tenantId", "The other tenant's id."),
    "deletedItems": ("deletedItem-id", "The id of a deleted user or group."),
    "directories": ("directoryDefinition-id", "The id of one of the schema's two directories."),
    "directoryAudits": ("directoryAudit-id", "The entry's id."),
    "directoryObjects": ("directoryObject-id", _ID),
    "directoryRoles": (
        "directoryRole-id",
        "The role's id, or `roleTemplateId=` and the template's.",
    ),
    "domains": ("domain-id", "The domain's name."),
    "extensionProperties": ("extensionProperty-id", "The extension's id."),
    "federatedIdentityCredentials": (
        "federatedIdentityCredential-id",
        "The credential's id, or `name=` and its name.",
    ),
    "findTenantInformationByDomainName": ("domainName", "A domain of any tenant."),
    "findTenantInformationByTenantId": ("tenantId", "The id of any tenant."),
    "groups": ("group-id", _ID),
    "jobs": ("synchronizationJob-id", "The job's id."),
    "members": ("member-id", "The member's id."),
    "organization": ("organization-id", "The tenant's id."),
    "owners": ("owner-id", "The owner's id."),
    "partners": ("partner-tenantId", "The other tenant's id."),
    "servicePrincipals": (
        "servicePrincipal-id",
        "The object id, or `appId=` and the application's id.",
    ),
    "templates": ("synchronizationTemplate-id", "The template's id."),
    "tenants": ("multiTenantOrganizationMember-tenantId", "The tenant's id."),
    "users": ("user-id", "The object id or the user principal name."),
}
# Functions of Graph have their argument, which the parameter is named after, in parentheses.
_FUNCTIONS = frozenset({"findTenantInformationByDomainName", "findTenantInformationByTenantId"})


def address_of(path: str) -> str:
    """Return a route's path with named keys."""
    written = [""]
    for part in path.strip("/").split("/"):
        if part != "{}":
            written.append(part)
            continue
        holder = written[-1]
        name, _ = KEYS[holder]
        if holder in _FUNCTIONS:
            written[-1] = f"{holder}({name}='{{{name}}}')"
        else:
            written.append(f"{{{name}}}")
    return "/".join(written)


def keys_of(path: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the meaning of each key in a route's path."""
    parts = path.split("/")
    for holder, part in pairwise(parts):
        if part == "{}":
            yield KEYS[holder]


def by_end(path: str, table: Mapping[str, _Value], otherwise: _Value) -> _Value:
    """Return what a table has for the longest end of a path that stands in it."""
    ends = [end for end in table if path.endswith(end)]
    return table[max(ends, key=len)] if ends else otherwise
