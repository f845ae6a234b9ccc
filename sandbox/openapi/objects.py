"""What is written of a directory's objects: the sandbox's rules for them enter, schemas leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.calls import (
    applications,
    federations,
    group_rules,
    principals,
    user_rules,
)
from sandbox.group_properties import WRITABLE, is_known
from sandbox.openapi.forms import (
    FLAG,
    GUID,
    MOMENT,
    REFERENCE,
    TEXT,
    Schema,
    closed,
    like,
    list_of,
    nullable,
    one_of,
    written,
)
from sandbox.properties import USER
from sandbox.registered import APPLICATION, PRINCIPAL, whole_application, whole_principal
from sandbox.registered_forms import LISTS_OF_OBJECTS, LISTS_OF_TEXTS, TEXTS

Body = Callable[[str], Schema]
_BOUND = list_of(REFERENCE["properties"]["@odata.id"], maxItems=20)
_ROLE = closed(
    {
        "id": GUID,
        "allowedMemberTypes": list_of(one_of({"Application", "User"}), minItems=1),
        "displayName": nullable(TEXT),
        "isEnabled": FLAG,
        "value": nullable(TEXT),
    },
    ("allowedMemberTypes", "id"),
)
_LINKS = ("members@odata.bind", "owners@odata.bind")


def fixed(schema: Schema) -> Body:
    """Return the bodies that are the same in each version of Graph."""
    return lambda _: schema


def user(*required: str) -> Body:
    """Return the bodies that set properties of users."""
    properties = {
        name: written(rule, user_rules.CHOICES.get(name))
        for name, rule in USER.items()
        if rule.writable
    }
    return fixed(closed(properties, required))


def group(*required: str) -> Body:
    """Return the bodies that set properties of groups and link objects."""
    """Return the bodies that set properties of groups and link objects."""

    def body(version: str) -> Schema:
        properties = {
            name: written(rule, group_rules.CHOICES.get(name))
            for name, rule in WRITABLE.items()
            if is_known(name, version)
        }
        return closed({**properties, **dict.fromkeys(_LINKS, _BOUND)}, required)

    return body


def application(*required: str) -> Body:
    """Return the bodies that set properties of applications."""

    def body(version: str) -> Schema:
        names = APPLICATION[version] - applications.READ_ONLY
        known = _members(names, whole_application({}, version))
        bound = {"owners@odata.bind": _BOUND} if required else {}
        return closed({**known, **bound}, required)

    return body


def principal(*required: str) -> Body:
    """Return the bodies that set properties of service principals."""

    def body(version: str) -> Schema:
        names = PRINCIPAL[version] - principals.FROM_THE_APPLICATION - {"appId"}
        known = _members(names, whole_principal({}, version))
        return closed({**known, **dict.fromkeys(required, GUID)}, required)

    return body


def _members(names: Iterable[str], usual: Mapping[str, Any]) -> dict[str, Schema]:
    return {name: _member(name, usual.get(name)) for name in sorted(names)}


def _member(name: str, usual: Any) -> Schema:
    """Return the schema of what `registered_forms` lets a member be."""
    if name == "appRoles":
        return list_of(_ROLE)
    if name in LISTS_OF_OBJECTS:
        return list_of({"type": "object"})
    if name in LISTS_OF_TEXTS or isinstance(usual, list):
        return list_of(TEXT)
    if name in TEXTS:
        return nullable(TEXT)
    if isinstance(usual, Mapping):
        return nullable(closed(_members(usual, usual)))
    return like(usual)


ASSIGNMENT = closed(
    dict.fromkeys(("principalId", "resourceId", "appRoleId"), GUID),
    ("principalId", "resourceId", "appRoleId"),
)
EXTENSION = closed(
    {
        "name": {**TEXT, "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "dataType": one_of(set(applications.TYPES.values())),
        "targetObjects": list_of(one_of(applications.HOLDERS), minItems=1),
        "isMultiValued": FLAG,
    },
    ("name", "dataType", "targetObjects"),
)
_CREDENTIAL_TEXT: Schema = {**TEXT, "minLength": 1, "maxLength": federations.LONGEST}
FEDERATION: dict[str, Schema] = {
    **dict.fromkeys(federations.MEMBERS, _CREDENTIAL_TEXT),
    "audiences": list_of(_CREDENTIAL_TEXT, minItems=1, maxItems=1),
    "description": nullable(TEXT),
    "name": {**TEXT, "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,119}$"},
}
INVITATION: dict[str, Schema] = {
    "invitedUserDisplayName": nullable(TEXT),
    "invitedUser": closed({"id": GUID}),
    "invitedUserEmailAddress": {**TEXT, "format": "email"},
    "invitedUserMessageInfo": closed(
        {
            "customizedMessageBody": nullable(TEXT),
            "messageLanguage": nullable(TEXT),
            "ccRecipients": list_of(
                closed({"emailAddress": closed(dict.fromkeys(("name", "address"), TEXT))}),
                maxItems=1,
            ),
        }
    ),
    "invitedUserSponsors": list_of(like({})),
    "invitedUserType": one_of({None, "Guest", "Member"}),
    "inviteRedirectUrl": {**TEXT, "format": "uri"},
    "resetRedemption": FLAG,
    "sendInvitationMessage": FLAG,
}
PASSWORD = closed(
    {
        "passwordCredential": closed(
            {"displayName": nullable(TEXT), "startDateTime": MOMENT, "endDateTime": MOMENT}
        )
    }
)
