"""A keyword of JSON Schema and the value that does not obey it enter; a sentence leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from reconcile.topology.schemas import Schema
from reconcile.topology.suggest import hint

_KINDS = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}
_SECRETS = frozenset({"client_secret", "password", "secret"})
_EMPTY = "this is empty. Say what it is, or leave it out."


def unknown_key(key: str, known: Iterable[str]) -> str:
    """What to say about a key that no schema knows; its value is not repeated."""
    if key.lower() in _SECRETS:
        return (
            f'"{key}" would put a secret into this file. Name the environment variable that '
            'holds it under "secret_variable".'
        )
    return f'unknown key "{key}". {hint(key, known, "Known here")}'


def describe(
    keyword: str, found: object, demanded: object, schema: Schema, written: str | None = None
) -> str:
    """What is wrong with a value; `written` is how a value that is not text stands in the file."""
    if keyword == "type":
        return _wrong_type(found, demanded, written)
    if keyword in ("pattern", "maxLength"):
        if schema.get("writeOnly"):
            return (
                f"this does not have the form of {_examples(schema)}. A secret never stands here."
            )
        return f"{shown(found)} does not have the form of {_examples(schema)}."
    return _SENTENCES[keyword](found, demanded)


def _wrong_type(found: object, demanded: Any, written: str | None) -> str:  # noqa: ANN401 - a schema's
    kinds = [demanded] if isinstance(demanded, str) else demanded
    expected = " or ".join(_KINDS[kind] for kind in kinds)
    if written and "string" in kinds:
        return f'expected {expected}, found {written}. Quote it: "{written}".'
    return f"expected {expected}, found {written or shown(found)}."


def _not_among(found: object, demanded: Any) -> str:  # noqa: ANN401 - a schema's
    word = found if isinstance(found, str) else ""
    return f"{shown(found)} is not known. {hint(word, map(_word, demanded))}"


def _not_the_one(found: object, demanded: object) -> str:
    return f"{shown(found)} is not known. Expected: {_word(demanded)}."


def _twice(found: Any, _demanded: object) -> str:  # noqa: ANN401 - whatever the file holds
    again = next(item for place, item in enumerate(found) if item in found[:place])
    return f"{shown(again)} is in this list twice. Name it once."


def _exclusive(_found: object, demanded: Any) -> str:  # noqa: ANN401 - a schema's
    names = " and ".join(f'"{name}"' for name in demanded["required"])
    return f"{names} exclude each other. Keep one of them."


def _one_of(_found: object, demanded: Any) -> str:  # noqa: ANN401 - a schema's
    names = ", ".join(f'"{choice["required"][0]}"' for choice in demanded)
    return f"expected exactly one of {names}."


_SENTENCES: dict[str, Callable[[object, object], str]] = {
    "enum": _not_among,
    "const": _not_the_one,
    "minimum": lambda found, demanded: f"{found} is too small. Expected {demanded} or more.",
    "minItems": lambda _, demanded: f"this list is too short. Expected {demanded} or more.",
    "minLength": lambda _found, _demanded: _EMPTY,
    "minProperties": lambda _found, _demanded: _EMPTY,
    "uniqueItems": _twice,
    "not": _exclusive,
    "anyOf": _one_of,
    "oneOf": _one_of,
}


def _examples(schema: Schema) -> str:
    return " or ".join(one for one in schema["examples"] if isinstance(one, str))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown(value: object) -> str:
    """A value as a message names it; what is long is only said to be there."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a map"
        case list():
            return "a list"
        case str():
            return f'"{value}"'
        case _:
            return _word(value)
