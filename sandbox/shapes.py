"""What all forms of request bodies share: an OData value enters, a typed one leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

_Shape = TypeVar("_Shape")


class Form(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """An object whose members are all declared, as OData asks of what is sent."""


def shaped(value: Any, form: type[_Shape]) -> _Shape:
    """Return a value in its form.

    Raises:
        msgspec.ValidationError: it does not have that form, or is nested too deep to tell.
    """
    try:
        return msgspec.convert(_plain(value), form)
    except RecursionError:
        raise msgspec.ValidationError("It is nested too deep") from None


def _plain(value: Any) -> Any:
    """Leave out annotations, which may stand anywhere."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if "@" not in name}
    return [_plain(one) for one in value] if isinstance(value, list) else value
