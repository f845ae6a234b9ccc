"""`tenantry mappings test`: people and what is expected of links enter, what differs leaves."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli import console, options, shell

FOLDER = Path("tests/mappings")


@click.command
@click.argument("folder", type=click.Path(path_type=Path), default=FOLDER, required=False)
@options.topologies_option
@options.output_option
def test(folder: Path, topologies: tuple[Path, ...], output: str) -> int:
    """Try mappings and filters on people in files, tests/mappings unless FOLDER is named."""
    from reconcile.planning.trials import misses
    from reconcile.report.trials import trials_document, trials_text
    from reconcile.topology import links_from
    from reconcile.topology.load import load_files
    from reconcile.topology.trials import trials_from

    links = {link.name: link for link in links_from(shell.topologies_of(topologies))}
    trials = trials_from(load_files([folder], "mapping tests"), tuple(links.values()))
    now = shell.SystemClock().now()
    missed = [m for one in trials for name in one.links for m in misses(one, links[name], now)]
    if output == "json":
        console.answer_json(trials_document(trials, missed))
    else:
        console.answer(trials_text(trials, missed))
    return 1 if missed else 0
