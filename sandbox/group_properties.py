"""The properties of groups: what is kept of a group enters, whatever Graph has of it leaves."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.contents import GraphObject
from sandbox.properties import Form, Property

BETA = "beta"
# The type of Microsoft 365 groups, which have a mailbox and outlive their deletion.
UNIFIED = "Unified"
# The type of groups whose members a rule decides.
DYNAMIC = "DynamicMembership"

# What answers carry without $select, as the documentation's examples of /groups have it, and what
# it is while nobody has set it.
_BY_DEFAULT: Mapping[str, Any] = {
    "id": None,
    "deletedDateTime": None,
    "classification": None,
    "createdDateTime": None,
    "organizationId": None,
    "description": None,
    "displayName": None,
    "expirationDateTime": None,
    "groupTypes": [],
    "isAssignableToRole": None,
    "mail": None,
    "mailEnabled": None,
    "mailNickname": None,
    "membershipRule": None,
    "membershipRuleProcessingState": None,
    "onPremisesDomainName": None,
    "onPremisesLastSyncDateTime": None,
    "onPremisesNetBiosName": None,
    "onPremisesSamAccountName": None,
    "onPremisesSecurityIdentifier": None,
    "onPremisesSyncEnabled": None,
    "preferredDataLocation": None,
    "preferredLanguage": None,
    "proxyAddresses": [],
    "renewedDateTime": None,
    "resourceBehaviorOptions": [],
    "resourceProvisioningOptions": [],
    "securityEnabled": None,
    "securityIdentifier": None,
    "theme": None,
    "uniqueName": None,
    "visibility": None,
    "onPremisesProvisioningErrors": [],
}
_BY_DEFAULT_IN_BETA: Mapping[str, Any] = {
    **_BY_DEFAULT,
    "createdByAppId": None,
    "infoCatalogs": [],
    "isManagementRestricted": None,
    "writebackConfiguration": {"isEnabled": None, "onPremisesGroupType": None},
}
# What only $select brings. Members that belong to a group's mailbox are not simulated.
_ON_SELECT: Mapping[str, Any] = {
    "assignedLabels": [],
    "assignedLicenses": [],
    "hasMembersWithLicenseErrors": None,
    "infoCatalogs": [],
    "isManagementRestricted": None,
    "licenseProcessingState": None,
    "membershipRuleProcessingStatus": None,
    "onPremisesExtensionAttributes": None,
    "serviceProvisioningErrors": [],
}
_ONLY_BETA = frozenset(
    {"createdByAppId", "membershipRuleProcessingStatus", "writebackConfiguration"}
)

GROUP = frozenset(_BY_DEFAULT_IN_BETA) | frozenset(_ON_SELECT)
_BY_LOWER = {name.lower(): name for name in GROUP}
# As in the property table of graph-docs resources/group.
GROUP_FILTERS = frozenset(
    {
        "classification",
        "createdByAppId",
        "createdDateTime",
        "deletedDateTime",
        "description",
        "displayName",
        "expirationDateTime",
        "groupTypes",
        "hasMembersWithLicenseErrors",
        "id",
        "isAssignableToRole",
        "mail",
        "mailEnabled",
        "mailNickname",
        "membershipRule",
        "membershipRuleProcessingState",
        "onPremisesLastSyncDateTime",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "preferredLanguage",
        "proxyAddresses",
        "renewedDateTime",
        "securityEnabled",
        "uniqueName",
    }
)
# What callers may set; the rest is Entra's own. Lengths as in graph-docs group-post-groups.
WRITABLE: Mapping[str, Property] = {
    "assignedLabels": Property(form=Form.OBJECTS),
    "classification": Property(),
    "description": Property(),
    "displayName": Property(longest=256, clearable=False),
    "groupTypes": Property(form=Form.TEXTS),
    "isAssignableToRole": Property(form=Form.FLAG),
    "mailEnabled": Property(form=Form.FLAG, clearable=False),
    "mailNickname": Property(longest=64, clearable=False),
    "membershipRule": Property(),
    "membershipRuleProcessingState": Property(),
    "onPremisesExtensionAttributes": Property(form=Form.OBJECT),
    "preferredDataLocation": Property(),
    "preferredLanguage": Property(),
    "resourceBehaviorOptions": Property(form=Form.TEXTS),
    "resourceProvisioningOptions": Property(form=Form.TEXTS),
    "securityEnabled": Property(form=Form.FLAG, clearable=False),
    "theme": Property(),
    "uniqueName": Property(),
    "visibility": Property(),
    "writebackConfiguration": Property(form=Form.OBJECT),
}

_FORMS: Mapping[str, Form] = {
    **{name: Form.MOMENT for name in GROUP if name.endswith("DateTime")},
    **{name: one.form for name, one in WRITABLE.items()},
    "hasMembersWithLicenseErrors": Form.FLAG,
    "onPremisesSyncEnabled": Form.FLAG,
    "proxyAddresses": Form.TEXTS,
}


def type_of(name: str) -> str:
    """Return a filterable property's type, as OData names it."""
    return _FORMS.get(name, Form.TEXT).value


def is_known(name: str, version: str) -> bool:
    """Say whether a version of Graph has the property."""
    return name in GROUP and (version == BETA or name not in _ONLY_BETA)


def spelled(name: str) -> str:
    """Return the declared name of a property that is written in other letters."""
    return _BY_LOWER.get(name.lower(), name)


def is_unified(group: Mapping[str, Any]) -> bool:
    """Say whether a group is a Microsoft 365 group."""
    types = group.get("groupTypes")
    return isinstance(types, list) and UNIFIED in types


def is_dynamic(group: Mapping[str, Any]) -> bool:
    """Say whether a rule decides who is in a group."""
    types = group.get("groupTypes")
    return isinstance(types, list) and DYNAMIC in types


def names_by_default(version: str) -> tuple[str, ...]:
    """Return the properties that answers of a version carry without $select."""
    return tuple(_BY_DEFAULT_IN_BETA if version == BETA else _BY_DEFAULT)


def whole(group: Mapping[str, Any], tenant_id: str) -> GraphObject:
    """Complete a group with what nobody set and with what follows from the rest."""
    derived = {
        "organizationId": tenant_id,
        "renewedDateTime": group.get("createdDateTime"),
        "securityIdentifier": _security_identifier(group["id"]),
        "membershipRuleProcessingStatus": _status_of_rule(group),
    }
    return {**_BY_DEFAULT_IN_BETA, **_ON_SELECT, **derived, **group}


def _security_identifier(group_id: str) -> str | None:
    """Write a group's id as Windows does: four numbers of its bytes, as the examples show."""
    try:
        numbers = struct.unpack("<4I", uuid.UUID(group_id).bytes_le)
    except ValueError:
        return None
    return "-".join(["S-1-12-1", *(str(number) for number in numbers)])


def _status_of_rule(group: Mapping[str, Any]) -> GraphObject | None:
    """Tell how far a rule's evaluation is; the sandbox keeps rules and evaluates none."""
    if not group.get("membershipRule"):
        return None
    return {"status": "NotStarted", "lastMembershipUpdated": None, "errorMessage": None}
