"""Provisioning on demand as text and JSON: steps with their details, and attributes old to new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconcile.model.actions import action_data, changes_of
from reconcile.model.cycles import HoldReason
from reconcile.model.explanations import ClauseSeen, Explanation, Standing
from reconcile.model.plans import Reason
from reconcile.model.reads import Step
from reconcile.report.columns import WIDTH, columns, safe, shorten, wrap
from reconcile.report.explanations import change_text, explanation_members, filter_lines, next_text
from reconcile.report.links import clause_text
from reconcile.report.steps import Demanded, End, steps_of, stopping_skip


def provision_text(found: Sequence[Demanded]) -> str:
    """Every person's steps on every link, in at most eighty columns."""
    return "\n\n".join("\n".join(_block(one)) for one in found) or "Nobody to provision."


def _block(one: Demanded) -> Iterator[str]:
    explanation = one.explanation
    yield shorten(f"{explanation.link}   {safe(explanation.name)}   {one.end}", WIDTH)
    for place, step in enumerate(steps_of(one), start=1):
        lead = f"  {place}. {step.kind.value:<11}{step.status:<9}"
        lines = wrap(safe(step.description), first=lead, rest=" " * len(lead))
        yield from (shorten(line, WIDTH) for line in lines)
        if step.kind is Step.SCOPING:
            yield from _filters(explanation)
    if explanation.action is not None:
        yield shorten(f"     {next_text(explanation)}", WIDTH)
        yield from columns(
            [(one.attribute, change_text(one)) for one in changes_of(explanation.action)],
            indent=" " * 7,
            gap=2,
        )


def _filters(one: Explanation) -> Iterator[str]:
    """The filters with their clauses, as far in as what is said of a step."""
    return (shorten(f"   {line}", WIDTH) for line in filter_lines(one.scope))


def provision_members(one: Demanded) -> dict[str, Any]:
    """One person on one link as JSON data, in the public form of `--output json`."""
    explanation, outcome = one.explanation, one.outcome
    action = action_data(explanation.action) if explanation.action is not None else None
    return {
        **explanation_members(explanation),
        "end": one.end.value,
        "reason": one.reason or None,
        "steps": [
            {
                "type": step.kind.value,
                "status": step.status,
                "description": step.description,
                "details": step.details,
            }
            for step in steps_of(one)
        ],
        "modified": [
            {name: change[name] for name in ("attribute", "old", "new")}
            for change in (action["changes"] if action is not None else ())
        ],
        "target": (outcome.target if outcome is not None else None)
        or (explanation.match.target if explanation.match else None),
    }


def refusals(found: Sequence[Demanded]) -> Iterator[str]:
    """Why a person is provisioned by no link; one sentence a link, with the clause."""
    for one in found:
        explanation = one.explanation
        if one.end is not End.SKIPPED:
            continue
        stopping = stopping_skip(explanation)
        detail = stopping.detail if stopping is not None else explanation.scope.detail
        clauses = "; ".join(_failing(explanation))
        why = f" {clauses}." if clauses else ""
        scope = "" if explanation.scope.standing is Standing.IN else " not in scope."
        yield f"{explanation.link}: {safe(explanation.name)}:{scope} {detail}{why}"


def _failing(one: Explanation) -> Iterator[str]:
    """The clauses that keep a person out, where a filter does."""
    if one.scope.reason is not Reason.OUT_OF_SCOPE or any(f.passes for f in one.scope.filters):
        return
    from_filters = [(tried, clause) for tried in one.scope.filters for clause in tried.clauses]
    for tried, clause in from_filters:
        if not clause.holds:
            yield f'In "{tried.name}", {_clause_words(clause)}'


def unreadable(found: Sequence[Demanded]) -> bool:
    """Whether somebody could not be judged because a tenant did not answer."""
    helds = [one.explanation.held for one in found]
    return any(held is not None and held.reason is HoldReason.UNREADABLE for held in helds)


def _clause_words(one: ClauseSeen) -> str:
    value = safe(one.seen) if one.seen is not None else "(nothing)"
    return f"`{clause_text(one.clause)}` fails, seeing {value}"
