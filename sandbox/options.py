"""What the sandbox's commands share: options and refusals, which a command line reads."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

DEFAULT_PORT = 8443
PORT = click.IntRange(0, 65_535)
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Refused(click.ClickException):
    """Wrong usage: the message says what to do instead."""

    exit_code = 2


def default_home() -> Path:
    """Return where certificates and keys live when nobody says otherwise."""
    # A command line is where the environment is read.
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"  # noqa: TID251
    return Path(cache) / "tenantry" / "sandbox"


def home_option() -> Callable[[_Function], _Function]:
    """Make the option of the directory that a sandbox and its commands share."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        default=default_home,
        help="directory of the certificates and keys  [default: tenantry/sandbox in the cache]",
    )


def port_option() -> Callable[[_Function], _Function]:
    """Make the option that finds a running sandbox."""
    return click.option(
        "--port", type=PORT, help="port of the sandbox  [default: that of the last start]"
    )
