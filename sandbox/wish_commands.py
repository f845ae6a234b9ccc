"""Commands that change a running sandbox: what is wished enters, a changed sandbox leaves."""

from __future__ import annotations

import re
from pathlib import Path

import click

from sandbox.options import home_option, port_option
from sandbox.running import wish

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"\+?(?P<number>\d+(?:\.\d+)?)(?P<unit>[smhd]?)")


def _seconds(_: click.Context, __: click.Parameter, span: str | None) -> float:
    """Read a span of time: `90`, `40m`, `12h`, `30d`."""
    found = _SPAN.fullmatch(span or "0")
    if found is None:
        raise click.BadParameter(f"found {span!r}. Expected: 90, 40m, 12h or 30d.")
    return float(found["number"]) * _UNITS[found["unit"] or "s"]


@click.command()
@click.argument("span", callback=_seconds, required=False)
@port_option()
@home_option()
def clock(*, span: float, port: int | None, home: Path) -> None:
    """Let a SPAN of time pass (90, 40m, 12h, 30d), or tell the time.

    Deleted people expire, tokens too, and jobs that become due run.
    """
    click.echo(wish("POST", "clock", {"advance": span}, home=home, port=port)["now"])
