"""`tenantry bootstrap`: give each tenant the application that owns Tenantry's stamps."""

from __future__ import annotations

import click

from reconcile.cli import console, shell
from reconcile.cli.options import environment_option, output_option
from reconcile.model.tenants import Alias


@click.command
@click.argument("aliases", metavar="[TENANT]...", nargs=-1)
@environment_option
@output_option
async def bootstrap(aliases: tuple[str, ...], environment: str | None, output: str) -> None:
    """Find or make the owner of the stamps in TENANT, by default in every tenant.

    It is never removed: without its owner, every stamp in the tenant is hidden.
    """
    from reconcile.graph import stamps

    named = shell.read_environment(environment)
    documents = []
    async with shell.clients(named) as clients:
        for alias in map(Alias, aliases or sorted(named.tenants)):
            attribute = clients.tenant(alias).stamp.attribute
            if attribute is not None:
                documents.append({"tenant": alias, "attribute": attribute, "made": []})
                continue
            found = await stamps.bootstrap(clients.of(alias))
            owner = found.owner.app_id
            documents.append({"tenant": alias, "owner": owner, "made": list(found.made)})
    if output == "json":
        console.answer_json({"version": 1, "tenants": documents})
        return
    for one in documents:
        carrier = f"app {one['owner']}" if "owner" in one else one["attribute"]
        made = f" Made now: {', '.join(one['made'])}." if one["made"] else ""
        console.answer(f"{one['tenant']}: stamps are carried by {carrier}.{made}")
