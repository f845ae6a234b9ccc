"""The sandbox's command line: options enter; a served sandbox, exports or a fault leave."""

from __future__ import annotations

import os
import shlex
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from sandbox import certificates
from sandbox.attached import free_port, missing_packages, official_plugin, provider
from sandbox.certificates import Home, HomeError
from sandbox.chosen import chosen_tenants
from sandbox.clock import LONGEST
from sandbox.estate import SANDBOX_SECRET, with_secret
from sandbox.fault_commands import fault
from sandbox.options import DEFAULT_PORT, PORT, Refused, default_home, home_option, port_option
from sandbox.running import origin_of
from sandbox.wish_commands import clock, restore, snapshot

if TYPE_CHECKING:
    from sandbox.keeping import Keeper
    from sandbox.world import Sandbox

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _some_secret(_: click.Context, __: click.Parameter, secret: str) -> str:
    if not secret:
        raise Refused("--secret: found nothing. Expected: a text, which clients have to send.")
    return secret


def _secret_option() -> Callable[[_Function], _Function]:
    return click.option(
        "--secret",
        envvar="TENANTRY_SANDBOX_SECRET",
        default=SANDBOX_SECRET,
        callback=_some_secret,
        help="secret of all applications  [default: $TENANTRY_SANDBOX_SECRET or a fixed one]",
    )


def _seconds(_: click.Context, __: click.Parameter, seconds: float) -> float:
    # A range lets through what is no number.
    if not seconds <= LONGEST:
        raise click.BadParameter(f"found {seconds}. Expected: 0 to {LONGEST:,}, a hundred years.")
    return seconds


class _ServesUnlessTold(click.Group):
    """A group whose options alone mean `serve`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = ["serve", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a directory that cannot be used is wrong usage."""
        try:
            return super().invoke(ctx)
        except HomeError as problem:
            raise Refused(str(problem)) from problem


@click.group(cls=_ServesUnlessTold)
def sandbox() -> None:
    """Simulate Entra tenants on this machine; `serve` is what it does when not told."""


@sandbox.command()
@click.option(
    "--port", type=PORT, default=DEFAULT_PORT, show_default=True, help="0 takes any that is free"
)
@home_option()
@_secret_option()
@click.option(
    "--directory",
    "directories",
    multiple=True,
    metavar="ALIAS=FILE",
    help="fill a tenant from an exported file; may be repeated",
)
@click.option(
    "--tenant",
    "tenants",
    multiple=True,
    metavar="ALIAS[=DOMAIN]",
    help="serve a tenant with nobody in it; may be repeated",
)
@click.option(
    "--people",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="number of people in contoso",
)
@click.option(
    "--seed", type=int, default=7, show_default=True, help="what people and faults are drawn from"
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="keep the tenants on a file; one that exists is continued",
)
@click.option("--throttling/--no-throttling", default=False, help="enforce the documented quotas")
@click.option(
    "--replication-delay",
    type=click.FloatRange(min=0),
    callback=_seconds,
    default=0.0,
    metavar="SECONDS",
    help="age at which a change becomes visible",
)
@click.option(
    "--azuread/--no-azuread", default=True, help="serve an azuread provider for Pulumi too"
)
@click.option("--azuread-port", type=PORT, help="its port  [default: the next one, or any]")
@click.option("--quiet", is_flag=True, help="say nothing unless something is wrong")
def serve(  # noqa: PLR0913 - one parameter an option
    *,
    port: int,
    home: Path,
    secret: str,
    directories: tuple[str, ...],
    tenants: tuple[str, ...],
    people: int,
    seed: int,
    store: Path | None,
    throttling: bool,
    replication_delay: float,
    azuread: bool,
    azuread_port: int | None,
    quiet: bool,
) -> None:
    """Serve simulated tenants until Ctrl-C."""
    # Servers are imported here, so that `env` answers at once.
    from sandbox.serving import serve as serve_forever  # noqa: PLC0415
    from sandbox.world import Sandbox  # noqa: PLC0415

    if store is not None:
        _claim(store)
    continued = store is not None and store.exists()
    if continued and (directories or tenants):
        raise Refused(
            f"{'--directory' if directories else '--tenant'}: {store} has tenants already, which "
            "are continued. Leave out the option, or name a new file."
        )
    seeds = (
        []
        if continued
        else chosen_tenants(people, directories=directories, tenants=tenants, drawn_from=seed)
    )
    estate = [with_secret(seed, secret) for seed in seeds]
    listener = _listener(port)
    kept = Home(path=home)
    certificates.prepare(kept)
    taken = int(listener.getsockname()[1])
    origin = f"https://127.0.0.1:{taken}"
    world = Sandbox(
        estate=estate,
        throttling=throttling,
        replication_delay=replication_delay,
        seed=seed,
        origin=origin,
        key=certificates.signing_key(kept),
    )
    if store is not None:
        _keep(world, store, secret)
    before = certificates.remembered_origin(kept)
    certificates.remember_origin(kept, origin)
    provider_port = _azuread_port(azuread_port, taken) if azuread else None
    certificates.remember_azuread(kept, provider_port)
    program = click.get_current_context().command_path.removesuffix(" serve")

    def ready() -> None:
        if not quiet:
            click.echo(_welcome(world, home, program, store), err=True)

    variables = {**os.environ, **_trust(kept), "ARM_CLIENT_SECRET": secret}
    with provider(provider_port, variables):
        serve_forever(world.asgi, listener, kept.server, ready)
    certificates.forget_origin(kept, origin, before)
    if world.keeper is not None:
        _end(world.keeper)


