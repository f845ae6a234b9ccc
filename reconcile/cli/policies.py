"""`tenantry policies`: what tenants say about each other, beside what topologies want of them."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli import console, shell
from reconcile.cli.options import environment_option, output_option, topologies_option
from reconcile.cli.shell import Place


@click.group
def policies() -> None:
    """Show or set the cross-tenant access policies that links need."""


@policies.command
@environment_option
@topologies_option
@output_option
async def show(environment: str | None, topologies: tuple[Path, ...], output: str) -> None:
    """Show where each tenant's policy differs from the topologies."""
    await _play(Place(environment=environment, topologies=topologies), output)


@policies.command
@environment_option
@topologies_option
@output_option
@click.option("--takeover", is_flag=True, help="replace values that somebody else chose")
@click.option("--yes", is_flag=True, help="do not ask")
async def apply(
    environment: str | None, topologies: tuple[Path, ...], output: str, **flags: bool
) -> None:
    """Set each tenant's policy to what the topologies want."""
    await _play(Place(environment=environment, topologies=topologies), output, flags)


async def _play(place: Place, output: str, flags: dict[str, bool] | None = None) -> None:
    from reconcile.cli.reviews import review_document, review_text
    from reconcile.graph import policies as graph

    environment = shell.read_environment(place.environment)
    wishes = graph.compose(shell.read_links(place, environment), environment)
    async with shell.clients(environment) as clients:
        reviews = [await graph.review(clients.of(wish.tenant), wish) for wish in wishes]
        if output == "text":
            console.answer("\n".join(review_text(found) for found in reviews))
        changing = [found for found in reviews if found.changes]
        applied = flags is not None and bool(changing)
        if flags is not None and changing:
            contradicted = [found for found in changing if found.contradicted]
            if contradicted and not flags["takeover"]:
                raise graph.conflict(contradicted)
            if not flags["yes"] and not console.ask("Set these?", otherwise="Say `--yes`."):
                applied = False
            for found in changing if applied else ():
                await graph.settle(
                    clients.of(found.wish.tenant), found.wish, takeover=flags["takeover"]
                )
    if output == "json":
        documents = [review_document(found, applied=applied) for found in reviews]
        console.answer_json({"version": 1, "policies": documents})
    elif applied:
        console.talk(f"{len(changing)} policies set.")
