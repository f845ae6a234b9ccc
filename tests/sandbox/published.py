"""What Microsoft publishes about Graph's answers: an answer and a path enter, differences leave."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

GRAPH = Path(__file__).parents[2].parent / "shared" / "graph"
# Members of Graph's answers that its own schema does not have.
UNDECLARED = {
    "@odata.context",
    "@odata.nextLink",
    "crossCloudMeetingConfiguration",
    "invitationRedemptionIdentityProviderConfiguration",
    "protectedContentSharing",
}


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


def problems(value: Any, schema: dict[str, Any], where: str) -> list[str]:
    """Compare an object's members one by one, since OpenAPI 3.0 writes null as `nullable`."""
    schema = resolved(schema)
    if value is None:
        return []
    if isinstance(value, list):
        item = schema.get("items", {})
        return [found for one in value for found in problems(one, item, f"{where}[]")]
    if isinstance(value, dict):
        known = properties(schema)
        if "@odata.type" in value:
            name = value["@odata.type"].removeprefix("#")
            known = properties(openapi()["components"]["schemas"][name])
        strange = set(value) - set(known) - UNDECLARED
        return [f"{where}: undeclared {name}" for name in sorted(strange) if known] + [
            found
            for name, one in value.items()
            if name in known
            for found in problems(one, known[name], f"{where}.{name}")
        ]
    allowed = [schema, *(resolved(one) for one in schema.get("anyOf", schema.get("oneOf", ())))]
    for one in allowed:
        plain = {name: one[name] for name in ("type", "enum", "pattern") if name in one}
        if (plain or not schema) and jsonschema.Draft202012Validator(plain).is_valid(value):
            return []
    return [f"{where}: {value!r} is not {json.dumps(schema)[:120]}"]


def schema_of(method: str, path: str, status: str, version: str = "v1.0") -> dict[str, Any]:
    responses = openapi(version)["paths"][path][method]["responses"]
    family = responses.get(status) or responses[f"{status[0]}XX"]
    content = resolved(family)["content"]["application/json"]
    schema: dict[str, Any] = content["schema"]
    return schema
