"""The JSON schemas of the file formats leave, and the defaults that are written in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Schema = Mapping[str, Any]


@cache
def topology_schema() -> Schema:
    return _read("schema.json")


@cache
def environment_schema() -> Schema:
    return _read("environment.schema.json")


@cache
def trials_schema() -> Schema:
    return _read("mapping-tests.schema.json")


def _read(name: str) -> Schema:
    schema: Schema = json.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return schema


def shapes() -> tuple[str, ...]:
    return tuple(topology_schema()["properties"]["shape"]["enum"])


def branch(shape: object) -> Schema:
    """The schema of topologies of one shape.

    The shape is looked at before the rest, since the messages of a choice among four schemas help
    nobody. With a shape that is not known, the keys of every shape are allowed and none required.
    """
    definitions = topology_schema()["$defs"]
    if shape in shapes():
        return {"$ref": f"#/$defs/{shape}", "$defs": definitions}
    every: dict[str, Any] = {}
    for name in shapes():
        every |= definitions[name]["properties"]
    every["shape"] = topology_schema()["properties"]["shape"]
    return {
        "type": "object",
        "required": ["version", "name", "shape", "sync"],
        "additionalProperties": False,
        "properties": every,
        "$defs": definitions,
    }


@cache
def defaults(definition: str) -> Mapping[str, Any]:
    """The defaults of one definition of the topology schema, as the settings they stand for."""
    definitions = topology_schema()["$defs"]
    return _defaults(definitions[definition], definitions)


def _defaults(schema: Schema, definitions: Schema) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, declared in schema.get("properties", {}).items():
        resolved = resolve(declared, definitions)
        if "default" in declared:
            found[name] = declared["default"]
        elif inner := _defaults(resolved, definitions):
            found[name] = inner
    return found


def resolve(schema: Schema, definitions: Schema) -> Schema:
    """A schema with its reference followed; what stands beside the reference wins."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return {**definitions[reference.rpartition("/")[2]], **schema}
