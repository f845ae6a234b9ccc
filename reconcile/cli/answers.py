"""How `plan` and `apply` answer: rounds enter, text, JSON or Markdown leaves on stdout."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.cli import console
from reconcile.cli.consent import Planned
from reconcile.cli.rounds import Round, cycles_of, errors_of
from reconcile.model.links import LinkName
from reconcile.report.cycles import (
    closing_line,
    cycle_text,
    plan_text,
    planned_text,
    undeclared_text,
)
from reconcile.report.documents import cycles_document
from reconcile.report.markdown import plan_markdown
from reconcile.report.plans import Detail


def show_plan(
    rounds: Sequence[Round],
    environment: str,
    output: str,
    detail: Detail,
    options: str,
    left: Sequence[tuple[LinkName, int]],
) -> None:
    """What would be done, and on stderr why some targets could not be asked.

    `left` are links that no topology declares any more, with their people.
    """
    cycles = cycles_of(rounds)
    notes = [undeclared_text(*one) for one in left]
    if output == "json":
        problems = [str(error) for error in errors_of(rounds)]
        undeclared = [{"link": name.slug, "pairs": pairs} for name, pairs in left]
        told = cycles_document("plan", environment, cycles, problems)
        console.answer_json({**told, "undeclared": undeclared})
    elif output == "markdown":
        console.answer("\n\n".join([plan_markdown(cycles, detail), *notes]))
    elif cycles or notes:
        texts = [plan_text(cycles, detail, options=options)] if cycles else []
        console.answer("\n\n".join([*notes, *texts]))
    _complain(rounds)


def show_planned(plans: Planned, output: str, detail: Detail) -> None:
    """The plans that a yes is asked for; in JSON they are talk, the answer comes at the end."""
    say = console.answer if output == "text" else console.talk
    for plan, hold in plans:
        if hold is None and plan.actions:
            say(planned_text(plan, detail) + "\n")


def show_applied(
    rounds: Sequence[Round], environment: str, output: str, detail: Detail, options: str
) -> None:
    """What became of each link, and all together; a plan that was refused was shown already."""
    cycles = cycles_of(rounds)
    if output == "json":
        problems = [str(error) for error in errors_of(rounds)]
        console.answer_json(cycles_document("apply", environment, cycles, problems))
    elif cycles:
        told = [cycle for cycle in cycles if cycle.applied or cycle.held is not None]
        texts = [cycle_text(cycle, detail, options=options) for cycle in told]
        console.answer("\n\n".join([*texts, closing_line(cycles)]))
    _complain(rounds)


def _complain(rounds: Sequence[Round]) -> None:
    for error in errors_of(rounds):
        console.complain(error)
