"""Values of directory extensions: what a body says enters, what is set or a refusal leaves."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.calls.values import invalid, is_moment
from sandbox.properties import LONGEST_EXTENSION, MOST_EXTENSION_VALUES
from sandbox.store import Directory
from sandbox.wire import Refusal, refuse

_PREFIX = "extension_"


def _is_number(bits: int) -> Callable[[Any], bool]:
    limit = 1 << (bits - 1)
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit
    )


def _is_binary(value: Any) -> bool:
    try:
        return 0 < len(base64.b64decode(value, validate=True)) <= LONGEST_EXTENSION
    except (TypeError, ValueError, binascii.Error):
        return False


_TAKES: Mapping[str, Callable[[Any], bool]] = {
    "Binary": _is_binary,
    "Boolean": lambda value: isinstance(value, bool),
    "DateTime": is_moment,
    "Integer": _is_number(32),
    "LargeInteger": _is_number(64),
    "String": lambda value: isinstance(value, str) and 0 < len(value) <= LONGEST_EXTENSION,
}


def check_available(tenant: Directory, names: Iterable[str]) -> None:
    """Refuse extensions that the tenant does not have, all of them at once."""
    visible = tenant.registrations.extension_names()
    unknown = [name for name in names if name.startswith(_PREFIX) and name not in visible]
    if unknown:
        raise _unavailable(",".join(unknown))


def extension_value(tenant: Directory, name: str, value: Any) -> Any:
    """Return the value to set; a multi-valued extension takes a list of them."""
    definition = tenant.registrations.extension(name)
    if definition is None or "User" not in definition["targetObjects"]:
        raise _unavailable(name)
    if value is None:
        return None
    many = definition["isMultiValued"]
    if many != isinstance(value, list):
        raise invalid(name)
    takes = _TAKES[definition["dataType"]]
    if not all(takes(one) for one in (value if many else [value])):
        raise invalid(name)
    return value


def without_unset(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes for a new object, which does not have what is set to null."""
    return {
        name: value
        for name, value in changes.items()
        if value is not None or not name.startswith(_PREFIX)
    }


def check_quota(before: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Refuse more values than an object can have, over all applications.

    Whether each value of a multi-valued extension counts is not documented: here it does.
    """
    if not any(name.startswith(_PREFIX) for name in changes):
        return
    after = {**before, **changes}
    number = sum(
        len(value) if isinstance(value, list) else value is not None
        for name, value in after.items()
        if name.startswith(_PREFIX)
    )
    if number > MOST_EXTENSION_VALUES:
        raise refuse(
            400,
            "Directory_QuotaExceeded",
            f"The number of extension values of the object exceeds {MOST_EXTENSION_VALUES}.",
        )


def _unavailable(names: str) -> Refusal:
    return refuse(
        400,
        "Request_BadRequest",
        f"The following extension properties are not available: {names}.",
    )
