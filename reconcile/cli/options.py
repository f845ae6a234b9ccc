"""Options and arguments that several commands share: words of the shell enter, values leave."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from click.core import ParameterSource

from reconcile.cli import console
from reconcile.cli.shell import Place
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


class MomentType(click.ParamType[datetime]):
    """A moment in ISO 8601, told in UTC; without an offset it is meant so."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            found = datetime.fromisoformat(str(value))
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            example = "2026-01-31, or 2026-01-31T08:00:00Z"
            self.fail(f'"{value}" is no time. Write it as {example}.', param, ctx)


LINK = LinkType()
MOMENT = MomentType()

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
markdown_option: Decorator[Any] = click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="form of the answer",
)
limit_option: Decorator[Any] = click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="act on at most N people of each link, to try a few first",
)
all_option: Decorator[Any] = click.option(
    "--all", "everyone", is_flag=True, help="name everyone, not only the first few"
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


def place_options(command: F) -> F:
    """`--env`, `--topologies`, `--state` and `-v`, handed to the command as one `place`."""

    @functools.wraps(command)
    def with_place(
        *,
        environment: str | None,
        topologies: tuple[Path, ...],
        state: str | None,
        **arguments: object,
    ) -> object:
        place = Place(
            environment=environment,
            topologies=topologies,
            state=state,
            typed=_typed(environment, topologies, state),
        )
        return command(place=place, **arguments)

    wrapped: Any = with_place
    for option in (verbose_option, state_option, topologies_option, environment_option):
        wrapped = option(wrapped)
    return cast("F", wrapped)


def _typed(environment: str | None, topologies: tuple[Path, ...], state: str | None) -> str:
    """The options as a person typed them; what came from variables need not be typed again."""
    ctx = click.get_current_context()

    def given(name: str) -> bool:
        return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE

    words = [("--env", environment)] if given("environment") else []
    words += [("--topologies", str(path)) for path in topologies]
    words += [("--state", state)] if given("state") else []
    return "".join(f" {option} {shlex.quote(value)}" for option, value in words if value)
