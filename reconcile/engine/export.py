"""Export: the plans of a round become writes, leavers first, at most twenty actions at a time.

Each batch is intended before it is sent and recorded after it was answered, so that a run that
dies anywhere leaves either nothing, or an intent that the next round settles by looking.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconcile.engine.lanes import Lane
from reconcile.engine.ports import Doors, Lease
from reconcile.engine.together import together
from reconcile.errors import DirectoryError, ReconcileError, StateError
from reconcile.model.actions import (
    Action,
    Adopt,
    Cause,
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
from reconcile.model.cycles import HoldReason, Outcome, Result
from reconcile.model.tenants import ObjectId
from reconcile.planning.mapping import wanted_hash

BATCH = 20
"""Graph takes at most twenty requests in one `$batch`."""

CONNECTIONS = 4
"""More connections to one tenant are slower, not faster."""

_PHASES: tuple[tuple[type[Action], ...], ...] = (
    (Delete, Disable, Release),
    (Restore, Update, Adopt),
    (Create,),
)


@dataclass(slots=True)
class _Desk:
    """Where the workers of one phase take their batches; the first failure closes it."""

    doors: Doors
    lease: Lease
    failure: ReconcileError | None = None

    async def work_off(self, batches: Iterator[tuple[Lane, list[Action]]], *, late: bool) -> None:
        await together(*(self._work(batches, late=late) for _ in range(CONNECTIONS)))
        if isinstance(self.failure, StateError):
            raise self.failure

    async def _work(self, batches: Iterator[tuple[Lane, list[Action]]], *, late: bool) -> None:
        for lane, actions in batches:
            if self.failure is not None:
                return
            try:
                await self._send(lane, actions, late=late)
            except ReconcileError as error:
                self.failure = self.failure or error

    async def _send(self, lane: Lane, actions: list[Action], *, late: bool) -> None:
        store, clock = self.doors.store, self.doors.clock
        self.lease.check()
        store.intend(lane.job, lane.number, actions, clock.now())
        try:
            outcomes = await self.doors.target.export(lane.job, actions, self.lease.check)
        except StateError:
            raise  # the lease is another run's, and so is what is written to state
        except ReconcileError as error:
            store.record(lane.job, lane.number, [_unknown(a, error, self.doors) for a in actions])
            raise
        store.record(lane.job, lane.number, outcomes)
        (lane.late if late else lane.outcomes).extend(outcomes)


async def export_lanes(lanes: Sequence[Lane], doors: Doors, lease: Lease) -> None:
    """Write the plans of all lanes; outcomes are added to each lane.

    A tenant that answers nothing any more holds every lane with what was left unsent.

    Raises:
        LeaseHeldError: another run took over; nothing was sent after that was noticed.
    """
    desk = _Desk(doors, lease)
    for verbs in _PHASES:
        await desk.work_off(_batches(lanes, verbs), late=False)
    await desk.work_off(_late_managers(lanes), late=True)
    if desk.failure is None:
        return
    for lane in lanes:
        left = len(lane.plan.actions if lane.plan else ()) - len(lane.outcomes)
        lane.hold(
            HoldReason.UNREADABLE,
            f"{desk.failure} {left} actions have no answer; the next cycle looks before it acts.",
        )


def _batches(
    lanes: Sequence[Lane], verbs: tuple[type[Action], ...]
) -> Iterator[tuple[Lane, list[Action]]]:
    for lane in lanes:
        actions = [
            one for one in (lane.plan.actions if lane.plan else ()) if isinstance(one, verbs)
        ]
        yield from _chunks(lane, actions)


def _chunks(lane: Lane, actions: Sequence[Action]) -> Iterator[tuple[Lane, list[Action]]]:
    for start in range(0, len(actions), BATCH):
        yield lane, list(actions[start : start + BATCH])


def _late_managers(lanes: Sequence[Lane]) -> Iterator[tuple[Lane, list[Action]]]:
    """Managers that were created in this very round, now that their ids are known."""
    for lane in lanes:
        ids = {
            outcome.action.person.source: outcome.target
            for outcome in lane.outcomes
            if outcome.result is Result.DONE and outcome.target is not None
        }
        yield from _chunks(lane, [late for o in lane.outcomes for late in _late_manager(o, ids)])


def _late_manager(outcome: Outcome, ids: Mapping[ObjectId, ObjectId]) -> Iterator[Update]:
    action = outcome.action
    if outcome.result is not Result.DONE or isinstance(action, Delete | Release):
        return
    for change in changes_of(action):
        wanted = change.new
        if not isinstance(wanted, Reference) or wanted.target is not None:
            continue
        manager = ids.get(wanted.source)
        if manager is None:
            continue
        yield Update(
            person=replace(action.person, target=outcome.target),
            changes=(
                Change(
                    attribute=change.attribute,
                    old=None,
                    new=Reference(source=wanted.source, target=manager),
                    cause=Cause.CREATION,
                ),
            ),
            terms=replace(
                action.terms,
                wanted=action.terms.wanted + wanted_hash(change.attribute, wanted.source),
            ),
        )


def _unknown(action: Action, error: ReconcileError, doors: Doors) -> Outcome:
    return Outcome(
        action=action,
        result=Result.UNKNOWN,
        target=action.person.target,
        code=type(error).__name__,
        message=str(error),
        request_id=error.request_id if isinstance(error, DirectoryError) else "",
        transient=True,
        at=doors.clock.now(),
    )
