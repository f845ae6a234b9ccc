"""`tenantry release`: a person who waits and a reason enter, the person is judged anew."""

from __future__ import annotations

import click

from reconcile.cli import console, options, shell
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.documents import document


@click.command
@click.argument("person")
@click.option("--link", type=options.LINK, required=True, help="link on which the person waits")
@options.place_options
@options.output_option
@options.why_option
def release(place: Place, person: str, link: LinkName, output: str, why: str) -> None:
    """Judge PERSON anew in the next cycle: an id, an address, or a part of a name."""
    from reconcile.cli.recorded import key_of, recorded, waiting_person

    who = shell.who()
    with recorded(place) as (environment, store):
        key = key_of(environment, link)
        source = waiting_person(store.history.waiting(key), person, link)
        store.approvals.release(key, source, who=who, why=why)
    if output == "json":
        console.answer_json(document("release", link=link.slug, source=source, who=who, why=why))
        return
    console.answer(f"{link}: {person} is judged anew in the next cycle. Recorded: {who}, {why}")
