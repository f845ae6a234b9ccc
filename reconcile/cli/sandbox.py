"""`tenantry sandbox`: simulated tenants on this machine, where they are installed."""

from __future__ import annotations

import click

from reconcile.errors import InputError


class _Sandbox(click.Group):
    """The sandbox's own group of commands, imported only when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return _loaded().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _loaded().get_command(ctx, cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return _loaded().parse_args(ctx, args)


def _loaded() -> click.Group:
    try:
        from sandbox.cli import sandbox as group
    except ModuleNotFoundError as error:
        raise InputError(
            f"The sandbox is not installed: {error.name} is missing. "
            "Install it with `pip install 'tenantry[sandbox]'`."
        ) from error
    return group


@click.command(cls=_Sandbox)
def sandbox() -> None:
    """Serve simulated Entra tenants on this machine, to try everything without a tenant."""
