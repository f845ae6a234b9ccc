"""Trials: a person, and what links are expected to make of them, as mapping tests write it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reconcile.model.links import LinkName
from reconcile.model.users import User, Value


class Moment(StrEnum):
    """When a value is wanted: as the target user is created, or in any cycle after that."""

    CREATED = "created"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where something stands in a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one attribute is to be; with `alone`, that nothing writes it."""

    spot: Spot
    attribute: str
    moment: Moment
    value: Value = None
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One person on some links. `scope_spot` is where it says whether they are in scope."""

    name: str
    links: tuple[LinkName, ...]
    user: User
    at: datetime | None
    in_scope: bool
    scope_spot: Spot
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Something that is not as a trial expects; `attribute` is None where the scope is meant."""

    spot: Spot
    trial: str
    link: LinkName
    attribute: str | None
    moment: Moment | None
    expected: str
    found: str
