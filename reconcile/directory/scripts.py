"""Scripts: each action is a dialogue with Graph, one call at a time, that ends in what came of it.

A script is a generator: it yields what it asks, is sent the answer, and returns its end. It knows
neither connections nor batches, so twenty scripts advance side by side, one `$batch` a round.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

import msgspec

from reconcile.directory.dialogue import (
    ENABLED,
    Ask,
    Part,
    Scene,
    Script,
    known_target,
    patch,
    stamp_members,
    stamp_on,
    write,
)
from reconcile.directory.ends import End, failure
from reconcile.graph.calls import Answer, Call, Lost, query, segment
from reconcile.graph.failures import read_fault
from reconcile.model.actions import (
    Action,
    Adopt,
    Create,
    Delete,
    Disable,
    Release,
    Restore,
    Update,
)
from reconcile.model.cycles import Result
from reconcile.model.jobs import IDENTITY
from reconcile.model.reads import SKEW
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User, decode_user

REDIRECT = "https://myapplications.microsoft.com/?tenantid="
"""Where an invited person lands: the target's list of applications."""


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
    failed = yield from write(target, action, scene, stamped=True)
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
        return user.stamp.source == stamp_on(scene, action.person.source).source
    born = user.text("createdDateTime")
    return user.external and born is not None and datetime.fromisoformat(born) >= scene.began - SKEW


def _restore(action: Restore, scene: Scene) -> Script:
    target = known_target(action)
    # In a `$batch` Graph refuses a POST without a body, also where the action alone needs none.
    path = f"/directory/deletedItems/{segment(target)}/restore"
    call = Call(method="POST", path=path, body={})
    answer = yield Ask(call=call)
    if isinstance(answer, Lost) or not answer.ok:
        return replace(failure(call, answer), target=target)
    failed = yield from write(target, action, scene, stamped=True)
    return replace(failed or End(), target=target)


def _change(action: Adopt | Update, scene: Scene) -> Script:
    target = known_target(action)
    stamped = isinstance(action, Adopt) or action.restamp
    failed = yield from write(target, action, scene, stamped=stamped)
    return replace(failed or End(), target=target)


def _disable(action: Disable, scene: Scene) -> Script:
    """Block and stamp, then write the rest: no value that Graph refuses may keep sign-in open."""
    target = known_target(action)
    block = tuple(change for change in action.changes if change.attribute == ENABLED)
    rest = tuple(change for change in action.changes if change.attribute != ENABLED)
    failed = yield from write(target, replace(action, changes=block), scene, stamped=True)
    if failed is not None:
        return replace(failed, target=target)
    failed = yield from write(target, replace(action, changes=rest), scene, stamped=False)
    if failed is not None:
        return replace(failed, target=target, message=f"Sign-in is blocked. {failed.message}")
    return End(target=target)


def _delete(action: Delete, scene: Scene) -> Script:
    """Mark, then delete: a user found deleted without the mark was deleted by the target."""
    target = known_target(action)
    call = patch(target, stamp_members(action, scene, action.mark | Mark.DELETED))
    answer = yield Ask(call=call)
    if isinstance(answer, Answer) and answer.ok:
        call = Call(method="DELETE", path=f"/users/{segment(target)}")
        answer = yield Ask(call=call)
        if isinstance(answer, Answer) and not answer.ok:
            # Whoever deletes this user later, it was not us.
            yield Ask(call=patch(target, stamp_members(action, scene, action.mark & ~Mark.DELETED)))
    if isinstance(answer, Lost) or not (answer.ok or read_fault(answer).missing):
        return replace(failure(call, answer), target=target)
    return End(target=target)  # also where somebody else was faster


def _release(action: Release, scene: Scene) -> Script:
    target = known_target(action)
    call = patch(target, scene.job.target_carrier.write(None))
    answer = yield Ask(call=call)
    if isinstance(answer, Lost) or not (answer.ok or read_fault(answer).missing):
        return replace(failure(call, answer), target=target)
    return End(target=target)
