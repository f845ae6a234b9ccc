"""`tenantry mappings`: mappings and filters as Entra's own synchronization schema has them."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click

from reconcile.cli import console, options, shell
from reconcile.cli.mapping_tests import test
from reconcile.model.links import LinkName

FILE = click.File("rb")


@click.group
def mappings() -> None:
    """Carry mappings over from and to Entra's own job, and test them."""


mappings.add_command(test)


@mappings.command
@click.argument("link", type=options.LINK, required=False)
@options.topologies_option
@click.option("--into", type=FILE, metavar="FILE", help="the job's schema, to be changed in place")
def export(link: LinkName | None, topologies: tuple[Path, ...], into: BinaryIO | None) -> None:
    """Write the schema that makes Entra's own job map and filter as LINK does."""
    from reconcile.cli.carried import one_link
    from reconcile.cli.files import named, read_object
    from reconcile.topology import links_from
    from reconcile.topology.entra_export import export_remarks, export_schema

    chosen = one_link(links_from(shell.topologies_of(topologies)), link)
    file = named(into) if into else ""
    under = read_object(into.read(), file) if into else None
    console.answer_json(export_schema(chosen, under, file))
    for remark in export_remarks(chosen):
        console.talk(remark)


@mappings.command("import")
@click.argument("file", type=FILE)
@options.output_option
def import_(file: BinaryIO, output: str) -> None:
    """Write the schema in FILE as `sync` of a topology; - is stdin."""
    from reconcile.cli.carried import imported_document, imported_text
    from reconcile.cli.files import named, read_json
    from reconcile.topology.entra_import import import_schema

    name = named(file)
    found = import_schema(read_json(file.read(), name), name)
    if output == "json":
        console.answer_json(imported_document(name, found))
        return
    console.answer(imported_text(name, found))
