"""Pieces of dialogues with a target: what every script asks in the same way."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconcile.directory.ends import End, failure
from reconcile.graph.calls import Answer, Call, Lost, segment
from reconcile.graph.failures import read_fault
from reconcile.model.actions import (
    Action,
    Adopt,
    Change,
    Create,
    Disable,
    Reference,
    Restore,
    Update,
    changes_of,
)
from reconcile.model.attributes import ATTRIBUTES, Kind, merge_members, write_value
from reconcile.model.jobs import Job
from reconcile.model.reads import Step
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import ObjectId

ENABLED = "accountEnabled"
REPLICATION = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds to wait for a new object to be seen everywhere, one wait after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The next call of a script, and how many seconds to wait before it."""

    call: Call
    after: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What scripts need to know beside their action."""

    job: Job
    root: str
    began: datetime


Script = Generator[Ask, Answer | Lost, End]


Part = Generator[Ask, Answer | Lost, End | None]
"""A part of a script: an end if it failed, None if the script goes on."""


def write(
    target: ObjectId,
    action: Create | Restore | Adopt | Update | Disable,
    scene: Scene,
    *,
    stamped: bool,
) -> Part:
    """Attributes and stamp in one PATCH, the manager in a call of its own."""
    changes = changes_of(action)
    parts = [write_value(c.attribute, _value(c)) for c in changes if not _refers(c)]
    if stamped:
        parts.append(stamp_members(action, scene, action.terms.mark))
    fresh = REPLICATION if isinstance(action, Create | Restore) else ()
    if parts:
        failed = yield from _insist(patch(target, merge_members(parts)), fresh, Step.EXPORT)
        if failed is not None:
            return failed
    for change in changes:
        if _refers(change):
            failed = yield from _refer(target, change, scene)
            if failed is not None:
                return failed
    return None


def _refer(target: ObjectId, change: Change, scene: Scene) -> Part:
    """Set or remove the manager; one who has no target user yet is written by a later action."""
    path = f"/users/{segment(target)}/manager/$ref"
    match change.new:
        case Reference(target=None):
            return None
        case Reference(target=manager):
            body = {"@odata.id": f"{scene.root}/users/{manager}"}
            call = Call(method="PUT", path=path, body=body)
            return (yield from _insist(call, REPLICATION, Step.REFERENCE_RESOLUTION))
        case _:
            call = Call(method="DELETE", path=path)
            answer = yield Ask(call=call)
            if isinstance(answer, Lost) or not (answer.ok or read_fault(answer).missing):
                return failure(call, answer, Step.REFERENCE_RESOLUTION)
            return None


def _insist(call: Call, waits: Sequence[float], step: Step) -> Part:
    """Ask again while a new object is not seen everywhere.

    Graph may answer `Directory_ObjectNotFound` for a user that it has just made.
    """
    answer = yield Ask(call=call)
    for wait in waits:
        if isinstance(answer, Lost) or answer.ok or not read_fault(answer).missing:
            break
        answer = yield Ask(call=call, after=wait)
    if isinstance(answer, Lost) or not answer.ok:
        return failure(call, answer, step)
    return None


def stamp_members(action: Action, scene: Scene, mark: Mark) -> dict[str, Any]:
    return scene.job.target_carrier.write(stamp_on(scene, action.person.source, mark))


def stamp_on(scene: Scene, person: ObjectId, mark: Mark = Mark.NONE) -> Stamp:
    return Stamp(scene.job.source, person, mark)


def patch(target: ObjectId, body: dict[str, Any]) -> Call:
    return Call(method="PATCH", path=f"/users/{segment(target)}", body=body)


def _refers(change: Change) -> bool:
    return ATTRIBUTES[change.attribute].kind is Kind.REFERENCE


def _value(change: Change) -> str | bool | None:
    if isinstance(change.new, Reference):
        message = f"{change.attribute} takes text, not a reference"
        raise TypeError(message)
    return change.new


def known_target(action: Action) -> ObjectId:
    if action.person.target is None:
        message = f"{type(action).__name__} needs a target user"
        raise ValueError(message)
    return action.person.target
