"""The command line's entry: arguments enter, an answer and an exit code leave.

A command is a click command that returns nothing or its exit code, or is `async` and does the
same. Commands are imported when they are asked for, so that `validate` starts without Graph.
"""

from __future__ import annotations

import difflib
import importlib
import inspect

import click

from reconcile.cli import console
from reconcile.errors import ReconcileError

_COMMANDS = {
    "validate": "validate:validate",
    "compile": "compile:compile_",
    "expression": "expression:expression",
    "mappings": "mappings:mappings",
    "bootstrap": "bootstrap:bootstrap",
    "policies": "policies:policies",
    "check": "check:check",
    "plan": "plan:plan",
    "apply": "apply:apply",
    "explain": "explain:explain",
    "provision": "provision:provision",
    "status": "status:status",
    "logs": "logs:logs",
    "resume": "resume:resume",
    "release": "release:release",
    "allow-deletes": "allow_deletes:allow_deletes",
    "state": "state:state",
    "sandbox": "sandbox:sandbox",
}


class Commands(click.Group):
    """The group of all commands, in the order in which they are first needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found: click.Command = getattr(importlib.import_module(f"reconcile.cli.{module}"), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Every command with its first sentence, whole."""
        found = ((name, self.get_command(ctx, name)) for name in _COMMANDS)
        told = [
            (name, " ".join((command.help or "").split()).split(". ")[0].rstrip(".") + ".")
            for name, command in found
            if command is not None
        ]
        with formatter.section("Commands"):
            formatter.write_dl(told)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if word not in _COMMANDS and not word.startswith("-"):
            near = difflib.get_close_matches(word, _COMMANDS, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else f" There is: {', '.join(_COMMANDS)}."
            ctx.fail(f'no command "{word}".{hint}')
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and turn every refusal into its message and its exit code."""
        try:
            outcome = super().invoke(ctx)
            if inspect.iscoroutine(outcome):
                import asyncio  # costs more than checking a topology

                outcome = asyncio.run(outcome)
        except ReconcileError as error:
            console.complain(error)
            ctx.exit(error.exit_code)
        if isinstance(outcome, int):
            ctx.exit(outcome)
        return outcome


@click.group(cls=Commands, context_settings={"help_option_names": ["--help"]})
@click.version_option(package_name="tenantry", prog_name="tenantry")
def main() -> None:
    """Keep people of one Entra tenant present in others, as files declare it."""
