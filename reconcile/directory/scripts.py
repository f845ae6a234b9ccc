"""Scripts: each action is a dialogue with Graph, one call at a time, that ends in what came of it.

A script is a generator: it yields what it asks, is sent the answer, and returns its end. It knows
neither connections nor batches, so twenty scripts advance side by side, one `$batch` a round.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never

import msgspec

from reconcile.directory.ends import End, failure
from reconcile.graph.calls import Answer, Call, Lost, query, segment
from reconcile.graph.failures import read_fault
from reconcile.model.actions import (
    Action,
    Adopt,
    Change,
    Create,
    Delete,
    Disable,
    Reference,
    Release,
    Restore,
    Update,
    changes_of,
)
from reconcile.model.attributes import ATTRIBUTES, Kind, merge_members, write_value
from reconcile.model.cycles import Result
from reconcile.model.jobs import IDENTITY, Job
from reconcile.model.reads import SKEW, Step
from reconcile.model.stamps import Mark, Stamp
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, decode_user

REDIRECT = "https://myapplications.microsoft.com/?tenantid="
"""Where an invited person lands: the target's list of applications."""

REPLICATION = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds to wait for a new object to be seen everywhere, one wait after the other."""

_ENABLED = "accountEnabled"


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


def script_for(action: Action, scene: Scene) -> Script:
    """The dialogue of one action."""
    match action:
        case Create():
            return _create(action, scene)
        case Restore():
            return _restore(action, scene)
        case Adopt() | Update():
            return _change(action, scene)
        case Disable():
            return _disable(action, scene)
        case Delete():
            return _delete(action, scene)
        case Release():
            return _release(action, scene)
        case _:
            assert_never(action)


def _create(action: Create, scene: Scene) -> Script:
    """Invite and write; with a target, the invitation happened in an earlier cycle."""
    target = action.person.target
    if target is None:
        call = _invitation(action, scene)
        answer = yield Ask(call=call)
        if isinstance(answer, Lost) or not answer.ok:
            return failure(call, answer)
        target = _invited(answer)
        if target is None:
            return failure(call, Lost(reason="it names no user"))
        foreign = yield from _verify(target, action, scene)
        if foreign is not None:
            return replace(foreign, target=target, invited=True)
    failed = yield from _write(target, action, scene, stamped=True)
    return replace(failed or End(), target=target, invited=True)


def _invitation(action: Create, scene: Scene) -> Call:
    named = next((c.new for c in action.changes if c.attribute == "displayName"), None)
    body: dict[str, Any] = {
        "invitedUserEmailAddress": action.person.address,
        "inviteRedirectUrl": f"{REDIRECT}{scene.job.target}",
        "sendInvitationMessage": False,
    }
    if isinstance(named, str):
        body["invitedUserDisplayName"] = named
    return Call(method="POST", path="/invitations", body=body)


def _invited(answer: Answer) -> ObjectId | None:
    try:
        return ObjectId(answer.json()["invitedUser"]["id"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return None


def _verify(target: ObjectId, action: Create, scene: Scene) -> Part:
    """An invitation to an address that exists answers that user: nobody else's may be written to.

    A user who cannot be read yet is new.
    """
    select = ",".join(sorted({*IDENTITY, *scene.job.target_carrier.properties}))
    call = Call(path=query(f"/users/{segment(target)}", select=select))
    answer = yield Ask(call=call)
    if isinstance(answer, Lost):
        return failure(call, answer)
    if not answer.ok:
        return None if read_fault(answer).missing else failure(call, answer)
    try:
        user = decode_user(answer.body, scene.job.target_carrier)
    except msgspec.DecodeError as error:
        return failure(call, Lost(reason=str(error)))
    if _is_new(user, action, scene):
        return None
    return End(
        result=Result.FAILED,
        code="InvitedExistingUser",
        message="The invitation answered a user who was there before. Nothing was written to it; "
        "the next cycle judges it as an existing user.",
    )


def _is_new(user: User, action: Create, scene: Scene) -> bool:
    if user.stamp is not None:
        return user.stamp.source == _stamp(scene, action.person.source).source
    born = user.text("createdDateTime")
    return user.external and born is not None and datetime.fromisoformat(born) >= scene.began - SKEW


def _restore(action: Restore, scene: Scene) -> Script:
    target = _known(action)
    # In a `$batch` Graph refuses a POST without a body, also where the action alone needs none.
    path = f"/directory/deletedItems/{segment(target)}/restore"
    call = Call(method="POST", path=path, body={})
    answer = yield Ask(call=call)
    if isinstance(answer, Lost) or not answer.ok:
        return replace(failure(call, answer), target=target)
    failed = yield from _write(target, action, scene, stamped=True)
    return replace(failed or End(), target=target)


def _change(action: Adopt | Update, scene: Scene) -> Script:
    target = _known(action)
    stamped = isinstance(action, Adopt) or action.restamp
    failed = yield from _write(target, action, scene, stamped=stamped)
    return replace(failed or End(), target=target)


def _disable(action: Disable, scene: Scene) -> Script:
    """Block and stamp, then write the rest: no value that Graph refuses may keep sign-in open."""
    target = _known(action)
    block = tuple(change for change in action.changes if change.attribute == _ENABLED)
    rest = tuple(change for change in action.changes if change.attribute != _ENABLED)
    failed = yield from _write(target, replace(action, changes=block), scene, stamped=True)
    if failed is not None:
        return replace(failed, target=target)
    failed = yield from _write(target, replace(action, changes=rest), scene, stamped=False)
    if failed is not None:
        return replace(failed, target=target, message=f"Sign-in is blocked. {failed.message}")
    return End(target=target)


def _delete(action: Delete, scene: Scene) -> Script:
    """Mark, then delete: a user found deleted without the mark was deleted by the target."""
    target = _known(action)
    call = _patch(target, _members(action, scene, action.mark | Mark.DELETED))
    answer = yield Ask(call=call)
    if isinstance(answer, Answer) and answer.ok:
        call = Call(method="DELETE", path=f"/users/{segment(target)}")
        answer = yield Ask(call=call)
        if isinstance(answer, Answer) and not answer.ok:
            # Whoever deletes this user later, it was not us.
            yield Ask(call=_patch(target, _members(action, scene, action.mark & ~Mark.DELETED)))
    if isinstance(answer, Lost) or not (answer.ok or read_fault(answer).missing):
        return replace(failure(call, answer), target=target)
    return End(target=target)  # also where somebody else was faster


def _release(action: Release, scene: Scene) -> Script:
    target = _known(action)
    call = _patch(target, scene.job.target_carrier.write(None))
    answer = yield Ask(call=call)
    if isinstance(answer, Lost) or not (answer.ok or read_fault(answer).missing):
        return replace(failure(call, answer), target=target)
    return End(target=target)


def _write(
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
        parts.append(_members(action, scene, action.terms.mark))
    fresh = REPLICATION if isinstance(action, Create | Restore) else ()
    if parts:
        failed = yield from _insist(_patch(target, merge_members(parts)), fresh, Step.EXPORT)
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


def _members(action: Action, scene: Scene, mark: Mark) -> dict[str, Any]:
    return scene.job.target_carrier.write(_stamp(scene, action.person.source, mark))


def _stamp(scene: Scene, person: ObjectId, mark: Mark = Mark.NONE) -> Stamp:
    return Stamp(scene.job.source, person, mark)


def _patch(target: ObjectId, body: dict[str, Any]) -> Call:
    return Call(method="PATCH", path=f"/users/{segment(target)}", body=body)


def _refers(change: Change) -> bool:
    return ATTRIBUTES[change.attribute].kind is Kind.REFERENCE


def _value(change: Change) -> str | bool | None:
    if isinstance(change.new, Reference):
        message = f"{change.attribute} takes text, not a reference"
        raise TypeError(message)
    return change.new


def _known(action: Action) -> ObjectId:
    if action.person.target is None:
        message = f"{type(action).__name__} needs a target user"
        raise ValueError(message)
    return action.person.target
