"""Narrowing: a plan and some people go in, the plan that acts on nobody else comes out.

Premise: the others are deferred, not forgotten. Their actions still claim addresses and target
users, and still count for the guard, so that nobody carries out person by person what is refused
as a whole; what is remembered of them stays as it is. Who only waits for a manager among the
others waits on.
"""

from __future__ import annotations

from dataclasses import replace

from reconcile.model.actions import Action, Reference, changes_of
from reconcile.model.plans import Plan
from reconcile.model.tenants import ObjectId
from reconcile.planning.plan import waits_for_manager


def narrow(plan: Plan, only: frozenset[ObjectId]) -> Plan:
    """The part of a plan that is about some source people; totals stay those of the whole."""
    acting = {one.person.source for one in plan.actions} & only

    def meant(action: Action) -> bool:
        idle = waits_for_manager(action) and acting.isdisjoint(_managers(action))
        return action.person.source in only and not idle

    others = tuple(one for one in plan.actions if not meant(one))
    return replace(
        plan,
        actions=tuple(one for one in plan.actions if meant(one)),
        skips=tuple(one for one in plan.skips if one.source in only),
        settled=tuple(one for one in plan.settled if one.source in only),
        forgotten=tuple(one for one in plan.forgotten if one in only),
        deferred=plan.deferred + len(others),
        later=(*others, *plan.later),
        only=only,
    )


def _managers(action: Action) -> set[ObjectId]:
    return {one.new.source for one in changes_of(action) if isinstance(one.new, Reference)}
