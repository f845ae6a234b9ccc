"""Actions: what is to be done about one person, and every change with its cause."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reconcile.model.reads import Seal
from reconcile.model.stamps import Mark, mark_text
from reconcile.model.tenants import ObjectId
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
