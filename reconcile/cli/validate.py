"""`tenantry validate`: topology files enter, every problem in them leaves."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli import console, shell
from reconcile.cli.options import environment_option, output_option, topologies_option
from reconcile.errors import TopologyError
from reconcile.report.links import validation_document, validation_text
from reconcile.topology.compile import compile_topologies
from reconcile.topology.load import load_topologies
from reconcile.topology.validate import check


@click.command()
@topologies_option
@environment_option
@output_option
def validate(topologies: tuple[Path, ...], environment: str | None, output: str) -> int:
    """Check topology files, and with an environment whether it binds every name."""
    bound = shell.read_environment(environment) if environment else None
    documents = load_topologies(shell.topologies_of(topologies, bound))
    problems = check(documents, bound)
    if output == "json":
        console.answer_json(validation_document(problems))
        return TopologyError.exit_code if problems else 0
    if problems:
        raise TopologyError(problems)
    console.answer(validation_text(compile_topologies(documents)))
    return 0
