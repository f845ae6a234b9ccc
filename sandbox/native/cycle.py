"""One cycle of a job: everybody it knows or should know enters, events and counts leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sandbox.contents import GraphObject
from sandbox.logs import Modified
from sandbox.native.decisions import Decision, decide
from sandbox.native.events import REDUNDANT, Event, Verb
from sandbox.native.mapping import MappingError, maps, wanted
from sandbox.native.memory import Pair, Problem
from sandbox.native.run import Run

_DEPROVISIONING = frozenset({Verb.DELETE, Verb.DISABLE})


@dataclass(slots=True, kw_only=True)
class Counts:
    """What a cycle did, in numbers."""

    looked_at: int = 0
    in_scope: int = 0
    attempted: int = 0
    exported: int = 0
    failed: int = 0
    staged: int = 0
    references: int = 0

    @property
    def quiet(self) -> bool:
        """Whether nothing was written: the next cycle would find the same."""
        return self.exported == 0 and self.references == 0

    def note(self, event: Event) -> None:
        """Count an event."""
        self.staged += event.verb is Verb.STAGE
        if event.verb in {Verb.SKIP, Verb.STAGE}:
            return
        self.attempted += 1
        self.failed += event.problem is not None
        self.exported += event.problem is None


def run_cycle(run: Run, cycle: str) -> Counts:
    """Push what changed since the last cycle, or everybody if there was none."""
    memory = run.memory
    entitled = run.entitled()
    counts = Counts(in_scope=len(entitled))
    decisions = list(_decided(run, entitled))
    counts.looked_at = len(decisions)
    harmful = sum(one.verb in _DEPROVISIONING for one in decisions)
    most = None if memory.force_deletes else run.most_deletes
    held = most is not None and harmful > most
    for decision in decisions:
        if held and decision.verb in _DEPROVISIONING:
            event = _event(run, cycle, replace(decision, verb=Verb.STAGE))
        else:
            event = carry_out(run, cycle, decision)
        counts.note(event)
        run.source.provisioning.add(event)
    memory.force_deletes = False
    counts.references = set_managers(run, decisions)
    return counts


def _decided(run: Run, entitled: Mapping[str, bool]) -> Iterable[Decision]:
    for user_id in {**entitled, **dict.fromkeys(run.memory.pairs)}:
        decision = decide(run, user_id, entitled)
        if decision is not None:
            yield decision


def carry_out(run: Run, cycle: str, decision: Decision) -> Event:
    """Do what was decided, and remember how it went."""
    user_id = decision.person.user["id"]
    try:
        event = _done(run, cycle, decision)
    except MappingError as refused:
        run.memory.escrows[user_id] = refused.problem
        return _event(run, cycle, decision, problem=refused.problem)
    run.memory.escrows.pop(user_id, None)
    run.memory.seen[user_id] = decision.state
    return event


def _done(run: Run, cycle: str, decision: Decision) -> Event:
    match decision.verb:
        case Verb.ADD:
            return _add(run, cycle, decision)
        case Verb.RESTORE:
            return _restore(run, cycle, decision)
        case Verb.UPDATE | Verb.DISABLE:
            pair = run.memory.pairs[decision.person.user["id"]]
            # An administrator of the target may have restored whom the job deleted.
            pair.deleted = False
            return _update(run, cycle, decision, run.target.users[pair.target])
        case Verb.DELETE:
            pair = run.memory.pairs[decision.person.user["id"]]
            modified = run.writer.delete(run.target.users[pair.target])
            pair.deleted = True
            return _event(run, cycle, decision, target=pair.target, modified=modified)
        case Verb.SKIP | Verb.STAGE:
            return _event(run, cycle, decision)


def _add(run: Run, cycle: str, decision: Decision) -> Event:
    person = decision.person
    known = run.writer.match(person)
    if known is not None:
        run.memory.pairs[person.user["id"]] = Pair(target=known["id"])
        found = replace(decision, verb=Verb.UPDATE)
        return replace(_update(run, cycle, found, known), matched=True)
    user, modified = run.writer.create(person, wanted(person, run.mapping, None))
    run.memory.pairs[person.user["id"]] = Pair(target=user["id"])
    return _event(run, cycle, decision, target=user["id"], modified=modified)


def _restore(run: Run, cycle: str, decision: Decision) -> Event:
    pair = run.memory.pairs[decision.person.user["id"]]
    user, modified = run.writer.restore(pair.target)
    pair.deleted = False
    updated = _update(run, cycle, decision, user)
    return replace(updated, verb=Verb.RESTORE, reason=None, modified=modified + updated.modified)


def _update(run: Run, cycle: str, decision: Decision, user: GraphObject) -> Event:
    """Apply the whole mapping, which also undoes what the target changed meanwhile."""
    properties = wanted(decision.person, run.mapping, user)
    modified = run.writer.update(decision.person, user, properties)
    if not modified:
        decision = replace(decision, verb=Verb.SKIP, reason=REDUNDANT)
    return _event(run, cycle, decision, target=user["id"], modified=modified)


def _event(
    run: Run,
    cycle: str,
    decision: Decision,
    *,
    target: str | None = None,
    modified: tuple[Modified, ...] = (),
    problem: Problem | None = None,
) -> Event:
    user_id = decision.person.user["id"]
    pair = run.memory.pairs.get(user_id)
    return Event(
        at=run.source.clock.now(),
        job=run.job,
        cycle=cycle,
        verb=decision.verb,
        person=decision.person,
        judgement=decision.judgement,
        known=user_id in run.memory.seen,
        target_id=target or (pair.target if pair else None),
        matched=pair is not None and decision.verb is not Verb.ADD,
        reason=decision.reason,
        modified=modified,
        problem=problem,
    )


def set_managers(run: Run, decisions: Iterable[Decision]) -> int:
    """Set managers where both are in the target; that one is gone is not propagated."""
    changed = {one.person.user["id"] for one in decisions}
    if not changed or not maps(run.mapping, "manager"):
        return 0
    written = 0
    for user_id, pair in run.memory.pairs.items():
        manager = run.memory.pairs.get(run.source.manager.get(user_id, ""))
        if manager is None or not changed & {user_id, run.source.manager[user_id]}:
            continue
        if pair.target in run.target.users and manager.target in run.target.users:
            written += run.writer.set_manager(pair.target, manager.target)
    return written
