"""The user attributes that mappings may name: Entra's names, and their way in Graph.

Names and defaults are those of Entra's own cross-tenant synchronization; limits are the documented
ones of the user resource (graph.microsoft.com, resource type `user`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from reconcile.model.users import User, Value


class Kind(Enum):
    """How a value is kept in Graph."""

    TEXT = "text"
    MOMENT = "moment"  # a text that is a date with its time
    FLAG = "flag"
    FIRST = "first"  # the only member of a list of texts
    EXTENSION = "extension"  # a member of onPremisesExtensionAttributes
    REFERENCE = "reference"  # a navigation, written with its own call
    MANY = "many"  # a list of texts, which expressions and filters may read
    DIRECTORY = "directory"  # a directory extension: text or truth, as its owner declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute. `limit` is the longest text; `clears` tells whether null may be written.

    `sensitive` attributes are refused by Graph on holders of administrator roles; a `silent` one
    may be taken and still be answered as null.
    """

    name: str
    property: str
    kind: Kind = Kind.TEXT
    limit: int | None = None
    source: bool = True
    target: bool = True
    clears: bool = True
    sensitive: bool = False
    silent: bool = False


def _plain(name: str, limit: int | None = None, property_: str | None = None) -> Attribute:
    return Attribute(name=name, property=property_ or name, limit=limit)


def _read_only(name: str, property_: str | None = None, kind: Kind = Kind.TEXT) -> Attribute:
    return Attribute(name=name, property=property_ or name, kind=kind, target=False)


_TABLE = (
    Attribute(
        name="accountEnabled",
        property="accountEnabled",
        kind=Kind.FLAG,
        clears=False,
        sensitive=True,
    ),
    _plain("city", 128),
    _plain("companyName", 64),
    _plain("country", 128),
    _read_only("createdDateTime", kind=Kind.MOMENT),
    _plain("department", 64),
    Attribute(name="displayName", property="displayName", limit=256, clears=False),
    Attribute(name="employeeHireDate", property="employeeHireDate", kind=Kind.MOMENT),
    _plain("employeeId", 16),
    _plain("employeeType"),
    _plain("givenName", 64),
    _plain("jobTitle", 128),
    Attribute(name="mail", property="mail", clears=False),
    Attribute(name="mailNickname", property="mailNickname", limit=64, clears=False),
    Attribute(name="manager", property="manager", kind=Kind.REFERENCE),
    Attribute(name="mobile", property="mobilePhone", limit=64, sensitive=True),
    _read_only("objectId", "id"),
    _read_only("originalUserPrincipalName", "userPrincipalName"),
    _read_only("otherMails", kind=Kind.MANY),
    _plain("physicalDeliveryOfficeName", 128, "officeLocation"),
    _plain("postalCode", 40),
    _plain("preferredLanguage"),
    _read_only("proxyAddresses", kind=Kind.MANY),
    # Graph's own page says not to use it; what it answers after a write is not documented.
    Attribute(
        name="showInAddressList",
        property="showInAddressList",
        kind=Kind.FLAG,
        source=False,
        silent=True,
    ),
    _plain("state", 128),
    _plain("streetAddress", 1024),
    _plain("surname", 64),
    Attribute(name="telephoneNumber", property="businessPhones", kind=Kind.FIRST, sensitive=True),
    Attribute(name="usageLocation", property="usageLocation", limit=2, clears=False),
    _read_only("userPrincipalName"),
    # Entra's own job offers userType as a target only; a directory extension is the way round.
    Attribute(name="userType", property="userType", source=False, clears=False),
    *(
        Attribute(
            name=f"extensionAttribute{number}",
            property="onPremisesExtensionAttributes",
            kind=Kind.EXTENSION,
            limit=1024,
        )
        for number in range(1, 16)
    ),
)

ATTRIBUTES = {attribute.name: attribute for attribute in _TABLE}
GRAPH_NAMES = {
    a.property: a.name
    for a in _TABLE
    if a.name != a.property and a.kind is not Kind.EXTENSION and a.property not in ATTRIBUTES
}
"""Graph's names for attributes that Entra's mappings call otherwise, for suggestions."""
DIRECTORY_EXTENSION = re.compile("extension_[0-9a-f]{32}_[A-Za-z0-9_]+")
"""The name of a directory extension: of its owner's client id without hyphens, and its own."""


def directory_extensions(names: Iterable[str]) -> set[str]:
    """Those of some names that are names of directory extensions."""
    return {name for name in names if DIRECTORY_EXTENSION.fullmatch(name)}


@lru_cache(maxsize=1024)
def find_attribute(name: str) -> Attribute | None:
    """The attribute of a name, a directory extension among them; None where there is none."""
    if DIRECTORY_EXTENSION.fullmatch(name):
        return Attribute(name=name, property=name, kind=Kind.DIRECTORY, limit=256)
    return ATTRIBUTES.get(name)


def attribute_of(name: str) -> Attribute:
    """The attribute of a name that was found right before."""
    found = find_attribute(name)
    if found is None:
        raise KeyError(name)
    return found


def property_of(name: str) -> str:
    """The Graph property that carries an attribute."""
    return attribute_of(name).property


def read_value(user: User, name: str) -> Value:
    """An attribute's value in a user as read; what Graph does not answer reads as None.

    Several values read as one text, with semicolons between them.
    """
    found = reader(name)(user)
    return ";".join(found) or None if isinstance(found, tuple) else found


@lru_cache(maxsize=1024)
def reader(name: str) -> Callable[[User], Value | tuple[str, ...]]:
    """What reads one attribute of any user; several values stay several."""
    attribute = attribute_of(name)
    key = attribute.property
    match attribute.kind:
        case Kind.REFERENCE:
            return lambda user: user.manager
        case Kind.EXTENSION:
            return lambda user: (user.properties.get(key) or {}).get(name) or None
        case kind:
            plain = _PLAIN[kind]
            return lambda user: plain(user.properties.get(key))


def _text(found: object) -> str | None:
    return found if isinstance(found, str) and found else None


def _flag(found: object) -> bool | None:
    return found if isinstance(found, bool) else None


def _declared(found: object) -> str | bool | None:
    """A directory extension may be a number; everything compares as text."""
    return str(found) if type(found) is int else _text(found) if found else _flag(found)


def write_value(name: str, value: Value) -> dict[str, Any]:
    """The members of a PATCH body that set an attribute.

    Raises:
        ValueError: the attribute is a reference, which no PATCH can set.
    """
    attribute = attribute_of(name)
    match attribute.kind:
        case Kind.FIRST:
            return {attribute.property: [value] if value else []}
        case Kind.EXTENSION:
            return {attribute.property: {name: value}}
        case Kind.REFERENCE:
            message = f"{name} is a reference and has a call of its own"
            raise ValueError(message)
        case _:
            return {attribute.property: value}


def merge_members(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """One PATCH body of several parts; members of nested objects are joined, not replaced."""
    body: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            if isinstance(value, dict) and isinstance(body.get(key), dict):
                body[key] = {**body[key], **value}
            else:
                body[key] = value
    return body


_PLAIN: dict[Kind, Callable[[Any], Value | tuple[str, ...]]] = {
    Kind.TEXT: _text,
    Kind.MOMENT: _text,
    Kind.FLAG: _flag,
    Kind.FIRST: lambda found: found[0] or None if found else None,
    Kind.MANY: lambda found: tuple(found or ()),
    Kind.DIRECTORY: _declared,
}
