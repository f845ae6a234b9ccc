"""A plan: the actions of one link's cycle, who is left alone and why, and what to remember."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reconcile.model.links import LinkName
from reconcile.model.reads import Agreement, Seal, Step
from reconcile.model.stamps import Mark, mark_text
from reconcile.model.tenants import ObjectId, TenantId
from reconcile.model.users import Value


class Cause(StrEnum):
    """Why an attribute changes."""

    CREATION = "creation"
    ADOPTION = "adoption"
    SOURCE = "source"
    DRIFT = "drift"
    RULES = "rules"


class Why(StrEnum):
    """Why a person leaves the target."""

    DELETED = "deleted in source"
    UNASSIGNED = "no longer assigned"
    FILTERED = "out of scoping filters"
    NOT_A_SOURCE_PERSON = "no longer a source person"


REDACTED = "[Redact]"
"""What stands for a value that an expression hides, in Entra's word."""


class Reason(StrEnum):
    """Why a person is skipped; the values stand in logs and JSON and are public."""

    EXTERNAL = "ExternalUser"
    OUT_OF_SCOPE = "NotEffectivelyEntitled"
    NO_ADDRESS = "NoAddress"
    REFUSED_ADDRESS = "AddressNotInvitable"
    UNVERIFIED_DOMAIN = "AddressOutsideVerifiedDomains"
    DISPUTED_ADDRESS = "DisputedAddress"
    DISPUTED_MATCH = "DisputedMatch"
    NOT_ADOPTED = "ExistingUserNotAdopted"
    INTERNAL_ACCOUNT = "InternalAccountHasAddress"
    STAMPED_INTERNAL = "StampOnInternalAccount"
    UNDECIDED = "ScopeUndecided"
    DELETED_BY_TARGET = "DeletedByTarget"
    BLOCKED_BY_TARGET = "BlockedByTarget"
    DRIFT_REPORTED = "DriftReported"
    ESCROWED = "Escrowed"
    SETTLING = "Settling"
    NOT_CONFIRMED = "AbsenceNotConfirmed"
    INVALID_VALUE = "InvalidValue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A manager: a person of the source, and the target user that stands for them once known."""

    source: ObjectId
    target: ObjectId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One attribute of one target user. `old` is what was read, `new` what is written.

    What is `hidden` is written, and shown nowhere.
    """

    attribute: str
    old: Value | Reference
    new: Value | Reference
    cause: Cause
    hidden: bool = False

    @property
    def shown(self) -> tuple[Value | Reference, Value | Reference]:
        """The old and the new value as reports and logs may have them."""
        if not self.hidden:
            return self.old, self.new
        old, new = (None if one is None else REDACTED for one in (self.old, self.new))
        return old, new


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom an action is about. `target` is None until the target user exists."""

    source: ObjectId
    target: ObjectId | None = None
    name: str
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is remembered of a pair once its action is done.

    `source_seal` is empty when the person must be looked at again next cycle, for example because
    the manager could not be set yet.
    """

    source_seal: Seal
    wanted: bytes
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Invite, then write attributes, userType and stamp. `person.target` set: the invitation was
    sent in an earlier cycle and is only finished now.
    """

    person: Person
    changes: tuple[Change, ...]
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt:
    """Take over an existing external user that matches."""

    person: Person
    changes: tuple[Change, ...]
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Write what differs, and the stamp with `restamp`: its mark changed, or it was lost."""

    person: Person
    changes: tuple[Change, ...]
    terms: Terms
    restamp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disable:
    """An update that blocks sign-in because the source is disabled; the mark remembers it."""

    person: Person
    changes: tuple[Change, ...]
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Mark as deleted by us, then soft-delete."""

    person: Person
    why: Why
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Bring back a user that we soft-deleted, then write what differs and the stamp."""

    person: Person
    changes: tuple[Change, ...]
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Let an adopted user go: the stamp is removed, the user stays."""

    person: Person
    why: Why


