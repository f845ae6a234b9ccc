"""An expression and a person's values enter, its value leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from reconcile.expressions.compiling import expression
from reconcile.expressions.values import Value

NOW = datetime(2021, 8, 18, tzinfo=UTC)


def reader(name: str) -> Callable[[Any], Value]:
    def read(person: Any) -> Value:
        found = person.get(name)
        return tuple(found) if isinstance(found, list) else found

    return read


def value(text: str, *, now: datetime = NOW, seed: str = "seed", **person: Any) -> Value:
    return expression(text).bound(reader)(person, now, seed)
