"""Every command and option is documented, and starts without what it does not need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from reconcile.cli.main import main
from tests.served import ROOT

MANUAL = (ROOT / "docs" / "cli.md").read_text()
HEAVY = ("alembic", "azure", "httpx", "msgraph", "pulumi", "rich", "sqlalchemy")


def commands(group: click.Group, path: str = "tenantry") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group) and name != "sandbox":
            yield from commands(command, f"{path} {name}")


ALL = dict(commands(main))


@pytest.mark.parametrize("path", [path for path in ALL if path != "tenantry state"])
def test_every_command_is_in_the_manual(path: str) -> None:
    assert f"`{path}" in MANUAL


@pytest.mark.parametrize("path", [path for path in ALL if path != "tenantry sandbox"])
def test_every_option_has_a_help_of_its_own(path: str) -> None:
    options = [one for one in ALL[path].params if isinstance(one, click.Option)]

    assert [one.name for one in options if not one.help] == []


def test_starting_the_command_line_loads_no_client_and_no_database() -> None:
    script = f"import sys, reconcile.cli.main; print([m for m in {HEAVY!r} if m in sys.modules])"

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"


def test_asking_for_help_loads_no_client_and_no_database() -> None:
    script = (
        "import sys\nfrom click.testing import CliRunner\nfrom reconcile.cli.main import main\n"
        f"CliRunner().invoke(main, ['--help'])\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
