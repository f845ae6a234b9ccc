"""What values of several kinds have in common: their forms, and the refusal of a wrong one."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sandbox.wire import Refusal, refuse

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)")


def invalid(name: str, resource: str = "User") -> Refusal:
    """Make the refusal for a value that a property does not take."""
    return refuse(
        400,
        "Request_BadRequest",
        f"Invalid value specified for property '{name}' of resource '{resource}'.",
        details=[{"code": "InvalidValue", "target": name, "message": "Invalid value."}],
    )


def is_moment(value: Any) -> bool:
    """Say whether a value is an Edm.DateTimeOffset: a day, a time and a zone."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
