"""What a resource type is: its arguments and the five things that are done with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.azuread_plugin.graph import Graph
from sandbox.azuread_plugin.values import Properties, is_unknown

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
OBJECT_ID = "an object id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One input of a resource type.

    `form` is `OBJECT_ID`, or the path that precedes an object id, such as `/applications/`;
    `settled` arguments of an object that exists cannot change, so a change replaces it;
    an `open_` argument that is not given accepts whatever Graph has; `members` are assumed of each
    block of a list where the block does not give them.
    """

    required: bool = False
    default: Any = None
    settled: bool = False
    unordered: bool = False
    open_: bool = False
    form: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)

    def completed(self, value: Any) -> Any:
        """Add to each block what it leaves out."""
        if self.members and isinstance(value, list):
            return [{**self.members, **block} for block in value]
        return value

    def complaint(self, value: Any) -> str | None:
        """Say what is wrong with a value, or nothing."""
        if not self.form or is_unknown(value):
            return None
        prefix = "" if self.form == OBJECT_ID else self.form
        if str(value).startswith(prefix) and _UUID.fullmatch(str(value)[len(prefix) :]):
            return None
        expected = OBJECT_ID if self.form == OBJECT_ID else f"{prefix}OBJECT-ID"
        return f"found {value!r}, expected {expected}"


def required(*, settled: bool = False, unordered: bool = False, form: str = "") -> Argument:
    """Declare an argument that must be given."""
    return Argument(required=True, settled=settled, unordered=unordered, form=form)


def _changes_nothing(_graph: Graph, _id: str, _before: Properties, _wanted: Properties) -> None:
    """Stand in for the update of a type whose every argument is settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One resource type.

    `create` returns the id; `read` returns None for what is gone, and takes what was known before,
    since Graph does not return all that was set; `delete` takes what was known before, too.
    """

    arguments: Mapping[str, Argument]
    computed: tuple[str, ...]
    create: Callable[[Graph, Properties], str]
    read: Callable[[Graph, str, Properties], Properties | None]
    delete: Callable[[Graph, str, Properties], None]
    update: Callable[[Graph, str, Properties, Properties], None] = _changes_nothing
    secret: frozenset[str] = field(default_factory=frozenset)

    def with_defaults(self, inputs: Properties) -> Properties:
        """Add what azuread assumes when an argument is not given."""
        assumed = {
            name: argument.default
            for name, argument in self.arguments.items()
            if argument.default is not None
        }
        completed = {
            name: self.arguments[name].completed(value) if name in self.arguments else value
            for name, value in inputs.items()
        }
        return {**assumed, **completed}

    def complaints(self, inputs: Properties) -> list[tuple[str, str]]:
        """List each property that is missing, not served or malformed, with the reason."""
        missing = [
            (name, "is required, and was not given")
            for name, argument in self.arguments.items()
            if argument.required and inputs.get(name) is None
        ]
        served = ", ".join(sorted(self.arguments))
        unserved = [
            (name, f"is not served by the sandbox's azuread provider, which serves {served}")
            for name in sorted(inputs.keys() - self.arguments.keys())
        ]
        malformed = [
            (name, told)
            for name, argument in self.arguments.items()
            if name in inputs and (told := argument.complaint(inputs[name]))
        ]
        return missing + unserved + malformed

    def changes(
        self, before: Properties, wanted: Properties, given_before: Properties
    ) -> list[str]:
        """Name the arguments whose wanted value is not the one that stands."""
        asked = self.arguments.keys() & (wanted.keys() | given_before.keys())
        return sorted(
            name
            for name in asked
            if not (self.arguments[name].open_ and name not in wanted)
            and self._form(name, before.get(name)) != self._form(name, wanted.get(name))
        )

    def _form(self, name: str, value: Any) -> Any:
        """Bring a value into the form in which equal values are equal: empty is absent."""
        if self.arguments[name].unordered and isinstance(value, list):
            return sorted(value, key=repr) or None
        return value if value not in ("", [], {}) else None
