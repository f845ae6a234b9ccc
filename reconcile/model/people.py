"""A person as written down in JSON or by attributes enters, a user leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconcile.model.attributes import (
    Attribute,
    Kind,
    attribute_of,
    merge_members,
    write_value,
)
from reconcile.model.tenants import ObjectId
from reconcile.model.users import MEMBERSHIPS, User, Value

Written = Value | list[str]
"""The value of an attribute as people write it down; some attributes have several."""

_HELD: Mapping[Kind, tuple[str, tuple[type, ...]]] = {
    Kind.TEXT: ("text", (str,)),
    Kind.MOMENT: ("text", (str,)),
    Kind.FLAG: ("true or false", (bool,)),
    Kind.FIRST: ("a list of texts", (list,)),
    Kind.EXTENSION: ("an object", (dict,)),
    Kind.REFERENCE: ("an object", (dict,)),
    Kind.MANY: ("a list of texts", (list,)),
    Kind.DIRECTORY: ("text, a number, or true or false", (str, int, bool)),
}


def answered_user(properties: Mapping[str, Any]) -> User:
    """The user in an object as Graph answers it; without an id it has an empty one."""
    return User(id=ObjectId(properties.get("id") or ""), properties=properties)


def described_user(values: Mapping[str, Written], groups: Iterable[str] = ()) -> User:
    """The user of whom attributes are told, by the names that mappings use."""
    parts = [_members(name, value) for name, value in values.items()]
    properties = merge_members([*parts, {MEMBERSHIPS: list(groups)}])
    return answered_user(properties)


def _members(name: str, value: Written) -> dict[str, Any]:
    attribute = attribute_of(name)
    if attribute.kind is Kind.REFERENCE:
        return {attribute.property: {"id": value}} if value is not None else {}
    if isinstance(value, list):
        return {attribute.property: value}
    return write_value(name, value)


def absent_attributes(user: User, names: Iterable[str]) -> tuple[str, ...]:
    """The attributes whose property the object does not have: nobody asked Graph for them."""
    had = user.properties
    return tuple(name for name in sorted(names) if attribute_of(name).property not in had)


def misshapen(user: User, names: Iterable[str]) -> Iterator[str]:
    """What Graph would not answer so, in a sentence for each property."""
    for name in sorted(names):
        attribute = attribute_of(name)
        found = user.properties.get(attribute.property)
        if found is not None and not _fits(attribute, name, found):
            expected, _ = _HELD[attribute.kind]
            yield f"{attribute.property} is not what Graph answers. Expected {expected}."


def _fits(attribute: Attribute, name: str, found: object) -> bool:
    _, kinds = _HELD[attribute.kind]
    if not isinstance(found, kinds):
        return False
    if isinstance(found, list):
        return all(isinstance(one, str) for one in found)
    if attribute.kind is Kind.EXTENSION and isinstance(found, dict):
        return isinstance(found.get(name), str | None)
    return True
