"""Narrowing: a plan and some people go in, the plan that acts on nobody else comes out.

Premise: the others are deferred, not forgotten. Their actions still claim addresses and target
users, and still count for the guard, so that nobody carries out person by person what is refused
as a whole; what is remembered of them stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from reconcile.model.plans import Plan
from reconcile.model.tenants import ObjectId


def narrow(plan: Plan, only: frozenset[ObjectId]) -> Plan:
    """The part of a plan that is about some source people; totals stay those of the whole."""
    others = tuple(one for one in plan.actions if one.person.source not in only)
    return replace(
        plan,
        actions=tuple(one for one in plan.actions if one.person.source in only),
        skips=tuple(one for one in plan.skips if one.source in only),
        settled=tuple(one for one in plan.settled if one.source in only),
        forgotten=tuple(one for one in plan.forgotten if one in only),
        deferred=plan.deferred + len(others),
        later=(*others, *plan.later),
        only=only,
    )
