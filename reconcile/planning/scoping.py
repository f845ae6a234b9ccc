"""Scoping: a person as read from the source goes in, why the link may not push them comes out.

Whether somebody is assigned is known from where they were read; here it is asked whether they
are an original of this tenant, and whether one of the scoping filters lets them pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from reconcile.model.attributes import read_value
from reconcile.model.jobs import Job
from reconcile.model.links import Clause, ScopingFilter
from reconcile.model.plans import Reason
from reconcile.model.users import User, Value


class Refusal(NamedTuple):
    """Why a person is not pushed, with one sentence for whoever asks."""

    reason: Reason
    detail: str


def scope(job: Job, user: User) -> Refusal | None:
    """Why the link does not push this person, or None for a source person in scope."""
    if user.external:
        return Refusal(Reason.EXTERNAL, "An external user of the source is never pushed further.")
    if user.stamp is not None:
        return Refusal(
            Reason.STAMPED_INTERNAL,
            f"An internal account of the source carries a stamp that calls it a copy of "
            f"{user.stamp.source}, which is only a claim. Nothing is done until somebody removes "
            "the stamp.",
        )
    filters = job.link.scope.filters
    if filters and not any(_passes(user, one) for one in filters):
        names = ", ".join(f'"{one.name}"' for one in filters)
        return Refusal(Reason.OUT_OF_SCOPE, f"No scoping filter lets this person pass: {names}.")
    return None


def _passes(user: User, one: ScopingFilter) -> bool:
    return all(_holds(read_value(user, clause.attribute), clause) for clause in one.clauses)


def _holds(value: Value, clause: Clause) -> bool:
    """As in Entra, a clause about an empty value is false, unless emptiness is what it asks."""
    return _OPERATORS[clause.operator](value, clause.values)


def _text(value: Value) -> str | None:
    """A truth value compares as Entra writes it."""
    return str(value) if isinstance(value, bool) else value


_OPERATORS: dict[str, Callable[[Value, tuple[str, ...]], bool]] = {
    "equals": lambda value, values: _text(value) in values,
    "not-equals": lambda value, values: value is not None and _text(value) not in values,
    "in": lambda value, values: _text(value) in values,
    "not-in": lambda value, values: value is not None and _text(value) not in values,
    "is-null": lambda value, _values: value is None,
    "is-not-null": lambda value, _values: value is not None,
    "is-true": lambda value, _values: value is True,
    "is-false": lambda value, _values: value is False,
}