Action = Create | Adopt | Update | Disable | Delete | Restore | Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Someone who is left alone this cycle, or about whom there is something to say.

    `waits` tells whether the person joins later plans as one with a problem.
    """

    source: ObjectId | None
    target: ObjectId | None = None
    name: str
    step: Step
    reason: Reason
    detail: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one link's cycle would do. Totals are over all actions, deferred ones included.

    `settled` are pairs that need no write but whose memory is to be renewed; `forgotten` are
    source ids whose pair is over. `completing` are the updates among all actions that only end what
    a creation began. `later` are the deferred actions, by what they claim. `first` is True before
    the link's first cycle. Where rules changed since the last one, `revised` tells how many people
    who did not change were asked about by them, and for how many they mean something else.
    With `only`, nobody but these source people is acted on or remembered.
    """

    link: LinkName
    source: TenantId
    target: TenantId
    actions: tuple[Action, ...] = ()
    skips: tuple[Skip, ...] = ()
    settled: tuple[Agreement, ...] = ()
    forgotten: tuple[ObjectId, ...] = ()
    in_scope: int = 0
    unchanged: int = 0
    population: int = 0
    deferred: int = 0
    later: tuple[Action, ...] = ()
    completing: int = 0
    first: bool = False
    rebuilt: bool = False
    revised: tuple[int, int] | None = None
    totals: Mapping[str, int] = field(default_factory=dict)
    only: frozenset[ObjectId] | None = None

    @property
    def whole(self) -> bool:
        """Whether the plan is about everybody, so that a cycle of it ends what it left open."""
        return self.only is None and not self.deferred

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that tell this plan from any other; order does not count.

        What a plan for a few people defers are others, who may change meanwhile.
        """
        lines = sorted(json.dumps(_whole(action), sort_keys=True) for action in self.actions)
        rest = str(self.deferred) if self.only is None else "only " + " ".join(sorted(self.only))
        text = "\n".join([self.link.slug, self.source, self.target, rest, *lines])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def verb(action: Action) -> str:
    """The word for an action: create, adopt, update, disable, delete, restore, release."""
    return type(action).__name__.lower()


def count(actions: tuple[Action, ...] | list[Action]) -> dict[str, int]:
    """How many actions of each verb."""
    return dict(Counter(verb(action) for action in actions))


def completes(action: Action) -> bool:
    """Whether an action only gives managers to people who had none, because the manager came to
    the target later than they did.
    """
    return (
        isinstance(action, Update)
        and not action.restamp
        and bool(action.changes)
        and all(isinstance(one.new, Reference) and one.old is None for one in action.changes)
    )


def changes_of(action: Action) -> tuple[Change, ...]:
    """The attribute changes of an action; leaving changes none."""
    return () if isinstance(action, Delete | Release) else action.changes


def action_data(action: Action) -> dict[str, Any]:
    """An action as JSON data, in the public form of `--output json`."""
    person = action.person
    data: dict[str, Any] = {
        "action": verb(action),
        "source": person.source,
        "target": person.target,
        "name": person.name,
        "address": person.address,
        "changes": [
            {
                "attribute": change.attribute,
                "old": _plain(change.shown[0]),
                "new": _plain(change.shown[1]),
                "cause": change.cause.value,
            }
            for change in changes_of(action)
        ],
    }
    if isinstance(action, Delete | Release):
        data["why"] = action.why.value
    return data


def _whole(action: Action) -> dict[str, Any]:
    """An action with what its stamp becomes, which the public form leaves out."""
    hidden = [_digest(change) for change in changes_of(action) if change.hidden]
    return {
        **action_data(action),
        **({"hidden": hidden} if hidden else {}),
        "mark": mark_text(_mark(action)),
        "restamp": isinstance(action, Update) and action.restamp,
    }


def _digest(change: Change) -> str:
    """Tells one hidden change from another, and nothing else of it."""
    text = f"{change.attribute}\0{change.old}\0{change.new}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _mark(action: Action) -> Mark:
    match action:
        case Delete(mark=mark):
            return mark
        case Release():
            return Mark.ADOPTED
        case _:
            return action.terms.mark


def _plain(value: Value | Reference) -> Value | dict[str, str | None]:
    if isinstance(value, Reference):
        return {"source": value.source, "target": value.target}
    return value
