"""`tenantry apply`: a plan and a yes enter, what became of it leaves."""

from __future__ import annotations

import click

from reconcile.cli import answers, console, options
from reconcile.cli.consent import ApplyConsent
from reconcile.cli.rounds import apply_code
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.plans import Detail


@click.command
@options.place_options
@options.output_option
@options.link_option
@options.limit_option
@options.all_option
@click.option("--yes", is_flag=True, help="do not ask")
@click.option(
    "--plan",
    "reviewed",
    multiple=True,
    metavar="FINGERPRINT",
    help="apply this reviewed plan and refuse any other; repeatable",
)
async def apply(
    place: Place,
    output: str,
    links: tuple[LinkName, ...],
    limit: int | None,
    reviewed: tuple[str, ...],
    *,
    everyone: bool,
    yes: bool,
) -> int:
    """Plan, ask, and push people into the targets; deletes and blocks go first."""
    from reconcile.cli.watch import WatchedTarget
    from reconcile.cli.wiring import AT_ONCE, Errand, open_estate

    detail = Detail(everyone=everyone)
    async with open_estate(place, links) as estate:
        with console.bar("Writing") as bar:
            consent = ApplyConsent(
                show=lambda plans: answers.show_planned(plans, output, detail),
                expect=bar.expect,
                yes=yes,
                reviewed=frozenset(reviewed),
                options=place.typed,
            )
            rounds = await estate.rounds(
                Errand(consent=consent, limit=limit),
                watch=lambda target: WatchedTarget(target, bar.step),
                at_once=1 if consent.asks else AT_ONCE,
            )
    answers.show_applied(rounds, estate.environment.name, output, detail, place.typed)
    return apply_code(rounds, refused=consent.refused)