def _claim(path: Path) -> None:
    """Keep other sandboxes away from a file until the command ends."""
    from sandbox.store_file import StoreFileError  # noqa: PLC0415 - so that `env` answers at once
    from sandbox.store_lock import only_here  # noqa: PLC0415 - so that `env` answers at once

    try:
        click.get_current_context().with_resource(only_here(path))
    except StoreFileError as problem:
        raise Refused(str(problem)) from problem


def _keep(world: Sandbox, path: Path, secret: str) -> None:
    """Continue a file, and keep the tenants on it from now on."""
    from sandbox.keeping import Keeper, bring_back  # noqa: PLC0415 - imports all of the sandbox
    from sandbox.snapshots import SnapshotError  # noqa: PLC0415
    from sandbox.store_file import StoreFileError, read_store  # noqa: PLC0415

    try:
        if path.exists():
            bring_back(world, read_store(path))
            _check_continued(world, path, secret)
        world.keeper = Keeper(world, path)
    except (SnapshotError, StoreFileError) as problem:
        raise Refused(str(problem)) from problem


def _check_continued(world: Sandbox, path: Path, secret: str) -> None:
    """Refuse a secret that opens nothing of a file, and tell that its people stay who they are."""
    context = click.get_current_context()
    tenants = world.store.tenants.values()
    known = {text for tenant in tenants for text in tenant.registrations.passwords.values()}
    if _was_said(context, "secret") and secret not in known:
        raise Refused(
            f"--secret: the applications of {path}, which is continued, have another one. Leave "
            "out the option and $TENANTRY_SANDBOX_SECRET, give the secret that the file began "
            "with, or name a new file."
        )
    if _was_said(context, "people") and not context.params["quiet"]:
        click.echo(
            f"sandbox: {path} has people already, who are continued; --people says nothing.",
            err=True,
        )


def _was_said(context: click.Context, option: str) -> bool:
    return context.get_parameter_source(option) not in {None, ParameterSource.DEFAULT}


def _end(keeper: Keeper) -> None:
    """Keep everything in one snapshot, or say what the file has instead."""
    from sandbox.store_file import StoreFileError  # noqa: PLC0415 - so that `env` answers at once

    try:
        keeper.end()
    except StoreFileError as problem:
        raise Refused(
            f"{problem} It has everything that was acknowledged, and the next start takes longer."
        ) from problem


def _listener(port: int) -> socket.socket:
    """Open the sandbox's socket."""
    from sandbox.serving import PortTakenError, listen  # noqa: PLC0415 - imports a server

    try:
        return listen(port)
    except PortTakenError as problem:
        raise Refused(
            f"sandbox: port {port} of 127.0.0.1 is taken ({problem}). Stop what listens there, "
            "or choose another with --port."
        ) from problem


def _azuread_port(asked: int | None, served: int) -> int | None:
    """Choose the port of the azuread provider, where Pulumi is there to use one."""
    if lacking := missing_packages():
        click.echo(
            f"sandbox: no azuread provider for Pulumi: {', '.join(lacking)} is not installed. "
            "Everything else is served. Install tenantry[stacks], or silence this with "
            "--no-azuread.",
            err=True,
        )
        return None
    # A port that was asked for and is taken is refused by the provider itself.
    return asked or free_port(served + 1 if asked is None else 0)


def _welcome(world: Sandbox, home: Path, program: str, store: Path | None) -> str:
    tenants = world.store.tenants.values()
    lines = [f"sandbox: {len(tenants)} tenants on {world.origin}"]
    lines += [
        f"  {tenant.alias:<10} {len(tenant.users):>7,} people   {tenant.tenant_id}"
        for tenant in tenants
    ]
    named = "" if home == default_home() else f" --home {shlex.quote(str(home))}"
    lines += [
        "Next, in another shell:",
        f'  eval "$({program} env{named})"',
        f"Ctrl-C stops it; {store} keeps its tenants."
        if store
        else "Ctrl-C stops it; nothing is kept but its certificates.",
    ]
    return "\n".join(lines)


@sandbox.command()
@port_option()
@home_option()
@_secret_option()
def env(*, port: int | None, home: Path, secret: str) -> None:
    """Print what points a shell's programs at the sandbox."""
    kept = Home(path=home)
    certificates.prepare(kept)
    exports = {
        **_trust(kept),
        "TENANTRY_SANDBOX_ORIGIN": origin_of(kept, port),
        "TENANTRY_SANDBOX_SECRET": secret,
        # What the azuread provider reads where no argument names the secret.
        "ARM_CLIENT_SECRET": secret,
    }
    provider_port = certificates.remembered_azuread(kept, DEFAULT_PORT + 1)
    if provider_port and not official_plugin(os.environ):
        exports["PULUMI_DEBUG_PROVIDERS"] = f"azuread:{provider_port}"
    for name, value in exports.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _trust(kept: Home) -> dict[str, str]:
    """Make the variables that let a program trust the sandbox."""
    return dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), str(kept.bundle.resolve()))


for _command in (fault, clock, snapshot, restore):
    sandbox.add_command(_command)
