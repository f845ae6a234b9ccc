"""`tenantry status`: links in state enter, their standing and who waits leave."""

from __future__ import annotations

import click

from reconcile.cli import console, options
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.documents import document
from reconcile.report.history import link_lines, link_members, waiting_lines


@click.command
@click.argument("links", type=options.LINK, metavar="[LINK]...", nargs=-1)
@options.place_options
@options.output_option
def status(place: Place, links: tuple[LinkName, ...], output: str) -> None:
    """Show each link's health, its last cycle, and for a named LINK who waits."""
    from reconcile.cli.recorded import known_links, recorded

    with recorded(place) as (environment, store):
        found = [
            (one, store.history.waiting(one.key)) for one in known_links(environment, store, links)
        ]
    if output == "json":
        members = [link_members(link, people) for link, people in found]
        console.answer_json(document("status", environment=environment.name, links=members))
        return
    if not found:
        console.answer("No cycle was recorded yet. See what one would do with `tenantry plan`.")
    for link, people in found:
        lines = [*link_lines(link), *(waiting_lines(people) if links else ())]
        console.answer("\n".join(lines))
