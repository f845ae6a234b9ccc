"""Guard: a plan and its thresholds go in, whether the plan may be written comes out.

What takes a user's access counts as a removal, as in Entra's prevention of accidental deletions:
deletes, disables, releases, and adoptions that block sign-in. Removals and changes are counted
over the whole plan: a window of it must not carry out slice by slice what is refused as a whole.
Updates that only give a manager to people who had none are not counted: after a first push of a
few people, or one that broke off, they are everybody.
"""

from __future__ import annotations

from reconcile.model.actions import Action, Adopt, Delete, Disable, Release
from reconcile.model.cycles import AllowedDeletes, Hold, HoldReason, Proceed, Verdict
from reconcile.model.links import Limit, Thresholds
from reconcile.model.plans import Plan

SMALLEST_POPULATION = 10
"""In fewer pairs than these, a share says little: one of three is 33 %."""

_SMALLEST_SHARE = 50
"""In percent: what a small population may lose at least, whatever share the link says."""

_FEW = 2
"""So many people may leave a small population, even if they are most of it."""


def guard(plan: Plan, thresholds: Thresholds, allowed: AllowedDeletes | None) -> Verdict:
    """Proceed, or the first reason to hold the link."""
    removing = removals(plan)
    refused = [one for one in removing if allowed is None or not allowed.covers(one)]
    deletes = sum(isinstance(one, Delete) for one in refused)
    if plan.rebuilt and deletes:
        return _hold_rebuilt(plan, deletes)
    crossed = _crossed_by_removals(len(refused), thresholds.deletes, plan.population)
    if crossed is not None:
        return Hold(
            reason=HoldReason.TOO_MANY_DELETES,
            detail=f"{_people(len(refused))} would be deleted, disabled or released, over "
            f"{crossed} (population {plan.population}). Look at who it is, "
            "then mend the scope or allow these deletes.",
        )
    adopted = plan.totals.get("adopt", 0) - sum(isinstance(one, Adopt) for one in removing)
    changed = plan.totals.get("update", 0) - plan.completing + adopted
    crossed = _crossed(changed, thresholds.updates, plan.population)
    if crossed is not None:
        return Hold(
            reason=HoldReason.TOO_MANY_UPDATES,
            detail=f"{_people(changed)} would be updated or adopted, over {crossed} (population "
            f"{plan.population}). Look at what changes, then mend the "
            "mappings or raise the limit.",
        )
    return Proceed()


def removals(plan: Plan) -> tuple[Action, ...]:
    """All actions of a plan that take a user's access, deferred ones included."""
    return tuple(one for one in (*plan.actions, *plan.later) if _removes(one))


def _removes(action: Action) -> bool:
    if isinstance(action, Adopt):
        return any(one.attribute == "accountEnabled" and one.new is False for one in action.changes)
    return isinstance(action, Delete | Disable | Release)


def _hold_rebuilt(plan: Plan, deletes: int) -> Hold:
    return Hold(
        reason=HoldReason.REBUILT,
        detail=f"The link lost its state, and {_people(deletes)} of {plan.population} would be "
        "deleted by what the stamps say alone. Look at who it is, then "
        "allow these deletes.",
    )


def _crossed_by_removals(number: int, limit: Limit, population: int) -> str | None:
    """As for changes; but most of a small population is not lost unseen, either."""
    crossed = _crossed(number, limit, population)
    if crossed is not None or limit.share is None or population >= SMALLEST_POPULATION:
        return crossed
    share = max(limit.share, _SMALLEST_SHARE)
    if number > _FEW and number * 100 > share * population:
        return f"the limit of {share} % for fewer than {SMALLEST_POPULATION} people"
    return None


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
