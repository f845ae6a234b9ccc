"""Applications and service principals whole: what is held of one enters, what Graph answers leaves.

Most members are the same for nearly all of them, so they are held only where they were set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GraphObject = dict[str, Any]

_INFO: Mapping[str, None] = dict.fromkeys(
    ("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl")
)
_PUBLISHER: Mapping[str, None] = dict.fromkeys(
    ("displayName", "verifiedPublisherId", "addedDateTime")
)
# What Graph answers where nobody set anything: the example of instantiating the synchronization
# template, and those of making and reading an application in beta.
_APPLICATION: Mapping[str, Any] = {
    "addIns": [],
    "api": {
        "acceptMappedClaims": None,
        "knownClientApplications": [],
        "requestedAccessTokenVersion": None,
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": [],
    },
    "appRoles": [],
    "applicationTemplateId": None,
    "certification": None,
    "defaultRedirectUri": None,
    "deletedDateTime": None,
    "description": None,
    "disabledByMicrosoftStatus": None,
    "groupMembershipClaims": None,
    "identifierUris": [],
    "info": _INFO,
    "isDeviceOnlyAuthSupported": None,
    "isFallbackPublicClient": None,
    "keyCredentials": [],
    "notes": None,
    "optionalClaims": None,
    "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
    "passwordCredentials": [],
    "publicClient": {"redirectUris": []},
    "requiredResourceAccess": [],
    "samlMetadataUrl": None,
    "serviceManagementReference": None,
    "servicePrincipalLockConfiguration": None,
    "spa": {"redirectUris": []},
    "tags": [],
    "tokenEncryptionKeyId": None,
    "uniqueName": None,
    "verifiedPublisher": _PUBLISHER,
    "web": {
        "homePageUrl": None,
        "implicitGrantSettings": {
            "enableAccessTokenIssuance": False,
            "enableIdTokenIssuance": False,
        },
        "logoutUrl": None,
        "redirectUris": [],
    },
    "windows": None,
}
_PRINCIPAL: Mapping[str, Any] = {
    "accountEnabled": True,
    "addIns": [],
    "alternativeNames": [],
    "api": {"resourceSpecificApplicationPermissions": []},
    "appDescription": None,
    "deletedDateTime": None,
    "description": None,
    "disabledByMicrosoftStatus": None,
    "errorUrl": None,
    "homepage": None,
    "info": _INFO,
    "keyCredentials": [],
    "loginUrl": None,
    "logoutUrl": None,
    "notes": None,
    "notificationEmailAddresses": [],
    "oauth2PermissionScopes": [],
    "passwordCredentials": [],
    "preferredSingleSignOnMode": None,
    "preferredTokenSigningKeyEndDateTime": None,
    "preferredTokenSigningKeyThumbprint": None,
    "publishedPermissionScopes": [],
    "replyUrls": [],
    "resourceSpecificApplicationPermissions": [],
    "samlMetadataUrl": None,
    "samlSingleSignOnSettings": None,
    "servicePrincipalType": "Application",
    "tokenEncryptionKeyId": None,
    "verifiedPublisher": _PUBLISHER,
}
# Navigation properties that are kept in the object and have calls of their own.
_NEVER = frozenset({"federatedIdentityCredentials"})
_NOT_OF_APPLICATIONS = {"v1.0": _NEVER | {"windows"}, "beta": _NEVER}
_NOT_OF_PRINCIPALS = {
    "v1.0": _NEVER
    | {
        "api",
        "errorUrl",
        "preferredTokenSigningKeyEndDateTime",
        "publishedPermissionScopes",
        "publisherName",
        "samlMetadataUrl",
    },
    "beta": _NEVER | {"oauth2PermissionScopes", "resourceSpecificApplicationPermissions"},
}


_OF_APPLICATIONS = frozenset(_APPLICATION) | {
    "appId",
    "createdDateTime",
    "displayName",
    "id",
    "oauth2RequirePostResponse",
    "publisherDomain",
    "signInAudience",
}
_OF_PRINCIPALS = frozenset(_PRINCIPAL) | {
    "appDisplayName",
    "appId",
    "appOwnerOrganizationId",
    "appRoleAssignmentRequired",
    "appRoles",
    "applicationTemplateId",
    "displayName",
    "id",
    "publisherName",
    "servicePrincipalNames",
    "signInAudience",
    "tags",
}
# What can be selected and written, by version.
APPLICATION = {version: _OF_APPLICATIONS - names for version, names in _NOT_OF_APPLICATIONS.items()}
PRINCIPAL = {version: _OF_PRINCIPALS - names for version, names in _NOT_OF_PRINCIPALS.items()}


def whole_application(app: Mapping[str, Any], version: str) -> GraphObject:
    """Complete an application as a version of Graph answers it."""
    return _whole(_APPLICATION, app, _NOT_OF_APPLICATIONS[version])


def whole_principal(principal: Mapping[str, Any], version: str) -> GraphObject:
    """Complete a service principal as a version of Graph answers it."""
    return _whole(_PRINCIPAL, principal, _NOT_OF_PRINCIPALS[version])


def _whole(
    standard: Mapping[str, Any], held: Mapping[str, Any], left_out: frozenset[str]
) -> GraphObject:
    merged = _over(standard, held)
    return {name: value for name, value in merged.items() if name not in left_out}


def _over(standard: Mapping[str, Any], held: Mapping[str, Any]) -> GraphObject:
    """Lay what was set over what nobody set; complex members are set in part."""
    merged = {**standard, **held}
    for name, value in held.items():
        usual = standard.get(name)
        if isinstance(value, Mapping) and isinstance(usual, Mapping):
            merged[name] = _over(usual, value)
    return merged
