"""`tenantry expression`: an expression and a person enter, the expression's value leaves."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

import click

from reconcile.cli import console, options, shell


@click.group
def expression() -> None:
    """Try expressions of attribute mappings."""


@expression.command("eval")
@click.argument("text", metavar="EXPR")
@click.option(
    "--user",
    "file",
    type=click.File("rb"),
    required=True,
    metavar="FILE",
    help="one user as Graph answers GET /users/{id}, in JSON; - is stdin",
)
@click.option("--now", type=options.MOMENT, metavar="TIME", help="the time that Now() tells")
@options.output_option
def eval_(text: str, file: BinaryIO, now: datetime | None, output: str) -> None:
    """Show what EXPR gives for one person."""
    from reconcile.cli.files import named
    from reconcile.cli.trying import evaluated, read_person
    from reconcile.report.evaluations import evaluation_document, value_text

    person = read_person(file.read(), named(file))
    found = evaluated(text, person, now or shell.SystemClock().now())
    if found.absent:
        console.talk(found.hint(named(file)))
    if output == "json":
        console.answer_json(evaluation_document(text, found.value, found.absent))
        return
    console.answer(value_text(found.value))
