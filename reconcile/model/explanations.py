"""An explanation: what one link makes of one person, and why, as reports show it.

Values that would give away what a redaction hides are `REDACTED` in these shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconcile.model.actions import Action, Cause, Reference, verb
from reconcile.model.cycles import Hold
from reconcile.model.links import AttributeMapping, Clause, LinkName
from reconcile.model.plans import Reason, Skip
from reconcile.model.tenants import ObjectId
from reconcile.model.users import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSeen:
    """One clause and the value it looked at; `holds` is None where that cannot be told."""

    clause: Clause
    holds: bool | None
    seen: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterSeen:
    """One scoping filter. Any filter that passes suffices."""

    name: str
    clauses: tuple[ClauseSeen, ...]

    @property
    def passes(self) -> bool:
        return all(one.holds for one in self.clauses)


class Standing(StrEnum):
    """Where a person stands to a link's scope; the values stand in JSON and are public."""

    IN = "in"
    OUT = "out"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """In or out of scope, by which assignment, by which filter, and why not."""

    standing: Standing
    assigned_by: tuple[str, ...] = ()
    filters: tuple[FilterSeen, ...] = ()
    reason: Reason | None = None
    detail: str = ""


class Way(StrEnum):
    """How a person comes to a target user; the values stand in JSON and are public."""

    PAIR = "pair"
    STAMP = "stamp"
    INVITATION = "invitation"
    ATTRIBUTE = "attribute"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The target user that was found for a person; `by` are the attributes that are alike."""

    way: Way
    target: ObjectId
    name: str
    by: tuple[str, ...] = ()


class Treatment(StrEnum):
    """What becomes of an attribute; the values stand in JSON and are public."""

    WRITTEN = "written"
    CLEARED = "cleared"
    SAME = "same"
    LEFT_ALONE = "leftAlone"
    DROPPED = "dropped"
    INVALID = "invalid"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One attribute: what the mapping reads and makes of it, what the target has, what is done.

    `value` is what the target is to have, `held` what it has; where `hidden`, all values are
    `REDACTED`. `why` is a sentence, or nothing where the treatment says all.
    """

    mapping: AttributeMapping
    treatment: Treatment
    sources: tuple[tuple[str, Value], ...] = ()
    value: Value | Reference = None
    held: Value = None
    cause: Cause | None = None
    why: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One person on one link. `plan` is None where the link was held before anybody was judged.

    `settled` tells that only memory is renewed, `forgotten` that the pair is over.
    """

    link: LinkName
    person: ObjectId
    name: str
    known: bool
    scope: Scoped
    match: Matched | None = None
    attributes: tuple[Traced, ...] = ()
    judged: bool = True
    action: Action | None = None
    skips: tuple[Skip, ...] = ()
    settled: bool = False
    forgotten: bool = False
    held: Hold | None = None

    @property
    def verb(self) -> str:
        """The action of the plan, else `skip`, `settle`, `forget`, or `none`."""
        if self.action is not None:
            return verb(self.action)
        if self.skips:
            return "skip"
        return "settle" if self.settled else "forget" if self.forgotten else "none"
