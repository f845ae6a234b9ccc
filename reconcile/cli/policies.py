"""`tenantry policies`: what tenants say about each other, beside what topologies want of them."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli import console, options, shell
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.documents import document


@click.group
def policies() -> None:
    """Show the cross-tenant access policies that links need, or write down those that stand."""


@policies.command
@options.environment_option
@options.topologies_option
@options.output_option
async def show(environment: str | None, topologies: tuple[Path, ...], output: str) -> None:
    """Show where each tenant's policy differs from the topologies."""
    from reconcile.cli.reviews import review_advice, review_document, review_text
    from reconcile.graph.policies import compose, review

    bound = shell.read_environment(environment)
    links = shell.read_links(Place(topologies=topologies), bound)
    async with shell.clients(bound) as clients:
        found = [await review(clients.of(wish.tenant), wish) for wish in compose(links, bound)]
    if output == "json":
        documents = [review_document(one) for one in found]
        console.answer_json(document("policies", environment=bound.name, policies=documents))
        return
    console.answer("\n".join(map(review_text, found)))
    advice = review_advice(found, shell.up(bound))
    if advice:
        console.talk(advice)


@policies.command("import")
@click.argument("link", type=options.LINK)
@options.environment_option
@options.output_option
async def import_(environment: str | None, link: LinkName, output: str) -> None:
    """Write down what stands in both tenants of LINK as the `policy:` of a topology."""
    from reconcile.cli.reviews import imported_document, imported_text
    from reconcile.graph.policies import read
    from reconcile.topology.standing import spoken

    bound = shell.read_environment(environment)
    source, target = (shell.tenant_of(bound, alias) for alias in link)
    async with shell.clients(bound) as clients:
        inbound = await read(clients.of(target.alias), source.id)
        outbound = await read(clients.of(source.alias), target.id)
    found = spoken(link, target=inbound.partner, source=outbound.partner, sync=inbound.sync)
    if output == "json":
        console.answer_json(imported_document(bound.name, link, found))
    else:
        console.answer(imported_text(link, found))
