"""JSON Schemas of what tables say: properties and usual values enter, schemas leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from sandbox.properties import Form, Property

Schema = dict[str, Any]

ANY: Schema = {}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
GUID: Schema = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
}
REFERENCE: Schema = {
    "type": "object",
    "required": ["@odata.id"],
    "properties": {
        "@odata.id": {
            "type": "string",
            "pattern": r"^https://graph\.microsoft\.com/(v1\.0|beta)/(users|groups|directoryObjects)/"
            "[0-9a-f-]{36}$",
        }
    },
    "additionalProperties": False,
}


def nullable(schema: Schema) -> Schema:
    """Return the schema that takes null, too."""
    if "type" not in schema:
        return schema
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **choices}


def one_of(names: Collection[str | None]) -> Schema:
    """Return the schema of a text that is one of some names."""
    texts = sorted(name for name in names if name is not None)
    schema: Schema = {"type": "string", "enum": texts}
    return nullable(schema) if None in names else schema


def list_of(schema: Schema, **limits: int) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema, **limits}


def closed(properties: Mapping[str, Schema], required: Collection[str] = ()) -> Schema:
    """Return the schema of a body with these members, its type and no other."""
    schema: Schema = {
        "type": "object",
        "properties": {**properties, "@odata.type": TEXT},
        "additionalProperties": False,
    }
    return {**schema, "required": sorted(required)} if required else schema


def opened(properties: Mapping[str, Schema]) -> Schema:
    """Return the schema of an answer, of which $select leaves out and $expand adds members."""
    return {"type": "object", "properties": dict(properties)}


_ANSWERED: Mapping[Form, Schema] = {
    Form.TEXT: nullable(TEXT),
    Form.FLAG: nullable(FLAG),
    Form.MOMENT: nullable(TEXT),
    Form.TEXTS: list_of(TEXT),
    Form.OBJECT: {"type": ["object", "null"]},
    Form.OBJECTS: {"type": "array"},
    Form.OTHER: ANY,
}


def answered(rule: Property) -> Schema:
    """Return the schema of a property that is read."""
    return _ANSWERED[rule.form]


def written(rule: Property, choices: Collection[str | None] | None = None) -> Schema:
    """Return the schema of a property that is set; nobody sets an empty text."""
    if choices is not None:
        return one_of(choices)
    longest = {} if rule.longest is None else {"maxLength": rule.longest}
    text: Schema = {**TEXT, "minLength": 1, **longest}
    if rule.form is Form.OBJECTS:
        return list_of({"type": "object"})
    if rule.form is Form.TEXTS:
        return list_of(text, **({} if rule.most is None else {"maxItems": rule.most}))
    plain = {Form.TEXT: text, Form.FLAG: FLAG, Form.MOMENT: MOMENT, Form.OBJECT: {"type": "object"}}
    schema = plain.get(rule.form, ANY)
    return nullable(schema) if rule.clearable else schema


def like(value: Any) -> Schema:
    """Return the schema of values as the usual one; null says nothing of their form."""
    match value:
        case None:
            return ANY
        case bool():
            return nullable(FLAG)
        case str():
            return nullable(TEXT)
        case list() | tuple():
            return {"type": "array"}
        case Mapping():
            return nullable(opened(like_each(value)))
        case _:
            return {"type": ["integer", "null"]}


def like_each(usual: Mapping[str, Any]) -> dict[str, Schema]:
    """Return the schemas of an object's members, each as its usual value."""
    return {name: like(value) for name, value in usual.items()}


def typed(form: Any) -> Schema:
    """Return the schema of a form that a call holds a body to, whole and in one piece."""
    (schema,), components = msgspec.json.schema_components((form,), ref_template="{name}")
    return dict(_inlined(schema, components, ()))


def _inlined(schema: Any, components: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    match schema:
        case {"$ref": str(name)}:
            # A form that holds itself, as arguments of functions do, is an object from there on.
            if name in inside:
                return {"type": "object"}
            return _inlined(components[name], components, (*inside, name))
        case Mapping():
            # The forms' own words explain Python's classes; the title is one's name.
            kept = {
                name: one for name, one in schema.items() if name not in {"title", "description"}
            }
            return {name: _inlined(one, components, inside) for name, one in kept.items()}
        case list():
            return [_inlined(one, components, inside) for one in schema]
        case _:
            return schema
