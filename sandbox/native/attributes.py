"""The words of Entra's synchronization: a user and an attribute's name enter, its value leaves.

Synchronization knows some properties by older names than Graph, and a few that Graph does not show.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.contents import GraphObject
from sandbox.properties import EXTENSION_ATTRIBUTES, USER, Form
from sandbox.seeds import sandbox_id

Value = str | list[str] | None

# Where the old name is not Graph's.
_GRAPH_NAMES: Mapping[str, str] = {
    "facsimileTelephoneNumber": "faxNumber",
    "mobile": "mobilePhone",
    "objectId": "id",
    "originalUserPrincipalName": "userPrincipalName",
    "physicalDeliveryOfficeName": "officeLocation",
    "telephoneNumber": "businessPhones",
}
# How a user in the target says whom it stands for; Graph shows it to nobody.
HOME = "alternativeSecurityIds"
_NET_IDS = uuid.UUID(sandbox_id("netIds"))


def names(text: str) -> tuple[str, ...]:
    """Return the names in a text."""
    return tuple(text.split())


# What can be mapped from and to; Entra's own list is longer and not public.
BOTH_SIDES = names(
    "IsSoftDeleted accountEnabled alternativeSecurityIds city companyName country department "
    "displayName employeeHireDate employeeId employeeType facsimileTelephoneNumber givenName "
    "jobTitle mail mailNickname manager mobile physicalDeliveryOfficeName postalCode "
    "preferredLanguage showInAddressList state streetAddress surname telephoneNumber "
    "usageLocation userPrincipalName"
)
SOURCE_ONLY = names(
    "appRoleAssignments createdDateTime netId objectId originalUserPrincipalName otherMails "
    "proxyAddresses"
)
TARGET_ONLY = names("userType")
# What Entra documents as missing among the attributes of the source, and among those of filters.
NOT_MAPPED = frozenset(names("SamAccountName userType"))
SEVERAL_VALUES = frozenset(names("otherMails proxyAddresses"))
NOT_FILTERED = SEVERAL_VALUES | frozenset(
    names("appRoleAssignments createdDateTime employeeHireDate manager userType")
)
EXTENSIONS = EXTENSION_ATTRIBUTES


def type_of(name: str) -> str:
    """Return the type that a schema gives an attribute."""
    if name == "manager":
        return "Reference"
    rule = USER.get(graph_name(name))
    flag = name == "IsSoftDeleted" or (rule is not None and rule.form is Form.FLAG)
    return "Boolean" if flag else "String"


def graph_name(name: str) -> str:
    """Return Graph's name of an attribute."""
    return _GRAPH_NAMES.get(name, name)


def net_id(tenant_id: str, user_id: str) -> str:
    """Return the number under which the identity platform knows a person, the same everywhere."""
    return f"1003{uuid.uuid5(_NET_IDS, f'{tenant_id}/{user_id}').hex[:12].upper()}"


def is_external(user: Mapping[str, Any]) -> bool:
    """Say whether somebody's home is another tenant."""
    return bool(
        user.get("creationType") == "Invitation"
        or user.get("externalUserState")
        or "#EXT#" in user["userPrincipalName"]
    )


def text_of(value: Any) -> Value:
    """Write a value as synchronization does: flags in .NET's spelling, nothing as null."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, list):
        return [str(one) for one in value]
    return str(value)


def whole_number(text: str) -> int | None:
    """Return the number that a text is; more digits than 64 bits hold make none."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the source, as synchronization sees them."""

    tenant_id: str
    user: GraphObject
    manager: str | None = None
    deleted: bool = False

    @property
    def name(self) -> str:
        """What logs call the person."""
        return str(self.user["userPrincipalName"])

    @property
    def external(self) -> bool:
        """Whether the person's home is not the source."""
        return is_external(self.user)

    def value(self, name: str) -> Value:
        """Return an attribute's value; names that are in no list have none."""
        special = _SPECIAL.get(name)
        if special is not None:
            return special(self)
        if name in EXTENSION_ATTRIBUTES:
            return text_of(self.user["onPremisesExtensionAttributes"].get(name))
        return text_of(self.user.get(graph_name(name)))

    @property
    def home_name(self) -> str:
        """The name at home: external users carry it before the mark."""
        local, mark, _ = self.name.partition("#EXT#")
        return "@".join(local.rsplit("_", 1)) if mark else self.name


# What is no plain property of a user.
_SPECIAL: Mapping[str, Callable[[Person], Value]] = {
    "netId": lambda person: net_id(person.tenant_id, person.user["id"]),
    # Who lives here has none, which filters read as the word.
    "alternativeSecurityIds": lambda person: "(1 values)" if person.external else "None",
    "IsSoftDeleted": lambda person: str(person.deleted),
    "manager": lambda person: person.manager,
    "appRoleAssignments": lambda _: "msiam_access",
    "userPrincipalName": lambda person: person.home_name,
    "telephoneNumber": lambda person: next(iter(person.user["businessPhones"]), None),
}
