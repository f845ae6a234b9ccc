"""`tenantry explain`: people and links enter, why a cycle would do what it would leaves."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli import options
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName


@click.command
@click.argument("users", metavar="USER...", nargs=-1)
@options.link_option
@click.option(
    "--people",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="more people, one a line",
)
@options.place_options
@options.output_option
async def explain(
    place: Place,
    users: tuple[str, ...],
    links: tuple[LinkName, ...],
    file: Path | None,
    output: str,
) -> int:
    """Explain people on every link: in or out and by which clause, each attribute, what is next.

    A USER is a mail, a user principal name or an object id of the source tenant.
    """
    from reconcile.cli.demands import explain_code, explain_people
    from reconcile.cli.people import name_people, read_words
    from reconcile.cli.told import show_explanations
    from reconcile.cli.wiring import open_estate

    words = read_words(users, file)
    async with open_estate(place, links) as estate:
        answered = await explain_people(estate, await name_people(estate, words))
    show_explanations(answered, estate.environment.name, output)
    return explain_code(answered)
