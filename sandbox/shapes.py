"""What all forms of request bodies share: an OData value enters, a typed one leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Form(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """An object whose members are all declared, as OData asks of what is sent."""


def plain(value: Any) -> Any:
    """Leave out annotations, which may stand anywhere."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items() if "@" not in name}
    return [plain(one) for one in value] if isinstance(value, list) else value
