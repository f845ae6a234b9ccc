"""One's own people for a sandbox: an exported file enters, users in Graph's form leave.

Nothing is guessed that matters: a file that is not one of these, or only a part of one, is refused.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.seeds import GraphObject

_EXPECTED = (
    'Expected: the JSON that Graph answers to GET /users ({"value": [...]}, or the list alone), '
    "or the CSV of the Entra admin centre (Users > Download users)."
)
# Columns of the download that Graph calls differently; older downloads have the older names.
_COLUMNS = {
    "objectId": "id",
    "physicalDeliveryOfficeName": "officeLocation",
    "mobile": "mobilePhone",
    "telephoneNumber": "businessPhones",
    "alternateEmailAddress": "otherMails",
    "directorySynced": "onPremisesSyncEnabled",
    "invitationState": "externalUserState",
}
_LISTS = frozenset({"businessPhones", "otherMails"})
_FLAGS = frozenset({"accountEnabled", "onPremisesSyncEnabled"})
_UNKNOWN_TO_GRAPH = frozenset(
    {
        "identityIssuer",
        "authenticationPhoneNumber",
        "authenticationAlternativePhoneNumber",
        "authenticationEmail",
    }
)
_DOWNLOADED_MOMENT = "%m/%d/%Y %I:%M:%S %p"


class DirectoryFileError(Exception):
    """A file that is not a directory: the message names the file, what was found and expected."""


def read_directory(path: Path) -> list[GraphObject]:
    """Read the users of a file.

    Raises:
        DirectoryFileError: when the file cannot be read, or is not a whole directory.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DirectoryFileError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        found = f"{path}: found no UTF-8 text (byte {error.start})."
        raise DirectoryFileError(f"{found} {_EXPECTED}") from error
    if not text.strip():
        raise DirectoryFileError(f"{path}: the file is empty. {_EXPECTED}")
    users = _from_json(path, text) if text.lstrip()[0] in "[{" else _from_csv(path, text)
    return _checked(path, users)


def _from_json(path: Path, text: str) -> list[Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        found = f"{path}:{error.lineno}:{error.colno}: found JSON that ends or breaks off here."
        raise DirectoryFileError(f"{found} {_EXPECTED}") from error
    if isinstance(document, dict) and "@odata.nextLink" in document:
        raise DirectoryFileError(
            f'{path}: found one page of several (it has an "@odata.nextLink"). '
            "Follow the links and put all pages into one list."
        )
    users = document.get("value") if isinstance(document, dict) else document
    if not isinstance(users, list):
        keys = ", ".join(sorted(document)[:5]) if isinstance(document, dict) else ""
        raise DirectoryFileError(f'{path}: found an object without "value" ({keys}). {_EXPECTED}')
    return users


def _from_csv(path: Path, text: str) -> list[Any]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = list(rows.fieldnames or ())
    if "userPrincipalName" not in columns or not {"id", "objectId"} & set(columns):
        found = ", ".join(columns[:5])
        raise DirectoryFileError(
            f"{path}:1: found the columns {found}, without userPrincipalName and id. {_EXPECTED}"
        )
    return [_from_row(path, number, row) for number, row in enumerate(rows, start=2)]


def _from_row(path: Path, line: int, row: Mapping[str | None, Any]) -> GraphObject:
    if None in row or None in row.values():
        raise DirectoryFileError(
            f"{path}:{line}: found a row with more or fewer fields than the header. {_EXPECTED}"
        )
    user: GraphObject = {}
    for column, value in row.items():
        if column is None or not value or column in _UNKNOWN_TO_GRAPH:
            continue
        name = _COLUMNS.get(column, column)
        user[name] = _value(path, line, name, value)
    return user


def _value(path: Path, line: int, name: str, text: str) -> Any:
    if name in _LISTS:
        return [part.strip() for part in text.split(",")]
    if name in _FLAGS:
        return text.lower() == "true"
    if name == "createdDateTime":
        return _moment(path, line, text)
    return text


def _moment(path: Path, line: int, text: str) -> str:
    """Write a moment as Graph does; the download writes it as in the United States."""
    for reads in (datetime.fromisoformat, _downloaded):
        try:
            moment = reads(text)
        except ValueError:
            continue
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise DirectoryFileError(
        f"{path}:{line}: createdDateTime is {text!r}. Expected: 8/19/2021 1:25:31 PM or ISO 8601."
    )


def _downloaded(text: str) -> datetime:
    return datetime.strptime(text, _DOWNLOADED_MOMENT).replace(tzinfo=UTC)


def _checked(path: Path, users: Iterable[Any]) -> list[GraphObject]:
    """Insist on what every user has, and complete what default answers leave out."""
    completed: dict[str, GraphObject] = {}
    for place, user in enumerate(users):
        if not isinstance(user, dict):
            found = f"{path}: value[{place}] is {json.dumps(user)[:40]}, not a user."
            raise DirectoryFileError(f"{found} {_EXPECTED}")
        for needed in ("id", "userPrincipalName"):
            if not isinstance(user.get(needed), str) or not user[needed]:
                found = f"{path}: value[{place}] has no {needed}."
                raise DirectoryFileError(f"{found} {_EXPECTED}")
        if user["id"] in completed:
            raise DirectoryFileError(
                f"{path}: value[{place}] has the id {user['id']} of an earlier user. "
                "Expected: each user once."
            )
        completed[user["id"]] = _completed(user)
    if not completed:
        raise DirectoryFileError(f"{path}: found no user at all. {_EXPECTED}")
    return list(completed.values())


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
