"""Fates: what becomes of one person this cycle, before it is known which attributes differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconcile.model.actions import Why
from reconcile.model.plans import Reason, Skip
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.findings import Case
from reconcile.planning.skips import skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Nobody acts. `standing` is the target user that may still be referred to as a manager."""

    skip: Skip
    standing: ObjectId | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """The person left and nobody is there to delete: at most the pair is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """The person left: the target user is deleted, or released when it was adopted."""

    target: ObjectId
    name: str
    mark: Mark
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    """The person is created; with `target`, the invitation happened in an earlier cycle."""

    user: User
    address: str
    target: ObjectId | None = None


class Entry(Enum):
    """How an existing target user comes to be the person's: it was, it is taken, it returns."""

    PAIRED = 1
    ADOPTED = 2
    RESTORED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """The person has a target user. `seen` is None when listings cannot show it yet."""

    user: User
    target: ObjectId
    seen: User | None
    mark: Mark
    entry: Entry


Fate = Waits | Ends | Leaves | Joins | Stays


def wait(case: Case, reason: Reason, detail: str, *, target: User | None = None) -> Waits:
    """Leave a person alone, and say why."""
    pair = case.agreement
    person = case.person.user if case.person else None
    named = person or target
    known = target.id if target else pair.target if pair else None
    return Waits(
        skip=skip(
            reason,
            detail,
            name=named.name if named else case.source,
            source=case.source,
            target=known,
        ),
        standing=pair.target if pair and reason is not Reason.DELETED_BY_TARGET else None,
    )
