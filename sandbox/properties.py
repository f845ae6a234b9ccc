"""The properties of users and other objects: a name enters, its type and its rules leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Form(Enum):
    """The JSON form of a property."""

    TEXT = "String"
    FLAG = "Boolean"
    MOMENT = "DateTimeOffset"
    TEXTS = "Collection(String)"
    OBJECT = "ComplexType"
    OBJECTS = "Collection(ComplexType)"
    OTHER = "complex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One declared property: its form, its limits, and what callers may do with it."""

    form: Form = Form.TEXT
    longest: int | None = None
    most: int | None = None
    writable: bool = True
    clearable: bool = True
    filterable: bool = False


def _text(
    longest: int | None = None, *, filterable: bool = True, clearable: bool = True
) -> Property:
    return Property(longest=longest, filterable=filterable, clearable=clearable)


def _fixed(form: Form = Form.TEXT, *, filterable: bool = False) -> Property:
    return Property(form=form, writable=False, filterable=filterable)


# Lengths and filters as in the property table of graph-docs resources/user.
USER: Mapping[str, Property] = {
    "id": _fixed(filterable=True),
    "deletedDateTime": _fixed(Form.MOMENT, filterable=True),
    "createdDateTime": _fixed(Form.MOMENT, filterable=True),
    "creationType": _fixed(filterable=True),
    "externalUserState": _fixed(filterable=True),
    "externalUserStateChangeDateTime": _fixed(Form.MOMENT),
    "identities": _fixed(Form.OTHER, filterable=True),
    "proxyAddresses": _fixed(Form.TEXTS, filterable=True),
    "imAddresses": _fixed(Form.TEXTS),
    "securityIdentifier": _fixed(),
    "lastPasswordChangeDateTime": _fixed(Form.MOMENT),
    "signInSessionsValidFromDateTime": _fixed(Form.MOMENT),
    "assignedLicenses": _fixed(Form.OTHER),
    "assignedPlans": _fixed(Form.OTHER),
    "provisionedPlans": _fixed(Form.OTHER),
    "licenseAssignmentStates": _fixed(Form.OTHER),
    "serviceProvisioningErrors": _fixed(Form.OTHER),
    "isManagementRestricted": _fixed(Form.FLAG),
    "legalAgeGroupClassification": _fixed(),
    "onPremisesDistinguishedName": _fixed(),
    "onPremisesDomainName": _fixed(),
    "onPremisesLastSyncDateTime": _fixed(Form.MOMENT),
    "onPremisesProvisioningErrors": _fixed(Form.OTHER),
    "onPremisesSamAccountName": _fixed(),
    "onPremisesSecurityIdentifier": _fixed(),
    "onPremisesSyncEnabled": _fixed(Form.FLAG, filterable=True),
    "onPremisesUserPrincipalName": _fixed(),
    "onPremisesImmutableId": _text(256),
    "accountEnabled": Property(form=Form.FLAG, clearable=False, filterable=True),
    "ageGroup": _text(),
    "businessPhones": Property(form=Form.TEXTS, longest=64, most=1, filterable=True),
    "city": _text(128),
    "companyName": _text(64),
    "consentProvidedForMinor": _text(),
    "country": _text(128),
    "customSecurityAttributes": Property(form=Form.OTHER, writable=False),
    "department": _text(64),
    "displayName": _text(256, clearable=False),
    "employeeHireDate": Property(form=Form.MOMENT, filterable=True),
    "employeeId": _text(16),
    "employeeLeaveDateTime": Property(form=Form.MOMENT),
    "employeeOrgData": Property(form=Form.OBJECT),
    "employeeType": _text(),
    "faxNumber": _text(64),
    "givenName": _text(64),
    "isResourceAccount": _fixed(Form.FLAG),
    "jobTitle": _text(128),
    "mail": _text(256),
    "mailNickname": _text(64, clearable=False),
    "mobilePhone": _text(64),
    "officeLocation": _text(128),
    "onPremisesExtensionAttributes": Property(form=Form.OBJECT),
    "otherMails": Property(form=Form.TEXTS, longest=256, most=250, filterable=True),
    "passwordPolicies": _text(filterable=False),
    "passwordProfile": Property(form=Form.OBJECT),
    "postalCode": _text(40),
    "preferredDataLocation": _text(filterable=False),
    "preferredLanguage": _text(),
    "showInAddressList": Property(form=Form.FLAG),
    "state": _text(128),
    "streetAddress": _text(1024),
    "surname": _text(64),
    "usageLocation": _text(2, clearable=False),
    "userPrincipalName": _text(1024, clearable=False),
    "userType": _text(),
}

# The only properties of a user that an answer carries without $select.
USER_BY_DEFAULT = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)

# An application may not touch these on a role holder; see graph-docs resources/users.
SENSITIVE = frozenset(
    {
        "accountEnabled",
        "businessPhones",
        "mobilePhone",
        "onPremisesImmutableId",
        "otherMails",
        "passwordProfile",
        "userPrincipalName",
    }
)

EXTENSION_ATTRIBUTES = tuple(f"extensionAttribute{number}" for number in range(1, 16))
LONGEST_EXTENSION_ATTRIBUTE = 1024
LONGEST_EXTENSION = 256
MOST_EXTENSION_VALUES = 100

_NO_ATTRIBUTES: Mapping[str, None] = dict.fromkeys(EXTENSION_ATTRIBUTES)


# Most people have none of these. One object stands for all of them, a third of what people weigh;
# objects of a directory are replaced, never changed in place.
_NOTHING: list[Any] = []


def with_user_defaults(user: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a user so that collections are never null."""
    complete: dict[str, Any] = {
        "accountEnabled": True,
        "creationType": None,
        "externalUserState": None,
        "mail": None,
        "userType": "Member",
        **user,
    }
    for name in ("businessPhones", "otherMails", "proxyAddresses", "imAddresses", "identities"):
        complete[name] = complete.get(name) or _NOTHING
    attributes = complete.get("onPremisesExtensionAttributes")
    complete["onPremisesExtensionAttributes"] = (
        {**_NO_ATTRIBUTES, **attributes} if attributes else _NO_ATTRIBUTES
    )
    return complete


# Graph's declared members of the other objects that calls answer, for $select and $filter.
APPLICATION_FILTERS = frozenset(
    {"id", "appId", "displayName", "uniqueName", "tags", "applicationTemplateId", "signInAudience"}
)
PRINCIPAL_FILTERS = frozenset(
    {"id", "appId", "displayName", "applicationTemplateId", "tags", "servicePrincipalType"}
)
