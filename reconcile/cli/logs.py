"""`tenantry logs`: a link and filters enter, its provisioning log leaves, newest first."""

from __future__ import annotations

import click

from reconcile.cli import console, options
from reconcile.cli.shell import Place
from reconcile.model.cycles import Result
from reconcile.model.links import LinkName
from reconcile.report.documents import document
from reconcile.report.history import log_lines, log_members
from reconcile.report.words import VERBS

_STAGED = "stagedDelete"


@click.command
@click.argument("link", type=options.LINK)
@options.place_options
@options.output_option
@click.option("--action", type=click.Choice([*VERBS, _STAGED]), help="only this kind of action")
@click.option("--person", metavar="TEXT", help="only about this id, or this part of a name")
@click.option("--cycle", type=click.IntRange(min=1), metavar="N", help="only of this cycle")
@click.option("--failed", is_flag=True, help="only what failed, or has no known outcome")
@click.option(
    "--last",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    metavar="N",
    help="at most so many lines",
)
def logs(  # noqa: PLR0913 - one argument an option
    place: Place,
    link: LinkName,
    output: str,
    action: str | None,
    person: str | None,
    cycle: int | None,
    last: int,
    *,
    failed: bool,
) -> None:
    """Show what was done to whom in LINK, when, why, and what came of it."""
    from reconcile.cli.recorded import key_of, recorded
    from reconcile.state.past import LogFilter

    states = {Result.STAGED.value} if action == _STAGED else set()
    states |= {Result.FAILED.value, Result.UNKNOWN.value, "sent"} if failed else set()
    wanted = LogFilter(
        action=None if action == _STAGED else action,
        states=frozenset(states),
        person=person,
        cycle=cycle,
        limit=last,
    )
    with recorded(place) as (environment, store):
        entries = store.history.exports(key_of(environment, link), wanted)
    if output == "json":
        members = [log_members(entry) for entry in entries]
        console.answer_json(document("logs", environment=environment.name, entries=members))
        return
    console.answer("\n".join(log_lines(entries)) or f"{link}: nothing like that is logged.")
