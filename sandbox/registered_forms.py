"""The JSON forms of applications and principals: a member enters, whether it has its own leaves.

Types as in graph-docs resources/application and resources/serviceprincipal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Null where nobody set them, so that only their type says what they are.
TEXTS = frozenset(
    {
        "appDescription",
        "appDisplayName",
        "appId",
        "applicationTemplateId",
        "createdDateTime",
        "defaultRedirectUri",
        "deletedDateTime",
        "description",
        "disabledByMicrosoftStatus",
        "displayName",
        "errorUrl",
        "groupMembershipClaims",
        "homePageUrl",
        "homepage",
        "id",
        "loginUrl",
        "logoutUrl",
        "notes",
        "preferredSingleSignOnMode",
        "publisherDomain",
        "publisherName",
        "samlMetadataUrl",
        "serviceManagementReference",
        "signInAudience",
        "tokenEncryptionKeyId",
        "uniqueName",
    }
)
LISTS_OF_OBJECTS = frozenset(
    {
        "addIns",
        "appRoles",
        "keyCredentials",
        "oauth2PermissionScopes",
        "passwordCredentials",
        "preAuthorizedApplications",
        "publishedPermissionScopes",
        "requiredResourceAccess",
        "resourceSpecificApplicationPermissions",
    }
)
# What else is a list, though completing an object does not add it.
LISTS_OF_TEXTS = frozenset({"servicePrincipalNames", "tags"})


def fits(name: str, value: Any, usual: Any) -> bool:
    """Say whether a member may have a value, which is of the type of the usual one."""
    if name in LISTS_OF_OBJECTS:
        return _is_list(value, Mapping) and (name != "appRoles" or all(map(_is_role, value)))
    if name in LISTS_OF_TEXTS or isinstance(usual, list):
        return _is_list(value, str)
    if value is None:
        return True
    if name in TEXTS or isinstance(usual, str):
        return isinstance(value, str)
    if isinstance(usual, Mapping):
        return isinstance(value, Mapping) and all(
            fits(inner, one, usual.get(inner)) for inner, one in value.items()
        )
    return isinstance(value, bool) or not isinstance(usual, bool)


def _is_list(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


def _is_role(role: Mapping[str, Any]) -> bool:
    """Say whether a role can be assigned: it needs an id, and the types of who may have it."""
    return isinstance(role.get("id"), str) and _is_list(role.get("allowedMemberTypes"), str)
