"""The ledger of a lane: what state is told when a cycle opens and when it closes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from reconcile.engine.lanes import Lane
from reconcile.engine.ports import Doors
from reconcile.model.cycles import STANDING, Health
from reconcile.model.plans import Plan, Reason
from reconcile.model.tenants import ObjectId
from reconcile.planning.guard import removals
from reconcile.planning.quarantine import quarantined

_OUT_OF_SCOPE = {Reason.EXTERNAL, Reason.OUT_OF_SCOPE}


def open_lane(lane: Lane, doors: Doors) -> None:
    """Give the cycle a number; a held one stages the removals that the guard holds back."""
    lane.number = doors.store.open_cycle(lane.job, lane.plan, lane.began)
    lane.applied = lane.open and lane.plan is not None
    if lane.plan is None:
        return
    if lane.plan.rebuilt and not lane.status.rebuilt:
        # This cycle makes the link know its people again; until one person has allowed deletes
        # they are still people whom only stamps vouch for.
        lane.status = replace(lane.status, rebuilt=True)
        doors.store.set_status(lane.job, lane.status)
    if not lane.open:
        doors.store.stage(lane.job, lane.number, removals(lane.plan), doors.clock.now())


def close_lane(lane: Lane, doors: Doors) -> None:
    """Remember what was judged, the link's health, and that the cycle ended."""
    now = doors.clock.now()
    if lane.applied and lane.plan is not None:
        doors.store.settle(
            lane.job,
            settled=lane.plan.settled,
            forgotten=lane.plan.forgotten,
            skips=lane.plan.skips,
            resolved=_resolved(lane, lane.plan),
            closed_intents=_closed_intents(lane, lane.plan),
            at=now,
        )
        if lane.open and lane.plan.only is None:
            reason = quarantined(lane.outcomes)
            if reason is not None:
                failed = lane.cycle(now).failed
                lane.hold(reason, f"{failed} of {len(lane.outcomes)} actions failed.")
    _note_health(lane, doors)
    doors.store.close_cycle(lane.job, lane.cycle(now))


def _note_health(lane: Lane, doors: Doors) -> None:
    """Remember how the link is; what became of a few named people says nothing about that."""
    held = lane.held
    if held is not None and held.reason in STANDING:
        return
    if lane.plan is not None and lane.plan.only is not None:
        return
    health = Health.ACTIVE if held is None else Health.QUARANTINE
    # A person may have allowed deletes since this round began.
    known = doors.store.status(lane.job)
    status = replace(
        known,
        health=health,
        reason=held.reason if held else None,
        detail=held.detail if held else "",
    )
    if status != known:
        doors.store.set_status(lane.job, status)


def _resolved(lane: Lane, plan: Plan) -> tuple[ObjectId, ...]:
    """People who waited and no longer do. A plan that defers has not judged everyone."""
    still = {skip.source for skip in plan.skips if skip.waits}
    return tuple(sorted(_judged(plan, lane.memory.waiting()) - still))


def _closed_intents(lane: Lane, plan: Plan) -> tuple[ObjectId, ...]:
    """Intents that a whole look has answered: nobody is there, or the stamp says whose it is.

    Whoever is acted on or waits keeps theirs, since a guest of it may not be finished yet.
    """
    undecided = {skip.source for skip in plan.skips if skip.reason not in _OUT_OF_SCOPE}
    return tuple(sorted(_judged(plan, lane.memory.intents()) - undecided))


def _judged(plan: Plan, people: Collection[ObjectId]) -> set[ObjectId]:
    """Those of the people about whom the plan is the last word, and on whom it does not act."""
    acting = {action.person.source for action in (*plan.actions, *plan.later)}
    if plan.only is not None:
        return set(people) & plan.only - acting
    return set() if plan.deferred else set(people) - acting
