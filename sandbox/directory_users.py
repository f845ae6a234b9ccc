"""The people of a directory file: raw objects enter, users leave, or where one is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from sandbox.properties import USER, Form
from sandbox.seeds import GraphObject

_ONCE = "Expected: each user once."
_ID = re.compile(r"[A-Za-z0-9._-]+")
_NAME = re.compile(r"[^@\s]+@[^@\s]+")
_FORMS: Mapping[Form, Any] = {
    Form.TEXT: str | None,
    Form.MOMENT: str | None,
    Form.FLAG: bool | None,
    Form.TEXTS: list[str] | None,
    Form.OBJECT: dict[str, Any] | None,
    Form.OBJECTS: list[dict[str, Any]] | None,
    Form.OTHER: Any,
}
_NEEDED = ("id", "userPrincipalName")
_User = msgspec.defstruct(
    "_User",
    [
        *((name, str) for name in _NEEDED),
        *((name, _FORMS[one.form], None) for name, one in USER.items() if name not in _NEEDED),
    ],
)


class WrongUserError(ValueError):
    """One user of a file is none; the message says which, what was found and expected."""


def checked(users: Iterable[Any]) -> list[GraphObject]:
    """Insist on what every user has, and complete what default answers leave out.

    Raises:
        WrongUserError: at the first user that Graph would not have answered with.
    """
    completed: list[GraphObject] = []
    seen: dict[str, set[str]] = {name: set() for name in _NEEDED}
    for place, user in enumerate(users):
        where = f"value[{place}]"
        _check(where, user)
        for name, others in seen.items():
            if user[name].lower() in others:
                raise WrongUserError(
                    f"{where} has the {name} {user[name]} of an earlier user. {_ONCE}"
                )
            others.add(user[name].lower())
        completed.append(_completed(user))
    return completed


def _check(where: str, user: Any) -> None:
    if not isinstance(user, dict):
        raise WrongUserError(f"{where} is {json.dumps(user)[:40]}, not a user.")
    for needed in _NEEDED:
        if not isinstance(user.get(needed), str) or not user[needed]:
            raise WrongUserError(f"{where} has no {needed}.")
    try:
        msgspec.convert(user, _User)
    except msgspec.ValidationError as problem:
        raise WrongUserError(f"{where} is not as Graph answers it: {problem}.") from problem
    if not _ID.fullmatch(user["id"]):
        raise WrongUserError(
            f"{where}.id is {user['id']!r}. Expected: letters, digits, hyphens, dots and _."
        )
    if not _NAME.fullmatch(user["userPrincipalName"]):
        raise WrongUserError(
            f"{where}.userPrincipalName is {user['userPrincipalName']!r}. Expected: NAME@DOMAIN."
        )


def _completed(user: Mapping[str, Any]) -> GraphObject:
    """Fill what `GET /users` answers only when it is selected, from what the name tells."""
    external = "#EXT#" in user["userPrincipalName"]
    assumed: GraphObject = {
        "accountEnabled": True,
        "creationType": "Invitation" if external else None,
        "userType": "Guest" if external else "Member",
        "businessPhones": [],
        "otherMails": [],
        "proxyAddresses": [],
    }
    given = {name: value for name, value in user.items() if not name.startswith("@")}
    return {**assumed, **{name: value for name, value in given.items() if value is not None}}
