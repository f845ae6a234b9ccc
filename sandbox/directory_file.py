"""One's own people for a sandbox: an exported file enters, users in Graph's form leave.

Nothing is guessed that matters: a file that is not one of these, or only a part of one, is refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from sandbox.directory_users import WrongUserError, checked
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
_FLAG_WORDS: Mapping[str, bool] = {"true": True, "false": False}
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
    text = _text(path)
    if not text.strip():
        raise DirectoryFileError(f"{path}: the file is empty. {_EXPECTED}")
    found = _from_json(path, text) if text.lstrip()[0] in "[{" else _from_csv(path, text)
    try:
        users = checked(found)
    except WrongUserError as problem:
        raise DirectoryFileError(f"{path}: {problem} {_EXPECTED}") from problem
    if not users:
        raise DirectoryFileError(f"{path}: found no user at all. {_EXPECTED}")
    return users


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DirectoryFileError(f"{path}: cannot be read ({error.strerror}).") from error
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DirectoryFileError(f"{path}: found UTF-16. Expected: UTF-8; save it as that.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"{path}: found no UTF-8 text (byte {error.start})."
        raise DirectoryFileError(f"{found} {_EXPECTED}") from error


def _from_json(path: Path, text: str) -> list[Any]:
    try:
        document = json.loads(text)
        # It takes half a character for a whole one, which nobody can be answered with.
        msgspec.json.decode(text) if "\\ud" in text.lower() else None
    except (RecursionError, msgspec.DecodeError) as error:
        raise DirectoryFileError(
            f"{path}: found no JSON of Graph's ({error}). {_EXPECTED}"
        ) from error
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
    counted = document.get("@odata.count") if isinstance(document, dict) else None
    if counted is not None and counted != len(users):
        raise DirectoryFileError(
            f'{path}: found {len(users)} users where "@odata.count" says {counted}. '
            "Follow the links and put all pages into one list."
        )
    return users


def _from_csv(path: Path, text: str) -> list[Any]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        _check_columns(path, list(rows.fieldnames or ()))
        return [_from_row(path, number, row) for number, row in enumerate(rows, start=2)]
    except csv.Error as error:
        raise DirectoryFileError(
            f"{path}:{rows.line_num + 1}: found no row of a CSV ({error}). {_EXPECTED}"
        ) from error


def _check_columns(path: Path, columns: list[str]) -> None:
    if any(";" in column for column in columns):
        raise DirectoryFileError(
            f"{path}:1: found semicolons between the columns. Expected: commas; save it with them."
        )
    if "userPrincipalName" not in columns or not {"id", "objectId"} & set(columns):
        found = ", ".join(columns[:5])
        raise DirectoryFileError(
            f"{path}:1: found the columns {found}, without userPrincipalName and id. {_EXPECTED}"
        )
    names = [_COLUMNS.get(column, column) for column in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DirectoryFileError(
            f"{path}:1: found {', '.join(twice)} in two columns. Expected: each column once."
        )


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
        if text.lower() not in _FLAG_WORDS:
            raise DirectoryFileError(
                f"{path}:{line}: {name} is {text!r}. Expected: true or false, in English."
            )
        return _FLAG_WORDS[text.lower()]
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
