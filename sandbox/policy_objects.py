"""Tenant-wide settings: names and domains enter, the policy objects of a new tenant leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GraphObject = dict[str, Any]

# The members that Graph answers for each partner configuration; three of them are in no schema.
PARTNER_TEMPLATE: Mapping[str, Any] = {
    "tenantId": None,
    "isServiceProvider": None,
    "isInMultiTenantOrganization": False,
    "blockServiceProviderOutboundAccess": None,
    "inboundTrust": None,
    "b2bCollaborationOutbound": None,
    "b2bCollaborationInbound": None,
    "b2bDirectConnectOutbound": None,
    "b2bDirectConnectInbound": None,
    "tenantRestrictions": None,
    "appServiceConnectInbound": None,
    "m365CollaborationInbound": None,
    "m365CollaborationOutbound": None,
    "automaticUserConsentSettings": {"inboundAllowed": None, "outboundAllowed": None},
    "crossCloudMeetingConfiguration": {"inboundAllowed": None, "outboundAllowed": None},
    "protectedContentSharing": {"inboundAllowed": None, "outboundAllowed": None},
    "invitationRedemptionIdentityProviderConfiguration": None,
}
SYNC_TEMPLATE: Mapping[str, Any] = {
    "tenantId": None,
    "displayName": None,
    "externalCloudAuthorizedApplicationId": None,
    "userSyncInbound": None,
    "groupSyncInbound": None,
}
_BETA_ONLY = frozenset(
    {
        "blockServiceProviderOutboundAccess",
        "externalCloudAuthorizedApplicationId",
        "groupSyncInbound",
    }
)


def partner_of(given: Mapping[str, Any]) -> GraphObject:
    """Complete a partner configuration with the members that were not given."""
    return {**PARTNER_TEMPLATE, **given}


def sync_of(given: Mapping[str, Any]) -> GraphObject:
    """Complete an identity synchronization policy with the members that were not given."""
    return {**SYNC_TEMPLATE, **given}


def versioned(version: str, members: Mapping[str, Any]) -> GraphObject:
    """Return the members that a version of Graph has."""
    if version == "beta":
        return dict(members)
    return {name: value for name, value in members.items() if name not in _BETA_ONLY}


def alive(version: str, members: Mapping[str, Any]) -> GraphObject:
    """Return a policy toward a tenant as a version of Graph shows it while it is not deleted."""
    deleted = {"deletedDateTime": None} if version == "beta" else {}
    return {**versioned(version, members), **deleted}


@dataclass(slots=True)
class DeletedPolicies:
    """What was deleted of the policies toward other tenants, by the other tenant's id."""

    partners: dict[str, GraphObject] = field(default_factory=dict)
    syncs: dict[str, GraphObject] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether anything is kept."""
        return bool(self.partners or self.syncs)

    def expire(self, horizon: str) -> None:
        """Forget what was deleted at the horizon or before it."""
        for shelf in (self.partners, self.syncs):
            for tenant_id in [one for one in shelf if shelf[one]["deletedDateTime"] <= horizon]:
                del shelf[tenant_id]


def _everyone(access: str) -> GraphObject:
    return {
        "usersAndGroups": {
            "accessType": access,
            "targets": [{"target": "AllUsers", "targetType": "user"}],
        },
        "applications": {
            "accessType": access,
            "targets": [{"target": "AllApplications", "targetType": "application"}],
        },
    }


def service_default() -> GraphObject:
    """Return the default: collaboration allowed, direct connect blocked, nothing trusted."""
    return {
        "isServiceDefault": True,
        "inboundTrust": {
            "isMfaAccepted": False,
            "isCompliantDeviceAccepted": False,
            "isHybridAzureADJoinedDeviceAccepted": False,
        },
        "b2bCollaborationOutbound": _everyone("allowed"),
        "b2bCollaborationInbound": _everyone("allowed"),
        "b2bDirectConnectOutbound": _everyone("blocked"),
        "b2bDirectConnectInbound": _everyone("blocked"),
        "tenantRestrictions": {"devices": None, **_everyone("blocked")},
        # What these are in a new tenant is not documented.
        "appServiceConnectInbound": None,
        "m365CollaborationInbound": None,
        "m365CollaborationOutbound": None,
        "blockServiceProviderOutboundAccess": None,
        "automaticUserConsentSettings": {"inboundAllowed": False, "outboundAllowed": False},
        "invitationRedemptionIdentityProviderConfiguration": {
            "primaryIdentityProviderPrecedenceOrder": [
                "externalFederation",
                "azureActiveDirectory",
                "socialIdentityProviders",
            ],
            "fallbackIdentityProvider": "defaultConfiguredIdp",
        },
    }


def authorization_policy() -> GraphObject:
    """Return a new tenant's authorization policy, under which everyone may invite."""
    return {
        "id": "authorizationPolicy",
        "allowInvitesFrom": "everyone",
        "allowedToSignUpEmailBasedSubscriptions": True,
        "allowedToUseSSPR": True,
        "allowEmailVerifiedUsersToJoinOrganization": False,
        "allowUserConsentForRiskyApps": None,
        "blockMsolPowerShell": False,
        "displayName": "Authorization Policy",
        "description": "Used to manage authorization related settings across the company.",
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": True,
            "allowedToCreateSecurityGroups": True,
            "allowedToReadOtherUsers": True,
            "permissionGrantPoliciesAssigned": [],
        },
    }


def organization(tenant_id: str, display_name: str, domains: Sequence[str]) -> GraphObject:
    """Return the organization object of a tenant."""
    initial = initial_domain(domains)
    return {
        "id": tenant_id,
        "deletedDateTime": None,
        "displayName": display_name,
        "tenantType": "AAD",
        "createdDateTime": "2020-01-06T09:00:00Z",
        "countryLetterCode": "DK",
        "preferredLanguage": "en",
        "businessPhones": [],
        "marketingNotificationEmails": [],
        "technicalNotificationMails": [],
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "assignedPlans": [],
        "provisionedPlans": [],
        "onPremisesSyncEnabled": None,
        "verifiedDomains": [
            {
                "name": name,
                "type": "Managed",
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": name == domains[0],
                "isInitial": name == initial,
            }
            for name in domains
        ],
    }


def domain_objects(domains: Sequence[str]) -> list[GraphObject]:
    """Return the domain objects of a tenant; the first domain is the default."""
    initial = initial_domain(domains)
    return [
        {
            "id": name,
            "authenticationType": "Managed",
            "availabilityStatus": None,
            "isAdminManaged": True,
            "isDefault": name == domains[0],
            "isInitial": name == initial,
            "isRoot": True,
            "isVerified": True,
            "supportedServices": ["Email", "OfficeCommunicationsOnline"],
        }
        for name in domains
    ]


def initial_domain(domains: Sequence[str]) -> str:
    """Return the domain that the tenant was born with, which external users' names end in."""
    return next((name for name in domains if name.endswith(".onmicrosoft.com")), domains[0])
