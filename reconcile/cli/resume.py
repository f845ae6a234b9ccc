"""`tenantry resume`: a stopped or quarantined link and a reason enter, the link may run again."""

from __future__ import annotations

import click

from reconcile.cli import console, options, shell
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.documents import document


@click.command
@click.argument("link", type=options.LINK)
@options.place_options
@options.output_option
@options.why_option
def resume(place: Place, link: LinkName, output: str, why: str) -> None:
    """Let LINK run again that its target stopped, or that is in quarantine."""
    from reconcile.cli.recorded import key_of, recorded

    who = shell.who()
    with recorded(place) as (environment, store):
        store.approvals.resume(key_of(environment, link), who=who, why=why)
    if output == "json":
        console.answer_json(document("resume", link=link.slug, who=who, why=why))
        return
    console.answer(f"{link}: runs again from the next cycle. Recorded: {who}, {why}")
