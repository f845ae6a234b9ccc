"""A YAML file as values with places: what the reader found, and where each piece of it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconcile.errors import Problem

Where = tuple[str | int, ...]
"""The way from the top of a document to one of its values: keys and positions in lists."""


class Place(NamedTuple):
    """A line and a column, both counted from one."""

    line: int
    column: int


TOP = Place(1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file as read. `whole` is False where it could not be read to its end.

    `keys` and `values` tell where each key and each value stands, `plain` how a value that is not
    text was written. `problems` were found while reading; `refused` are the values they concern.
    """

    file: str
    value: Any = None
    whole: bool = True
    keys: Mapping[Where, Place] = field(default_factory=dict)
    values: Mapping[Where, Place] = field(default_factory=dict)
    plain: Mapping[Where, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    refused: frozenset[Where] = frozenset()

    def at(self, where: Where) -> Place:
        """The place of a value, or of the nearest thing around it that the file has."""
        return _nearest(self.values, where)

    def problem(self, where: Where, message: str, *, at_key: bool = False) -> Problem:
        """A problem with the value at `where`, or with its key."""
        place = _nearest(self.keys if at_key else self.values, where)
        return problem_at(self.file, place, where, message)

    def refuses(self, where: Where) -> bool:
        """Whether the reader has already refused this value or one around it."""
        return any(where[: len(refused)] == refused for refused in self.refused)


def problem_at(file: str, place: Place, where: Where, message: str) -> Problem:
    name = dotted(where)
    text = f"{name}: {message}" if name else message
    return Problem(file=file, line=place.line, column=place.column, message=text)


def dotted(where: Where) -> str:
    """A way as people write it, such as `links[0].sync.scope`."""
    name = ""
    for step in where:
        if isinstance(step, int):
            name += f"[{step}]"
        else:
            name += f".{step}" if name else step
    return name


def _nearest(places: Mapping[Where, Place], where: Where) -> Place:
    while where and where not in places:
        where = where[:-1]
    return places.get(where, TOP)
