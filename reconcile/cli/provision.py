"""`tenantry provision`: a few people enter, the steps that a cycle would take with them leave."""

from __future__ import annotations

import click

from reconcile.cli import options
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName


@click.command
@click.argument("users", metavar="USER...", nargs=-1, required=True)
@options.link_option
@click.option("--apply", "applies", is_flag=True, help="write it, for these people only")
@options.place_options
@options.output_option
async def provision(
    place: Place, users: tuple[str, ...], links: tuple[LinkName, ...], output: str, *, applies: bool
) -> int:
    """Provision a few people on demand; without --apply, show the steps and write nothing.

    A USER is a mail, a user principal name or an object id of the source tenant.
    """
    from reconcile.cli.demands import provision_code, provision_people
    from reconcile.cli.people import name_people, read_words
    from reconcile.cli.told import show_provisioned
    from reconcile.cli.wiring import open_estate

    words = read_words(users, None)
    async with open_estate(place, links) as estate:
        people = await name_people(estate, words)
        answered = await provision_people(estate, people, applies=applies)
    show_provisioned(answered, estate.environment.name, output)
    return provision_code(answered)
