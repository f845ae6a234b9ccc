"""Commands that change a running sandbox: what is wished enters, a changed sandbox leaves."""

from __future__ import annotations

import re
from pathlib import Path

import click

from sandbox.options import Refused, home_option, port_option
from sandbox.running import fetch, send, wish
from sandbox.store_file import StoreFileError, write_whole
from sandbox.store_lock import unless_in_use

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


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@port_option()
@home_option()
def snapshot(*, file: Path, port: int | None, home: Path) -> None:
    """Write all tenants of the running sandbox to a FILE that no sandbox keeps its own on."""
    whole = fetch("snapshot", home=home, port=port)
    try:
        with unless_in_use(file):
            write_whole(file, whole)
    except StoreFileError as problem:
        raise Refused(str(problem)) from problem
    click.echo(f"{file}: {len(whole):,} bytes")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@port_option()
@home_option()
def restore(*, file: Path, port: int | None, home: Path) -> None:
    """Make the running sandbox's tenants what a FILE has.

    Their time never goes back; settings and faults stay as they are.
    """
    try:
        whole = file.read_bytes()
    except OSError as problem:
        raise Refused(f"{file}: cannot be read ({problem.strerror}).") from problem
    try:
        restored = send("snapshot", whole, home=home, port=port)
    except Refused as refused:
        # The sandbox saw bytes, and calls them what they are to be.
        rest = refused.message.removeprefix("snapshot")
        raise Refused(f"{file}{rest}" if rest != refused.message else rest) from refused
    for alias, people in restored["people"].items():
        click.echo(f"{alias:<10} {people:>7,} people")
