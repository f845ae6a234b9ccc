"""Options and arguments that several commands share: words of the shell enter, values leave."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reconcile.cli import console
from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]

_ARROWS = re.compile(r"\s*(?:->|→|-to-)\s*")


class LinkType(click.ParamType[LinkName]):
    """A link as people write it: `a-to-b`, `a -> b` or `a → b`."""

    name = "link"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> LinkName:
        if isinstance(value, LinkName):
            return value
        parts = _ARROWS.split(str(value).strip())
        if len(parts) != 2 or not all(parts):
            self.fail(f'"{value}" is no link. Write it as contoso-to-fabrikam.', param, ctx)
        return LinkName(Alias(parts[0]), Alias(parts[1]))


LINK = LinkType()

environment_option: Decorator[Any] = click.option(
    "--env",
    "environment",
    envvar="TENANTRY_ENV",
    show_envvar=True,
    metavar="NAME|FILE",
    help="environment: a name in stacks/environments, or a file",
)
topologies_option: Decorator[Any] = click.option(
    "--topologies",
    "topologies",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="topology file or folder; repeatable  [default: topologies]",
)
state_option: Decorator[Any] = click.option(
    "--state",
    "state",
    envvar="TENANTRY_STATE",
    show_envvar=True,
    metavar="URL",
    help="state database  [default: a SQLite file for each environment]",
)
output_option: Decorator[Any] = click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="form of the answer",
)
link_option: Decorator[Any] = click.option(
    "--link",
    "links",
    type=LINK,
    multiple=True,
    help="only this link, as contoso-to-fabrikam; repeatable",
)
why_option: Decorator[Any] = click.option(
    "--why", required=True, metavar="TEXT", help="the reason, recorded with your name"
)


def _listen(_ctx: click.Context, _param: click.Parameter, value: int) -> None:
    console.listen(value)


verbose_option: Decorator[Any] = click.option(
    "-v",
    "--verbose",
    count=True,
    expose_value=False,
    callback=_listen,
    help="say what is done (-v), and for whom (-vv)",
)


def estate_options(command: F) -> F:
    """`--env`, `--topologies`, `--state`, `-o`, `-v`: what it takes to know an estate."""
    for option in (
        verbose_option,
        output_option,
        state_option,
        topologies_option,
        environment_option,
    ):
        command = option(command)
    return command
