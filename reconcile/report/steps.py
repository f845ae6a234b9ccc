"""Steps of provisioning on demand: an explanation and what came of it enter, its steps leave.

Steps are Graph's `provisioningStepType`s, statuses its words for them; `planned` is ours, for
what a dry run did not do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reconcile.model.actions import Delete, Release, changes_of
from reconcile.model.cycles import Outcome, Result
from reconcile.model.explanations import Explanation, Standing
from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import Step
from reconcile.report.explanations import match_text
from reconcile.report.words import VERBS

REDUNDANT = "RedundantExport"
"""Graph's word for somebody who is in the target as they should be."""

_ORDER = (Step.IMPORT, Step.SCOPING, Step.MATCHING, Step.PROCESSING, Step.EXPORT)


class End(StrEnum):
    """How it ended for one person on one link; the values stand in JSON and are public."""

    PLANNED = "planned"
    DONE = "done"
    REDUNDANT = "redundant"
    SKIPPED = "skipped"
    HELD = "held"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demanded:
    """One person on one link, and what came of the action where it was applied."""

    explanation: Explanation
    outcomes: tuple[Outcome, ...] = ()

    @property
    def outcome(self) -> Outcome | None:
        """What came of the action; of several, the first one that is not done."""
        failed = [one for one in self.outcomes if one.result is not Result.DONE]
        return next(iter(failed or self.outcomes), None)

    @property
    def end(self) -> End:
        one = self.explanation
        if self.outcome is not None:
            found = {Result.DONE: End.DONE, Result.UNKNOWN: End.UNKNOWN}
            return found.get(self.outcome.result, End.FAILED)
        if one.held is not None and (one.action is not None or not one.judged):
            return End.HELD
        if one.action is not None:
            return End.PLANNED
        in_place = one.judged and one.scope.standing is Standing.IN and stopping_skip(one) is None
        return End.REDUNDANT if in_place else End.SKIPPED

    @property
    def reason(self) -> str:
        """Why nothing was done, in the words of logs; nothing where something was, or would be."""
        one, end = self.explanation, self.end
        if end is End.HELD and one.held is not None:
            return one.held.reason.value
        if end in {End.FAILED, End.UNKNOWN} and self.outcome is not None:
            return self.outcome.code
        if end is End.REDUNDANT:
            return REDUNDANT
        if end is not End.SKIPPED:
            return ""
        stopping = stopping_skip(one)
        reason = stopping.reason if stopping else one.scope.reason or Reason.OUT_OF_SCOPE
        return reason.value


def stopping_skip(one: Explanation) -> Skip | None:
    """The skip that keeps a person from being acted on; remarks keep nobody."""
    if one.action is not None:
        return None
    found = [skip for skip in one.skips if skip.waits or one.scope.standing is not Standing.IN]
    found += [skip for skip in one.skips if skip.reason in {Reason.SETTLING, Reason.NOT_CONFIRMED}]
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step: Graph's type and status, a sentence, and details by name."""

    kind: Step
    status: str
    description: str
    details: dict[str, Any] = field(default_factory=dict)


def steps_of(one: Demanded) -> Iterator[StepShown]:
    """The steps in their order; after the one that stopped, none follows."""
    stopped = _stopped_at(one)
    for kind in _ORDER:
        unjudged = kind is stopped and not one.explanation.judged
        description, details = _unjudged(one.explanation) if unjudged else _told(kind, one)
        if kind is stopped:
            yield StepShown(
                kind=kind, status=_status(one), description=description, details=details
            )
            return
        yield StepShown(kind=kind, status="success", description=description, details=details)


def _stopped_at(one: Demanded) -> Step:
    """Where a person's way ended: at the export, or before it."""
    explanation, stopping = one.explanation, stopping_skip(one.explanation)
    if not explanation.known:
        return Step.IMPORT
    if not explanation.judged:
        return _unjudged_at(explanation)
    if one.end is not End.SKIPPED:
        return Step.EXPORT
    return stopping.step if stopping is not None else Step.SCOPING


def _unjudged_at(one: Explanation) -> Step:
    """The first step of which nothing is known, on a link that is held before it judges anybody."""
    if one.scope.standing is Standing.IN:
        return Step.MATCHING
    return Step.SCOPING if one.scope.reason is not None else Step.IMPORT


