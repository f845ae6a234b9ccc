"""What Microsoft publishes of Graph's bodies: a body and a call enter, differences leave."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

GRAPH = Path(__file__).parents[2].parent / "shared" / "graph"
# Members of Graph's answers that its own schema does not have (facts.md, section 1.2).
UNDECLARED = {
    "crossCloudMeetingConfiguration",
    "invitationRedemptionIdentityProviderConfiguration",
    "protectedContentSharing",
}
_EXTENSION = re.compile(r"extension_[0-9a-f]{32}_\w+")
_PARENTHESES = re.compile(r"\((?:\w+='\{\w+\}')?\)")


def free(name: str) -> bool:
    """Whether a member may be there undeclared: an annotation, an extension, or a known gap."""
    return "@" in name or name in UNDECLARED or _EXTENSION.fullmatch(name) is not None


@cache
def openapi(version: str = "v1.0") -> dict[str, Any]:
    """Load what is published of a version; its references say which version they are of."""
    text = (GRAPH / "openapi" / f"{version}.yaml").read_text()
    named = text.replace("'#/components/", f"'#/{version}/components/")
    loaded: dict[str, Any] = yaml.load(named, Loader=yaml.CSafeLoader)
    return loaded


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        version, *parts = node["$ref"].removeprefix("#/").split("/")
        found: Any = openapi(version)
        for part in parts:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    schema = resolved(schema)
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= properties(part)
    return found


def alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a value may be; `nullable` beside a reference is how OpenAPI 3.0 writes null."""
    schema = resolved(schema)
    parts = schema.get("anyOf") or schema.get("oneOf")
    if not parts:
        return [schema]
    found = [resolved(one) for one in parts]
    return [one for one in found if one != {"type": "object", "nullable": True}]


def problems(value: Any, schema: dict[str, Any], where: str, version: str = "v1.0") -> list[str]:
    """Compare member by member; what may be one of several things is held to the nearest."""
    if value is None:
        return []
    found = [_compared(value, one, where, version) for one in alternatives(schema)]
    return min(found, key=len)


def _compared(value: Any, schema: dict[str, Any], where: str, version: str) -> list[str]:
    if isinstance(value, list) and schema.get("type", "array") == "array":
        item = schema.get("items", {})
        return [found for one in value for found in problems(one, item, f"{where}[]", version)]
    if isinstance(value, dict) and schema.get("type", "object") == "object":
        return _object(value, schema, where, version)
    plain = {name: schema[name] for name in ("type", "enum", "pattern") if name in schema}
    if (plain or not schema) and jsonschema.Draft202012Validator(plain).is_valid(value):
        return []
    return [f"{where}: {value!r} is not {json.dumps(schema)[:120]}"]


def _object(value: dict[str, Any], schema: dict[str, Any], where: str, version: str) -> list[str]:
    known = properties(schema)
    kind = str(value.get("@odata.type", "")).removeprefix("#")
    if kind:
        schemas = openapi(version)["components"]["schemas"]
        if kind not in schemas:
            return [f"{where}: there is no type {kind}"]
        known = properties(schemas[kind])
    # A type that declares annotations only, like the details of the provisioning log, is open.
    declared = any("@" not in name for name in known)
    strange = sorted(name for name in value if name not in known and not free(name))
    return [f"{where}: undeclared {name}" for name in strange if declared] + [
        found
        for name, one in value.items()
        if name in known
        for found in problems(one, known[name], f"{where}.{name}", version)
    ]


@cache
def _operations(version: str) -> dict[str, dict[str, Any]]:
    """The published paths as routes write them: every key is a pair of braces."""
    found: dict[str, dict[str, Any]] = {}
    for path, operations in openapi(version)["paths"].items():
        keyed = "=" in path
        plain = _PARENTHESES.sub(lambda one: "/{}" if "=" in one[0] else "", path)
        plain = re.sub(r"\{[^}]*\}", "{}", plain)
        if not keyed or plain not in found:
            found[plain] = operations
    return found


def operation(method: str, path: str, version: str) -> dict[str, Any] | None:
    """Return what is published of a call, if it is."""
    found = _operations(version).get(path)
    published: dict[str, Any] | None = found and found.get(method.lower())
    return published


def schema_of_answer(published: dict[str, Any], status: int) -> dict[str, Any] | None:
    responses = published["responses"]
    family = responses.get(str(status)) or responses.get(f"{status // 100}XX")
    return _content(family)


def schema_of_request(published: dict[str, Any]) -> dict[str, Any] | None:
    return _content(published.get("requestBody"))


def _content(node: dict[str, Any] | None) -> dict[str, Any] | None:
    content = resolved(node).get("content", {}) if node else {}
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema


def schema_of(method: str, path: str, status: str, version: str = "v1.0") -> dict[str, Any]:
    schema = schema_of_answer(openapi(version)["paths"][path][method], int(status))
    assert schema is not None, f"{method} {path} has no published answer {status}"
    return schema
