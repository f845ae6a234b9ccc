"""`tenantry plan`: topologies and an environment enter, what a cycle would do leaves."""

from __future__ import annotations

import click

from reconcile.cli import options
from reconcile.cli.answers import show_plan
from reconcile.cli.rounds import plan_code
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.plans import Detail


@click.command
@options.place_options
@options.markdown_option
@options.link_option
@options.limit_option
@options.all_option
@click.option("--expect-no-changes", is_flag=True, help="end with exit code 4 if there are any")
async def plan(
    place: Place,
    output: str,
    links: tuple[LinkName, ...],
    limit: int | None,
    *,
    everyone: bool,
    expect_no_changes: bool,
) -> int:
    """Show what `apply` would do now, for whom and why. Nothing is written."""
    from reconcile.cli.recorded import undeclared_links
    from reconcile.cli.wiring import Errand, open_estate

    async with open_estate(place, links) as estate:
        rounds = await estate.rounds(Errand(limit=limit))
        known = () if links else undeclared_links(estate.environment, estate.store, estate.links)
    left = tuple((one.name, one.population) for one in known)
    name = estate.environment.name
    show_plan(rounds, name, output, Detail(everyone=everyone), place.typed, left)
    return plan_code(rounds, expect_no_changes=expect_no_changes)
