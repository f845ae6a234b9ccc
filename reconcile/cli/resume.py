"""`tenantry resume`: a stopped or quarantined link and a reason enter, the link may run again."""

from __future__ import annotations

import click

from reconcile.cli import console, options, shell
from reconcile.cli.shell import Place
from reconcile.model.links import LinkName
from reconcile.report.documents import document


@click.command
@click.argument("link", type=options.LINK)
@options.place_options
@options.output_option
@options.why_option
@click.option("--yes", is_flag=True, help="do not ask before turning the target's switches on")
async def resume(place: Place, link: LinkName, output: str, why: str, *, yes: bool) -> int:
    """Let LINK run again, turning on what its target turned off and the topology wants."""
    from reconcile.cli.recorded import key_of, recorded
    from reconcile.cli.reopening import SWITCHES, closed, inbound_wish
    from reconcile.graph.policies import reopen
    from reconcile.report.columns import wrap

    who = shell.who()
    turned_on: tuple[str, ...] = ()
    with recorded(place) as (environment, store):
        key, wish = key_of(environment, link), inbound_wish(place, environment, link)
        async with shell.clients(environment) as clients:
            found = await closed(clients.of(link.target), wish) if wish is not None else None
            if found is not None:
                seen = f"{link.target} has {found} off for {link.source}; the topology wants it on."
                console.talk("\n".join(wrap(seen)))
                question = f"Turn it on in {link.target}?"
                if not yes and not console.ask(question, otherwise="Say `--yes`."):
                    return 1
            # Recorded first: what a person decided is known even if the tenant refuses.
            reopens = link if found is not None else None
            store.approvals.resume(key, who=who, why=why, reopens=reopens)
            if found is not None:
                turned_on = await reopen(clients.of(link.target), found.wish)
    if output == "json":
        members = {"link": link.slug, "who": who, "why": why, "turned_on": list(turned_on)}
        console.answer_json(document("resume", **members))
        return 0
    for switch in turned_on:
        named = SWITCHES.get(switch, switch)
        console.answer(f"{link.target}: turned on {named} for {link.source}.")
    console.answer(f"{link}: runs again from the next cycle. Recorded: {who}, {why}")
    return 0
