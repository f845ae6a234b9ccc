"""The words of Entra's own synchronization schema, and the place of users in one.

Members and enumerations are those of Graph's `synchronizationSchema`, see
https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema; names are
those that Entra gives a configuration of cross-tenant synchronization. Not documented are how a
constant is written (here in quotes as an expression, and plain as a name), the parameters of most
functions (the expression says the same), the spelling of some operators, and how a mapping of type
None is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconcile.errors import InputError
from reconcile.model.links import When

Json = Mapping[str, Any]

SOURCE = "Azure Active Directory"
TARGET = "Azure Active Directory (target tenant)"
RULE = "USER_INBOUND_USER"
VERSION = "v1.2"
TEMPLATE = "Azure2Azure"

ANCHOR = "alternativeSecurityIds"
"""What Entra finds target users by; neither its mapping nor its priority may be changed."""
ANCHOR_EXPRESSION = "AltSecIdFromNetId([netId])"
OWN = ("IsSoftDeleted", "userPrincipalName")
"""Attributes that Entra's job maps directly, and that Graph lets no application write."""

INTERNAL = "Filter external users"
"""The name of the filter that Entra itself gives a configuration."""
INTERNAL_CLAUSE: Json = {
    "operatorName": "EQUALS",
    "sourceOperandName": ANCHOR,
    "targetOperand": {"values": ["None"]},
}

OPERATORS = {
    "bit-not-set": "!&",
    "bit-set": "&",
    "ends-with": "ENDS_WITH",
    "equals": "EQUALS",
    "greater-than": "Greater_Than",
    "greater-than-or-equals": "Greater_Than_OR_EQUALS",
    "includes": "Includes",
    "is-false": "IS FALSE",
    "is-not-null": "IS NOT NULL",
    "is-null": "IS NULL",
    "is-true": "IS TRUE",
    "not-equals": "NOT EQUALS",
    "not-regex-match": "NOT REGEX MATCH",
    "regex-match": "REGEX MATCH",
}
"""Our operators of filters, and what Entra calls the same."""
DATES = frozenset({"createdDateTime", "employeeHireDate"})
"""Attributes that Entra documents as no part of filters, beside those that ours do not take."""

FLOWS = {When.ALWAYS: "Always", When.CREATION: "ObjectAddOnly"}
WHOLE_FLOW = frozenset({"Add", "Update", "Delete"})


def users_of(schema: Json, file: str) -> tuple[Json, Json]:
    """The rule toward the target tenant, and its mapping of users to users.

    Raises:
        InputError: the schema has none.
    """
    rules = members(schema, "synchronizationRules", file)
    for rule in rules:
        if rule.get("name") == RULE or rule.get("targetDirectoryName") == TARGET:
            for mapping in members(rule, "objectMappings", file):
                if is_of_users(mapping):
                    return rule, mapping
    found = ", ".join(f'"{one.get("name")}"' for one in rules if one.get("name")) or "no rule"
    raise InputError(
        f"{file}: this schema maps no users to another tenant's. Expected a rule {RULE} with an "
        f"object mapping from User to User; found {found}."
    )


def is_of_users(mapping: Json) -> bool:
    """Whether an object mapping is about users on both sides."""
    return (mapping.get("sourceObjectName"), mapping.get("targetObjectName")) == ("User", "User")


def members(of: Json, key: str, file: str) -> Sequence[Json]:
    """The objects of a list; a list that is absent or null has none.

    Raises:
        InputError: it is no list of objects.
    """
    found = of.get(key)
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(f"{file}: {key} is no list of objects. Expected what Graph answers.")
    return found


def member(of: Json, key: str, file: str) -> Json:
    """An object in an object; one that is absent or null is empty.

    Raises:
        InputError: it is no object.
    """
    found = of.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InputError(f"{file}: {key} is no object. Expected what Graph answers.")
    return found


def text(of: Json, key: str, file: str) -> str:
    """A text in an object; one that is absent or null is empty.

    Raises:
        InputError: it is no text.
    """
    found = of.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise InputError(f"{file}: {key} is no text. Expected what Graph answers.")
    return found


def boolean_targets(schema: Json, file: str) -> frozenset[str]:
    """The attributes of target users that are true or false, as far as the schema tells."""
    return frozenset(
        text(attribute, "name", file)
        for attribute in _target_attributes(schema, file)
        if text(attribute, "type", file).lower() == "boolean"
    )


def _target_attributes(schema: Json, file: str) -> Iterator[Json]:
    for directory in members(schema, "directories", file):
        if directory.get("name") == TARGET:
            for kind in members(directory, "objects", file):
                if kind.get("name") == "User":
                    yield from members(kind, "attributes", file)
