"""`tenantry check`: an environment enters, what its tenants lack for their links leaves."""

from __future__ import annotations

import click

from reconcile.cli import console, options, shell
from reconcile.cli.shell import Place
from reconcile.model.tenants import Alias
from reconcile.report.checks import checks_document, checks_text


@click.command
@click.argument("tenants", metavar="[TENANT]...", nargs=-1)
@options.place_options
@options.output_option
@click.option("--stacks", is_flag=True, help="check the rights that `pulumi up` needs instead")
async def check(place: Place, tenants: tuple[str, ...], output: str, *, stacks: bool) -> int:
    """Check credentials, permissions, consent and stamps of each TENANT, and each link."""
    from reconcile.cli.inspection import inspect_links, inspect_rights, inspect_tenants
    from reconcile.cli.wiring import open_estate

    wanted = frozenset(map(Alias, tenants))
    async with open_estate(place) as estate:
        for alias in wanted:
            estate.clients.tenant(alias)
        if stacks:
            found, gates = await inspect_rights(estate, wanted), []
        else:
            found = await inspect_tenants(estate, wanted)
            gates = await inspect_links(estate, wanted, found)
    if output == "json":
        console.answer_json(checks_document(estate.environment.name, found, gates))
    else:
        then = shell.up(estate.environment) if stacks else "tenantry plan"
        console.answer(checks_text(found, gates, then=then))
    return 0 if all(one.well for one in [*found, *gates]) else 1
