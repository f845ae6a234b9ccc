"""`tenantry state`: what is remembered of links, made anew from the stamps in their targets."""

from __future__ import annotations

import click

from reconcile.cli import console, options
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.documents import document


@click.group
def state() -> None:
    """Look after the state database."""


@state.command
@options.place_options
@options.output_option
@options.link_option
@click.option("--yes", is_flag=True, help="do not ask")
async def rebuild(place: Place, output: str, links: tuple[LinkName, ...], *, yes: bool) -> int:
    """Replace the memory of links by what the stamps in their targets claim.

    Rebuilt links are strict: deletes are held until one person allows them.
    """
    from reconcile.cli.rebuilding import rebuild_links
    from reconcile.cli.wiring import open_estate

    async with open_estate(place, links) as estate:
        names = ", ".join(link.name.slug for link in estate.links)
        question = f"Replace what is remembered of {names}?"
        if not yes and not console.ask(question, otherwise="Say `--yes`."):
            return 1
        rebuilt = [one async for one in rebuild_links(estate)]
    if output == "json":
        members = [
            {
                "link": name.slug,
                "pairs": found.pairs,
                "disputed": list(found.disputed),
                "internal": list(found.internal),
            }
            for name, found in rebuilt
        ]
        console.answer_json(document("rebuild", environment=estate.environment.name, links=members))
        return 0
    for name, found in rebuilt:
        told = [f"{found.pairs:,} pairs"]
        told += [f"{len(found.disputed):,} disputed"] if found.disputed else []
        told += [f"{len(found.internal):,} stamped internal accounts"] if found.internal else []
        console.answer(f"{name}: {', '.join(told)}. Deletes are held until one person allows them.")
    return 0
