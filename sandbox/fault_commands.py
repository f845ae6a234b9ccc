"""`tenantry sandbox fault`: a kind of fault and its options enter, a broken sandbox leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from sandbox.fault_kinds import OUTAGES, TAKES, Kind
from sandbox.options import home_option, port_option
from sandbox.running import wish

_STATUSES = click.Choice([str(status) for status in OUTAGES])
_OPTIONS: Mapping[str, Callable[[Any], Any]] = {
    "nth": click.option("--nth", type=click.IntRange(1), help="first fitting request it strikes"),
    "count": click.option("--count", type=click.IntRange(1), help="how many requests it strikes"),
    "seconds": click.option(
        "--seconds", type=click.FloatRange(0), help="how long it strikes instead"
    ),
    "share": click.option("--share", type=click.FloatRange(0, 1), help="how often it strikes"),
    "retry_after": click.option(
        "--retry-after", type=click.IntRange(1), metavar="SECONDS", help="what Retry-After says"
    ),
    "status": click.option("--status", type=_STATUSES, help="what it answers  [default: 503]"),
    "delay": click.option(
        "--delay",
        type=click.FloatRange(0),
        metavar="SECONDS",
        help="how late an answer is  [default: 5]",
    ),
    "advance": click.option(
        "--advance", type=float, metavar="SECONDS", help="how much time passes  [default: 3600]"
    ),
    "permission": click.option(
        "--permission", metavar="NAME", help="the only one, such as User.Read.All"
    ),
    "source": click.option("--source", metavar="ALIAS", help="the only tenant that is shut out"),
    "tenant": click.option("--tenant", metavar="ALIAS", help="the only tenant it strikes"),
    "path": click.option("--path", metavar="PART", help="part of the only paths it strikes"),
}
_TOLD: Mapping[Kind, str] = {
    Kind.STORM: "Refuse requests with 429 before anything happens.",
    Kind.OUTAGE: "Refuse requests with 500, 502, 503 or 504.",
    Kind.CUT: "Lose a write before it took effect.",
    Kind.DROP: "Lose the answer to a write that took effect.",
    Kind.SLOW: "Hold back answers.",
    Kind.TRUNCATE: "End a page in the middle, with status 200.",
    Kind.EXPIRE: "Refuse a delta token as too old.",
    Kind.REVOKE: "Take permissions away until it is cleared.",
    Kind.CLOSE: "Disallow synchronization into --tenant until cleared.",
    Kind.LEAP: "Let time pass at once, before a request.",
}


@click.group()
def fault() -> None:
    """Break something in the running sandbox, or mend it.

    A fault waits for its --nth fitting request and strikes --count of them;
    the same requests break at the same places in every run.
    """


def _arming(kind: Kind) -> click.Command:
    def arm(*, home: Path, port: int | None, **options: Any) -> None:
        said = {name: value for name, value in options.items() if value is not None}
        if "status" in said:
            said["status"] = int(said["status"])
        found = wish("POST", "faults", {"kind": kind.value, **said}, home=home, port=port)
        click.echo(_armed(found))

    decorated: Any = home_option()(arm)
    decorated = port_option()(decorated)
    for name in reversed([name for name in _OPTIONS if name in TAKES[kind]]):
        decorated = _OPTIONS[name](decorated)
    return click.command(kind.value, help=_TOLD[kind])(decorated)


for _kind in Kind:
    fault.add_command(_arming(_kind))


@fault.command("list")
@port_option()
@home_option()
def listed(*, port: int | None, home: Path) -> None:
    """List the faults that can still strike."""
    found = wish("GET", "faults", {}, home=home, port=port)
    for one in found["faults"]:
        rest = {name: told for name, told in one.items() if name not in {"number", "kind"}}
        said = "  ".join(f"{name.replace('_', '-')} {told}" for name, told in rest.items())
        click.echo(f"{one['number']:>3}  {one['kind']:<8}  {said}")
    if not found["faults"]:
        click.echo("armed: nothing")


@fault.command()
@click.argument("number", type=int, required=False)
@port_option()
@home_option()
def clear(*, number: int | None, port: int | None, home: Path) -> None:
    """Clear the fault of a NUMBER in the list, or all."""
    said = {} if number is None else {"number": number}
    click.echo(_armed(wish("DELETE", "faults", said, home=home, port=port)))


def _armed(found: Mapping[str, Any]) -> str:
    return f"armed: {', '.join(found['armed']) or 'nothing'}"
