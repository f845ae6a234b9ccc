"""Guard: a plan and its thresholds go in, whether the plan may be written comes out.

Deletes and disables are counted together, as in Entra's prevention of accidental deletions, and
over the whole plan: a window of it must not carry out slice by slice what is refused as a whole.
Updates that only give a manager to people who had none are not counted: after a first push of a
few people, or one that broke off, they are everybody.
"""

from __future__ import annotations

from reconcile.model.cycles import AllowedDeletes, Hold, HoldReason, Proceed, Verdict
from reconcile.model.links import Limit, Thresholds
from reconcile.model.plans import Delete, Disable, Plan

SMALLEST_POPULATION = 10
"""In fewer pairs than these, a share says nothing: one of three is 33 %."""


def guard(plan: Plan, thresholds: Thresholds, allowed: AllowedDeletes | None) -> Verdict:
    """Proceed, or the first reason to hold the link."""
    yes = allowed.targets if allowed is not None else frozenset()
    removals = [one for one in plan.actions if isinstance(one, Delete | Disable)]
    refused = [one for one in removals if one.person.target not in yes]
    if plan.rebuilt and any(isinstance(one, Delete) for one in refused):
        return _hold_rebuilt(plan, sum(isinstance(one, Delete) for one in refused))
    known = {one.person.target for one in removals}
    total = plan.totals.get("delete", 0) + plan.totals.get("disable", 0)
    # A deferred removal is not in the plan by name; what else was allowed is taken to be these.
    deferred = max(0, total - len(removals) - len(yes - known))
    crossed = _crossed(len(refused) + deferred, thresholds.deletes, plan.population)
    if crossed is not None:
        return Hold(
            reason=HoldReason.TOO_MANY_DELETES,
            detail=f"{_people(len(refused) + deferred)} would be deleted or disabled, over "
            f"{crossed} (population {plan.population}). Nothing was changed; look at who it is, "
            "then mend the scope or allow these deletes.",
        )
    updates = plan.totals.get("update", 0) - plan.completing
    crossed = _crossed(updates, thresholds.updates, plan.population)
    if crossed is not None:
        return Hold(
            reason=HoldReason.TOO_MANY_UPDATES,
            detail=f"{_people(updates)} would be updated, over {crossed} (population "
            f"{plan.population}). Nothing was changed; look at what changes, then mend the "
            "mappings or raise the limit.",
        )
    return Proceed()


def _hold_rebuilt(plan: Plan, deletes: int) -> Hold:
    return Hold(
        reason=HoldReason.REBUILT,
        detail=f"The link lost its state, and {_people(deletes)} of {plan.population} would be "
        "deleted by what the stamps say alone. Nothing was changed; look at who it is, then "
        "allow these deletes.",
    )


def _crossed(number: int, limit: Limit, population: int) -> str | None:
    """The limit that a number is over, in words. Shares compare as integers."""
    if limit.count is not None and number > limit.count:
        return f"the limit of {limit.count} per cycle"
    if limit.share is None or population < SMALLEST_POPULATION:
        return None
    if number * 100 > limit.share * population:
        return f"the limit of {limit.share} % per cycle"
    return None


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