def _status(one: Demanded) -> str:
    match one.end:
        case End.DONE:
            return "success"
        case End.PLANNED:
            return "planned"
        case End.FAILED | End.UNKNOWN:
            return "failure"
        case _:
            return "skipped"


def _unjudged(one: Explanation) -> tuple[str, dict[str, Any]]:
    """What there is to say where nobody was judged: what is known of the scope, and the hold."""
    detail = one.scope.detail or "Nobody on this link was judged."
    if one.held is None:
        return detail, {}
    return f"{detail} {one.held.detail}", {"SkipReason": one.held.reason.value}


def _told(kind: Step, one: Demanded) -> tuple[str, dict[str, Any]]:
    """What a step has to say."""
    explanation = one.explanation
    match kind:
        case Step.IMPORT:
            return _imported(explanation)
        case Step.SCOPING:
            return _scoped(explanation)
        case Step.MATCHING:
            return _matched(explanation)
        case Step.PROCESSING:
            return _processed(explanation)
        case _:
            return _exported(one)


def _imported(one: Explanation) -> tuple[str, dict[str, Any]]:
    if not one.known:
        return one.scope.detail, {}
    read = {name: value for traced in one.attributes for name, value in traced.sources}
    return f"{one.name} of {one.link.source}.", {"objectId": one.person, **read}


def _scoped(one: Explanation) -> tuple[str, dict[str, Any]]:
    scope = one.scope
    inside = scope.standing is Standing.IN
    description = "In scope." if inside else scope.detail
    evaluated = {
        f"{tried.name}.{place}": clause.holds
        for tried in scope.filters
        for place, clause in enumerate(tried.clauses, start=1)
    }
    return description, {
        "Assigned to the application": ", ".join(scope.assigned_by) or inside,
        "Scoping filter evaluation passed": not scope.filters
        or any(tried.passes for tried in scope.filters),
        "ScopeEvaluationResult": evaluated,
    }


def _matched(one: Explanation) -> tuple[str, dict[str, Any]]:
    stopping = stopping_skip(one)
    if stopping is not None and stopping.step is Step.MATCHING:
        return stopping.detail, {"SkipReason": stopping.reason.value}
    if one.match is None:
        return "Nobody in the target matches.", {}
    return f"Matched {match_text(one.match)}.", {"id": one.match.target}


def _processed(one: Explanation) -> tuple[str, dict[str, Any]]:
    stopping = stopping_skip(one)
    if stopping is not None and stopping.step is Step.PROCESSING:
        return stopping.detail, {"SkipReason": stopping.reason.value}
    remarks = " ".join(skip.detail for skip in one.skips)
    if isinstance(one.action, Delete | Release):
        return f"Leaves the target: {one.action.why.value}. {remarks}".strip(), {"action": one.verb}
    changed = len(changes_of(one.action)) if one.action is not None else 0
    word = "attribute differs" if changed == 1 else "attributes differ"
    return f"{changed} {word}. {remarks}".strip(), {"action": one.verb}


def _exported(one: Demanded) -> tuple[str, dict[str, Any]]:
    explanation, outcome = one.explanation, one.outcome
    where = explanation.link.target
    word = VERBS[explanation.verb] if explanation.action is not None else None
    details: dict[str, Any] = {"SkipReason": one.reason} if one.reason else {}
    if outcome is not None and word is not None:
        target = outcome.target or (explanation.match.target if explanation.match else None)
        if outcome.result is Result.DONE:
            return f"{word.past[0].upper()}{word.past[1:]} in {where}.", {"id": target}
        request = {"request_id": outcome.request_id} if outcome.request_id else {}
        return outcome.message, {"code": outcome.code, "id": target, **request}
    if one.end is End.HELD and explanation.held is not None:
        return explanation.held.detail, details
    if one.end is End.PLANNED and word is not None:
        return f"Would {word.future} in {where}. Nothing was written: use `--apply`.", {}
    stopping = stopping_skip(explanation)
    if stopping is not None:
        return stopping.detail, details
    return "Source and target match already; nothing is to do.", details
