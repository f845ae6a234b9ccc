"""Cycles as text: what one run found, held and did for each link, and what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconcile.model.actions import verb
from reconcile.model.cycles import Cycle, Hold, HoldReason, Outcome, Result
from reconcile.model.links import LinkName
from reconcile.model.plans import Plan
from reconcile.report.columns import pad, safe, shorten, wrap
from reconcile.report.plans import Detail, plan_lines
from reconcile.report.words import VERBS, people

_LABEL = 8
_REMOVALS = frozenset({HoldReason.TOO_MANY_DELETES, HoldReason.REBUILT})
_STAGED = (
    ("Who", "logs {slug} --action stagedDelete"),
    ("Allow", 'allow-deletes {slug} --cycle {cycle} --why "…"'),
)
_LOOK = (("Who", "plan --link {slug} --all"),)
# Deletes are staged, and can be allowed, once a cycle that held them is recorded.
_WAYS = {
    HoldReason.TOO_MANY_DELETES: (*_LOOK, ("Stage", "apply --link {slug}")),
    HoldReason.REBUILT: (*_LOOK, ("Stage", "apply --link {slug}")),
    HoldReason.TOO_MANY_UPDATES: _LOOK,
    HoldReason.STOPPED_BY_TARGET: (("Resume", 'resume {slug} --why "…"'),),
    HoldReason.SYNC_NOT_ALLOWED: (("See", "check"),),
    HoldReason.UNREADABLE: (("See", "check"),),
    HoldReason.NATIVE_JOB: (("See", "check"),),
    HoldReason.INVITATIONS_NOT_ALLOWED: (("See", "check"),),
    HoldReason.ESCROW_PROPORTION: (("Who", "logs {slug} --failed"),),
}


def cycle_text(cycle: Cycle, detail: Detail, *, options: str = "") -> str:
    """One link's cycle: what was done when it was applied, else what would be.

    `options` are the options of the command, repeated in the commands to type next.
    """
    lines = [_heading(cycle)]
    if cycle.applied and cycle.outcomes:
        lines += _outcome_lines(cycle, detail)
    elif cycle.plan is not None:
        brief = Detail(shown=0, everyone=detail.everyone)
        lines += plan_lines(cycle.plan, brief if cycle.applied else detail)
    if cycle.held is not None:
        lines += _held_lines(cycle, cycle.held, options)
    elif len(lines) == 1:
        lines.append("  = nothing to do")
    return "\n".join(lines)


def planned_text(plan: Plan, detail: Detail) -> str:
    """One link's plan, before anybody said yes to it."""
    return "\n".join([_planned_heading(plan), *plan_lines(plan, detail)])


def _planned_heading(plan: Plan) -> str:
    parts = [str(plan.link), "initial cycle" if plan.first else "next cycle", _scope(plan)]
    if plan.actions:
        parts.append(f"plan {plan.fingerprint}")
    return "   ".join(parts)


def _heading(cycle: Cycle) -> str:
    """The link, which cycle this is, and how many people it is about."""
    if cycle.plan is not None and not cycle.number:
        return _planned_heading(cycle.plan)
    parts = [str(cycle.link)]
    parts += [f"cycle {cycle.number}"] if cycle.number else []
    parts += [_scope(cycle.plan)] if cycle.plan is not None else []
    return "   ".join(parts)


def _scope(plan: Plan) -> str:
    return f"{people(plan.in_scope)} in scope"


def _outcome_lines(cycle: Cycle, detail: Detail) -> Iterator[str]:
    done = Counter(verb(o.action) for o in cycle.outcomes if o.result is Result.DONE)
    for kind, word in VERBS.items():
        if done[kind]:
            yield f"  {word.glyph} {word.past:<9}{done[kind]:>6,}"
    for result, title in ((Result.FAILED, "x failed"), (Result.UNKNOWN, "? unknown")):
        found = [outcome for outcome in cycle.outcomes if outcome.result is result]
        if found:
            yield f"  {pad(title, 11)}{len(found):>6,}"
            yield from _failure_lines(found, detail)
    left = sum(outcome.result is Result.NOT_SENT for outcome in cycle.outcomes)
    if left:
        yield f"  . not sent {left:>6,}   tried again in the next cycle"
    if cycle.plan is not None and cycle.plan.deferred:
        yield f"  . wait     {cycle.plan.deferred:>6,}   for a later cycle: the limit is reached"


def _failure_lines(outcomes: Sequence[Outcome], detail: Detail) -> Iterator[str]:
    named = detail.of(len(outcomes))
    for outcome in outcomes[:named]:
        name = safe(shorten(outcome.action.person.name, 38))
        yield f"      {name}   {verb(outcome.action)}   {outcome.code}"
        request = f" (request {outcome.request_id})" if outcome.request_id else ""
        yield from wrap(safe(outcome.message) + request, first=" " * 8, rest=" " * 8)
    if named < len(outcomes):
        yield f"      +{len(outcomes) - named:,} more"


def _held_lines(cycle: Cycle, hold: Hold, options: str) -> Iterator[str]:
    changed = "What was not sent waits" if cycle.applied else "Nothing was changed"
    yield from wrap(f"{safe(hold.detail)} {changed} ({hold.reason}).", first="Held: ", rest="  ")
    for label, command in _ways_out(cycle, hold, options):
        yield f"  {pad(label + ':', _LABEL)}tenantry {command}"


def _ways_out(cycle: Cycle, hold: Hold, options: str) -> Iterator[tuple[str, str]]:
    """The commands that show who is concerned, and that end the hold."""
    ways = _STAGED if hold.reason in _REMOVALS and cycle.number else _WAYS.get(hold.reason, ())
    for label, command in ways:
        yield label, command.format(slug=cycle.link.slug, cycle=cycle.number) + options


def plan_text(cycles: Sequence[Cycle], detail: Detail, *, options: str = "") -> str:
    """Several links' plans, and the command that applies exactly these."""
    texts = [cycle_text(cycle, detail, options=options) for cycle in cycles]
    pinned = [
        f"--plan {cycle.plan.fingerprint}"
        for cycle in cycles
        if cycle.plan is not None and cycle.plan.actions and cycle.held is None
    ]
    if pinned:
        texts.append(f"Next: tenantry apply {' '.join(pinned)}{options}")
    elif all(cycle.held is None for cycle in cycles):
        texts.append("Nothing to do: every link is as the topology declares it.")
    return "\n\n".join(texts)


def undeclared_text(link: LinkName, pairs: int) -> str:
    """What becomes of the people of a link that no topology declares: nothing."""
    are = "stays as they are" if pairs == 1 else "stay as they are"
    return "\n".join(
        wrap(
            f"{link}: no topology that was read declares it, so nobody pushes it. {people(pairs)} "
            f"in {link.target} {are}."
        )
    )


def closing_line(cycles: Sequence[Cycle]) -> str:
    """One sentence over all links: what was done and what was not."""
    done = Counter(
        verb(outcome.action)
        for cycle in cycles
        for outcome in cycle.outcomes
        if outcome.result is Result.DONE
    )
    parts = [f"{done[kind]:,} {word.past}" for kind, word in VERBS.items() if done[kind]]
    failed = sum(cycle.failed for cycle in cycles)
    held = sum(cycle.held is not None for cycle in cycles)
    parts += [f"{failed:,} failed"] if failed else []
    parts += [f"{held:,} {'link' if held == 1 else 'links'} held"] if held else []
    return f"Done: {', '.join(parts)}." if parts else "Done: nothing to change."
