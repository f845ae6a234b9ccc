"""`tenantry compile`: topology files enter, the links they declare leave, defaults written out."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli import console, shell
from reconcile.cli.options import environment_option, topologies_option
from reconcile.report.links import links_document, links_mermaid, links_text
from reconcile.topology import links_from


@click.command("compile")
@topologies_option
@environment_option
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "mermaid"]),
    default="text",
    show_default=True,
    help="form of the answer",
)
def compile_(topologies: tuple[Path, ...], environment: str | None, output: str) -> None:
    """Show every link that the topology files declare, with all of its settings."""
    bound = shell.read_environment(environment) if environment else None
    links = links_from(shell.topologies_of(topologies, bound), bound)
    if output == "json":
        console.answer_json(links_document(links))
    else:
        console.answer(links_text(links) if output == "text" else links_mermaid(links))
