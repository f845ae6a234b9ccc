"""Scoping: a person as read from the source goes in, why the link may not push them comes out.

Whether somebody is assigned is known from where they were read; here it is asked whether they
are an original of this tenant, and whether one of the scoping filters lets them pass.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from reconcile.expressions.failures import EvaluationError
from reconcile.model.jobs import Job
from reconcile.model.links import Clause, ScopingFilter
from reconcile.model.plans import Reason
from reconcile.model.users import User
from reconcile.planning.clauses import ready

UNCLEAR = frozenset({Reason.STAMPED_INTERNAL, Reason.UNDECIDED})
"""Refusals that tell nothing about whether somebody left: nobody is deleted for one."""


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
    try:
        passed = passed_filter(job, user)
    except EvaluationError as error:
        return Refusal(
            Reason.UNDECIDED,
            f"A scoping filter cannot be decided for this person: {error} Nothing is done until it "
            "can be.",
        )
    filters = job.link.scope.filters
    if filters and passed is None:
        names = ", ".join(f'"{one.name}"' for one in filters)
        return Refusal(Reason.OUT_OF_SCOPE, f"No scoping filter lets this person pass: {names}.")
    return None


def passed_filter(job: Job, user: User) -> ScopingFilter | None:
    """The first filter that lets a person pass.

    Raises:
        EvaluationError: none does, and about one of them it cannot be told.
    """
    trouble: EvaluationError | None = None
    for one in job.link.scope.filters:
        try:
            if _passes(one, user, job.at):
                return one
        except EvaluationError as error:
            trouble = error
    if trouble is not None:
        raise trouble
    return None


def _passes(one: ScopingFilter, user: User, at: datetime) -> bool:
    """Whether all clauses hold; one that does not decides, whatever cannot be told of others."""
    trouble: EvaluationError | None = None
    for clause in one.clauses:
        try:
            if not holds(clause, user, at):
                return False
        except EvaluationError as error:
            trouble = error
    if trouble is not None:
        raise trouble
    return True


def holds(clause: Clause, user: User, at: datetime) -> bool:
    """Whether one clause holds for a person at a time.

    Raises:
        EvaluationError: that cannot be told.
    """
    return _ready(clause)(user, at)


_ready = lru_cache(maxsize=1024)(ready)
