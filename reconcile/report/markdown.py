"""A plan as Markdown for a pull request: a table of all links, then the people of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconcile.model.actions import verb
from reconcile.model.cycles import Cycle
from reconcile.model.plans import Plan
from reconcile.report.columns import safe
from reconcile.report.plans import Detail, plan_lines
from reconcile.report.words import VERBS

_ESCAPED = str.maketrans({c: f"\\{c}" for c in "\\|*_[]`<>"})


def plan_markdown(cycles: Sequence[Cycle], detail: Detail) -> str:
    """A table of all links, then what concerns people in each."""
    lines = ["## Plan", "", *_table(cycles)]
    for cycle in cycles:
        lines += _section(cycle, detail)
    return "\n".join(lines)


def _table(cycles: Sequence[Cycle]) -> Iterator[str]:
    yield "| link | " + " | ".join(word.future for word in VERBS.values()) + " | skip | plan |"
    yield "|---|" + "---:|" * (len(VERBS) + 1) + "---|"
    for cycle in cycles:
        yield f"| {cycle.link} | {_cells(cycle.plan, held=cycle.held is not None)} |"


def _cells(plan: Plan | None, *, held: bool) -> str:
    if plan is None:
        return " | ".join([""] * (len(VERBS) + 1) + ["**held**"])
    found = Counter(verb(action) for action in plan.actions)
    counts = [str(found[kind]) if found[kind] else "" for kind in VERBS]
    name = "**held**" if held else f"`{plan.fingerprint}`"
    return " | ".join([*counts, str(len(plan.skips) or ""), name])


def _section(cycle: Cycle, detail: Detail) -> Iterator[str]:
    yield ""
    yield f"### {cycle.link}"
    if cycle.held is not None:
        yield ""
        yield f"**Held** ({cycle.held.reason}): {safe(cycle.held.detail).translate(_ESCAPED)}"
    if cycle.plan is None or not (cycle.plan.actions or cycle.plan.skips):
        return
    yield ""
    yield "```text"
    yield from (line.replace("```", "'''") for line in plan_lines(cycle.plan, detail))
    yield "```"
