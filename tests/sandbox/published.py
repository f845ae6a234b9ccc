"""What Microsoft publishes of Graph's calls: a method and a path enter, schemas leave."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

GRAPH = Path(__file__).parents[2].parent / "shared" / "graph"
_PARENTHESES = re.compile(r"\((?:\w+='\{\w+\}')?\)")


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
