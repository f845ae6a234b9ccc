"""A body, held to a published schema: both enter, the differences leave.

Schemas are read once: a page of a thousand people is held to its schema in milliseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.sandbox.published import openapi, resolved

# Members of Graph's answers that its own schema does not have (facts.md, section 1.2).
UNDECLARED = {
    "crossCloudMeetingConfiguration",
    "invitationRedemptionIdentityProviderConfiguration",
    "protectedContentSharing",
}
_EXTENSION = re.compile(r"extension_[0-9a-f]{32}_\w+")
_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}

Check = Callable[[Any, str], list[str]]
_checks: dict[tuple[int, str], Check] = {}


def free(name: str) -> bool:
    """Whether a member may be there undeclared: an annotation, an extension, or a known gap."""
    return "@" in name or name in UNDECLARED or _EXTENSION.fullmatch(name) is not None


def problems(value: Any, schema: dict[str, Any], where: str, version: str = "v1.0") -> list[str]:
    """Compare member by member; what may be one of several things is held to the nearest."""
    return _check_of(schema, version)(value, where)


def _check_of(schema: dict[str, Any], version: str) -> Check:
    # The document stays loaded, so what it is made of keeps its place in memory.
    key = (id(schema), version)
    if key not in _checks:
        _checks[key] = _nearest([_form(one, version) for one in _alternatives(schema)])
    return _checks[key]


def _alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a value may be; `nullable` beside a reference is how OpenAPI 3.0 writes null."""
    schema = resolved(schema)
    parts = schema.get("anyOf") or schema.get("oneOf")
    if not parts:
        return [schema]
    found = [resolved(one) for one in parts]
    return [one for one in found if one != {"type": "object", "nullable": True}]


def _nearest(forms: list[Check]) -> Check:
    def check(value: Any, where: str) -> list[str]:
        if value is None:
            return []
        return min((form(value, where) for form in forms), key=len)

    return check


def _form(schema: dict[str, Any], version: str) -> Check:
    members, plain = _Members(schema, version), _plain(schema)
    kind, item = schema.get("type"), schema.get("items", {})
    # Beta's document has flags as a list; on the wire they are one text with commas.
    flags = "x-kiota-note" in schema

    def check(value: Any, where: str) -> list[str]:
        if flags and isinstance(value, str):
            value = [one.strip() for one in value.split(",")]
        if isinstance(value, list) and kind in {"array", None}:
            form = _check_of(item, version)
            return [found for one in value for found in form(one, f"{where}[]")]
        if isinstance(value, dict) and kind in {"object", None}:
            return members.problems(value, where)
        return plain(value, where)

    return check


def _plain(schema: dict[str, Any]) -> Check:
    limits = {name: schema[name] for name in ("type", "enum", "pattern") if name in schema}
    types = _TYPES.get(limits.get("type", ""), (object,))
    pattern = re.compile(limits.get("pattern", ""))
    allowed = limits.get("enum")

    def fits(value: Any) -> bool:
        # Whoever has limits but none that names a type, or no limit beside others, says nothing.
        if not limits and schema:
            return False
        if isinstance(value, bool) and bool not in types and types != (object,):
            return False
        if not isinstance(value, types) or (allowed is not None and value not in allowed):
            return False
        return not isinstance(value, str) or pattern.search(value) is not None

    def check(value: Any, where: str) -> list[str]:
        return [] if fits(value) else [f"{where}: {value!r} is not {json.dumps(schema)[:120]}"]

    return check


class _Members:
    """The members of one type, or of whichever type an object says that it is."""

    def __init__(self, schema: dict[str, Any], version: str) -> None:
        self._schema, self._version = schema, version
        self._known: dict[str, dict[str, Any]] = {}

    def problems(self, value: dict[str, Any], where: str) -> list[str]:
        kind = str(value.get("@odata.type", "")).removeprefix("#")
        known = self._of(kind)
        if known is None:
            return [f"{where}: there is no type {kind}"]
        # A type that declares annotations only, like the details of the provisioning log, is open.
        declared = any("@" not in name for name in known)
        strange = sorted(name for name in value if name not in known and not free(name))
        return [f"{where}: undeclared {name}" for name in strange if declared] + [
            found
            for name, one in value.items()
            if name in known and one is not None
            for found in _check_of(known[name], self._version)(one, f"{where}.{name}")
        ]

    def _of(self, kind: str) -> dict[str, Any] | None:
        if kind not in self._known:
            schemas = openapi(self._version)["components"]["schemas"]
            if kind and kind not in schemas:
                return None
            self._known[kind] = properties(schemas[kind] if kind else self._schema)
        return self._known[kind]


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    schema = resolved(schema)
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= properties(part)
    return found
