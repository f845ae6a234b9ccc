"""Plans and cycles as JSON documents: the public form of `--output json`, version 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconcile.model.actions import action_data, verb
from reconcile.model.cycles import Cycle, Outcome
from reconcile.model.plans import Plan, Skip

VERSION = 1


def document(kind: str, **members: object) -> dict[str, Any]:
    """A document of one kind; every document carries the version of this form."""
    return {"version": VERSION, "kind": kind, **members}


def cycles_document(
    kind: str, environment: str, cycles: Sequence[Cycle], problems: Sequence[str] = ()
) -> dict[str, Any]:
    """What `plan` and `apply` answer. `problems` are of targets that could not be finished."""
    return document(
        kind,
        environment=environment,
        links=[_cycle_members(cycle) for cycle in cycles],
        problems=list(problems),
    )


def _cycle_members(cycle: Cycle) -> dict[str, Any]:
    held = cycle.held
    return {
        "link": cycle.link.slug,
        "source": {"alias": cycle.link.source, "tenant": cycle.source},
        "target": {"alias": cycle.link.target, "tenant": cycle.target},
        "cycle": cycle.number or None,
        "began": cycle.began.isoformat(),
        "ended": cycle.ended.isoformat(),
        "applied": cycle.applied,
        "held": {"reason": held.reason.value, "detail": held.detail} if held else None,
        "plan": _plan_members(cycle.plan) if cycle.plan is not None else None,
        "failed": cycle.failed,
        "outcomes": [_outcome_members(outcome) for outcome in cycle.outcomes],
        "requests": dict(sorted(cycle.requests.items())),
    }


def _plan_members(plan: Plan) -> dict[str, Any]:
    return {
        "fingerprint": plan.fingerprint,
        "first": plan.first,
        "rebuilt": plan.rebuilt,
        "in_scope": plan.in_scope,
        "unchanged": plan.unchanged,
        "population": plan.population,
        "deferred": plan.deferred,
        "revised": None
        if plan.revised is None
        else {"asked": plan.revised[0], "concerned": plan.revised[1]},
        "totals": dict(sorted(plan.totals.items())),
        "actions": [action_data(action) for action in plan.actions],
        "skips": [_skip_members(skip) for skip in plan.skips],
    }


def _skip_members(skip: Skip) -> dict[str, Any]:
    return {
        "source": skip.source,
        "target": skip.target,
        "name": skip.name,
        "step": skip.step.value,
        "reason": skip.reason.value,
        "detail": skip.detail,
        "waits": skip.waits,
    }


def _outcome_members(outcome: Outcome) -> dict[str, Any]:
    person = outcome.action.person
    return {
        "action": verb(outcome.action),
        "source": person.source,
        "target": outcome.target or person.target,
        "name": person.name,
        "result": outcome.result.value,
        "step": outcome.step.value,
        "code": outcome.code,
        "message": outcome.message,
        "request_id": outcome.request_id,
        "at": outcome.at.isoformat(),
    }
