"""The sandbox as an OpenAPI document: a version of Graph enters, the description of it leaves."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Any

from sandbox.openapi.answers import KINDS, answer_of
from sandbox.openapi.bodies import body_object
from sandbox.openapi.forms import TEXT, Schema, list_of
from sandbox.openapi.parameters import parameters_of
from sandbox.openapi.paths import address_of
from sandbox.openapi.statuses import REFUSALS, refusals_of, successes_of
from sandbox.routes.route import Route
from sandbox.routes.table import ROUTES

VERSIONS = ("v1.0", "beta")
_BATCH = "POST /$batch"
_ABOUT = (
    "Simulated Microsoft Entra tenants: what the sandbox answers of Microsoft Graph {version}. "
    "Made from the sandbox's own tables; Microsoft's documents say more of the forms of objects."
)
_ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "innerError"],
            "properties": {
                "code": {**TEXT, "minLength": 1},
                "message": TEXT,
                "details": list_of({"type": "object", "required": ["code", "message"]}),
                "innerError": {
                    "type": "object",
                    "required": ["date", "request-id", "client-request-id"],
                },
            },
        }
    },
}


@cache
def document(version: str, origin: str) -> dict[str, Any]:
    """Return the description of a version of Graph as the sandbox at this origin answers it."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, route in ROUTES.items():
        if version == "beta" or not route.beta:
            _add(paths, name, version, route)
    _add(paths, _BATCH, version, None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Tenantry's sandbox, {version}",
            "description": _ABOUT.format(version=version),
            "version": version,
        },
        "servers": [{"url": f"{origin}/{version}"}],
        "security": [{"bearer": []}],
        "paths": dict(paths),
        "components": {
            "schemas": {"error": _ERROR} | {kind: make(version) for kind, make in KINDS.items()},
            "responses": {str(status): _refusal(text) for status, text in REFUSALS.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _add(paths: dict[str, dict[str, Any]], name: str, version: str, route: Route | None) -> None:
    method, _, path = name.partition(" ")
    address = address_of(path)
    paths[address][method.lower()] = _operation(name, version, route)


def _operation(name: str, version: str, route: Route | None) -> dict[str, Any]:
    method, _, path = name.partition(" ")
    address = address_of(path)
    needed = ", ".join(f"`{one}`" for one in sorted(route.permissions)) if route else ""
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "-", f"{method.lower()}{address}").strip("-"),
        "tags": [path.split("/")[1]],
        "description": f"Needs one of {needed}." if needed else "Needs what its requests need.",
        "parameters": parameters_of(name, version),
        "responses": _responses(name, version, asks=route is None or route.asks),
    }
    body = body_object(name, version)
    return operation | ({"requestBody": body} if body else {})


def _responses(name: str, version: str, *, asks: bool) -> dict[str, Any]:
    granted = {
        str(status): _granted(status, name, version) for status in successes_of(name, asks=asks)
    }
    refused = {
        str(status): {"$ref": f"#/components/responses/{status}"}
        for status in refusals_of(name, version)
    }
    return granted | refused


def _granted(status: int, name: str, version: str) -> dict[str, Any]:
    if status == 204:
        return {"description": "Done."}
    schema = answer_of(name, version)
    if schema is None:
        return {"description": "A number.", "content": {"text/plain": {"schema": TEXT}}}
    described = "Made." if status == 201 else "As asked."
    return {"description": described, "content": {"application/json": {"schema": schema}}}


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/error"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}
