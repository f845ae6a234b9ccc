"""What is to be done with one person: the source, the pair and the judgement enter, a verb leaves.

Level by level: who is in scope is added, updated, or restored if the job deleted them; who is not
is deleted, unless the source disabled them first. Nobody looks at the target before the source
changed, so what an administrator of the target changed stays until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.native.attributes import Person
from sandbox.native.events import NOT_ENTITLED, Verb
from sandbox.native.mapping import disables
from sandbox.native.memory import Pair, Seen
from sandbox.native.run import Run
from sandbox.native.scoping import Judgement

# Entra's word for this is not documented.
DELETED_IN_TARGET = "DeletedInTarget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done with somebody, and why."""

    person: Person
    state: Seen
    judgement: Judgement
    verb: Verb
    reason: str | None = None


def decide(run: Run, user_id: str, entitled: Mapping[str, bool]) -> Decision | None:
    """Decide about somebody; None where nothing changed since the last time.

    `entitled` has everybody in scope, and whether by an assignment of their own.
    """
    person = run.person(user_id)
    if person is None:
        return None
    pair = run.memory.pairs.get(user_id)
    assigned = user_id in entitled
    state = run.state(person, assigned=entitled.get(user_id, False))
    settled = run.memory.seen.get(user_id) == state and user_id not in run.memory.escrows
    if settled and not _lost(run, pair):
        return None
    judgement = run.judge(person, assigned=assigned)
    verb, reason = _verb(run, person, pair, judgement)
    if verb is Verb.SKIP and pair is None and not assigned:
        return None
    return Decision(person=person, state=state, judgement=judgement, verb=verb, reason=reason)


def _lost(run: Run, pair: Pair | None) -> bool:
    """Say whether somebody's user in the target is gone for good, as when people leave."""
    if pair is None or pair.deleted:
        return False
    return pair.target not in run.target.users and pair.target not in run.target.deleted_users


def _verb(
    run: Run, person: Person, pair: Pair | None, judgement: Judgement
) -> tuple[Verb, str | None]:
    if judgement.ignored:
        return Verb.SKIP, NOT_ENTITLED
    if judgement.in_scope:
        return _belongs(run, person, pair, judgement)
    return _leaves(run, pair, person, judgement)


def _belongs(
    run: Run, person: Person, pair: Pair | None, judgement: Judgement
) -> tuple[Verb, str | None]:
    target = run.target
    if pair is not None and pair.target in target.users:
        held = target.users[pair.target]
        enabled = held.get("accountEnabled") is not False
        if enabled and not judgement.active and disables(person, run.mapping, held):
            return Verb.DISABLE, None
        return (Verb.UPDATE, None) if run.flows("Update") else (Verb.SKIP, NOT_ENTITLED)
    if not judgement.active:
        return Verb.SKIP, NOT_ENTITLED
    if pair is not None and pair.target in target.deleted_users:
        return (Verb.RESTORE, None) if pair.deleted else (Verb.SKIP, DELETED_IN_TARGET)
    return (Verb.ADD, None) if run.flows("Add") else (Verb.SKIP, NOT_ENTITLED)


def _leaves(
    run: Run, pair: Pair | None, person: Person, judgement: Judgement
) -> tuple[Verb, str | None]:
    there = pair is not None and pair.target in run.target.users
    disabled_first = not judgement.active and not person.deleted
    if there and run.flows("Delete") and not disabled_first:
        return Verb.DELETE, None
    return Verb.SKIP, NOT_ENTITLED
