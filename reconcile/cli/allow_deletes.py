"""`tenantry allow-deletes`: a cycle's staged deletes and a reason enter, a yes good once leaves."""

from __future__ import annotations

import click

from reconcile.cli import console, options, shell
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.documents import document
from reconcile.report.words import people


@click.command("allow-deletes")
@click.argument("link", type=options.LINK)
@click.option(
    "--cycle",
    type=click.IntRange(min=1),
    required=True,
    metavar="N",
    help="cycle that staged what may be deleted",
)
@options.place_options
@options.output_option
@options.why_option
def allow_deletes(place: Place, link: LinkName, cycle: int, output: str, why: str) -> None:
    """Allow the next cycle of LINK the removals that cycle N staged, and no others."""
    from reconcile.cli.recorded import key_of, recorded

    who = shell.who()
    with recorded(place) as (environment, store):
        allowed = store.approvals.allow_deletes(key_of(environment, link), cycle, who=who, why=why)
    if output == "json":
        targets = sorted(allowed.targets)
        console.answer_json(
            document(
                "allow-deletes", link=link.slug, cycle=cycle, targets=targets, who=who, why=why
            )
        )
        return
    console.answer(
        f"{link}: {people(len(allowed.targets))} may be deleted, disabled or released by the "
        f"next cycle, once.\nRecorded: {who}, {why}\n"
        f"Next: tenantry apply --link {link.slug}{place.typed}"
    )
