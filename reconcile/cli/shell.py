"""The edge: what was typed and what surrounds the process enter; files, clients and state leave.

Only this file reads the process's variables and its time, and makes ids. Graph and databases load
when they are needed.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.errors import InputError
from reconcile.model.links import Link, LinkName
from reconcile.model.tenants import Alias, Environment, Tenant
from reconcile.topology import links_from
from reconcile.topology.environment import load_environment

if TYPE_CHECKING:
    from reconcile.graph.client import GraphClient
    from reconcile.state.store import SqlStore

STACKS = Path("stacks")
ENVIRONMENTS = STACKS / "environments"


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        import asyncio  # costs more than checking a topology

        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a person typed to say which estate a command is about."""

    environment: str | None = None
    topologies: tuple[Path, ...] = ()
    state: str | None = None
    typed: str = ""
    """The options as typed, each after a space, to be repeated in a command to type next."""


def variables() -> Mapping[str, str]:
    """The process's variables."""
    return os.environ


def new_id() -> str:
    """An id that nobody else has."""
    return str(uuid.uuid4())


def who() -> str:
    """The person or machine account at the keyboard, as approvals and leases name it."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


def read_environment(named: str | None) -> Environment:
    """The environment of a name in `stacks/environments`, or of a file.

    Raises:
        InputError: none was named, or there is no such environment.
        TopologyError: its file is wrong.
    """
    known = sorted(path.stem for path in ENVIRONMENTS.glob("*.yaml"))
    listed = f"In {ENVIRONMENTS}: {', '.join(known) or 'none'}."
    if named is None:
        raise InputError(
            f"No environment is named. {listed} Name one with `--env` or TENANTRY_ENV."
        )
    path = Path(named)
    if path.suffix not in {".yaml", ".yml"}:
        path = ENVIRONMENTS / f"{named}.yaml"
        if not path.is_file():
            raise InputError(
                f'There is no environment "{named}". {listed} Name one of them, or a file.'
            )
    return load_environment(path, variables())


def tenant_of(environment: Environment, alias: Alias) -> Tenant:
    """A tenant as the environment binds it.

    Raises:
        InputError: the environment does not bind it.
    """
    tenant = environment.tenants.get(alias)
    if tenant is None:
        known = ", ".join(sorted(environment.tenants))
        raise InputError(
            f'The environment {environment.name} binds no tenant "{alias}". It binds: {known}.'
        )
    return tenant


def topologies_of(
    typed: tuple[Path, ...], environment: Environment | None = None
) -> tuple[Path, ...]:
    """The topology files that were typed, else those of the environment, else the usual folder."""
    declared = environment.topologies if environment else ("topologies",)
    return typed or tuple(Path(one) for one in declared)


def read_links(
    place: Place, environment: Environment, only: Sequence[LinkName] = ()
) -> tuple[Link, ...]:
    """The compiled links, or those among them that are named in `only`.

    Raises:
        TopologyError: the files are wrong.
        InputError: a named link is in no topology.
    """
    links = links_from(topologies_of(place.topologies, environment), environment)
    if not only:
        return links
    known = {link.name: link for link in links}
    for name in only:
        if name not in known:
            listed = ", ".join(sorted(name.slug for name in known))
            raise InputError(f"No topology declares the link {name.slug}. Declared: {listed}.")
    return tuple(known[name] for name in sorted(set(only)))


def up(environment: Environment) -> str:
    """The command that sets what stands still in an environment, with its stack if there is one."""
    name = re.escape(environment.name)
    named = re.compile(rf"^\s*tenantry:environment:\s*{name}\s*$", re.MULTILINE)
    stacks = [
        path.stem.removeprefix("Pulumi.")
        for path in sorted(STACKS.glob("Pulumi.*.yaml"))
        if named.search(path.read_text(encoding="utf-8"))
    ]
    return f"pulumi up -s {stacks[0]}" if len(stacks) == 1 else "pulumi up"


def open_state(place: Place, environment: Environment) -> SqlStore:
    """The state of an environment, brought up to date.

    Raises:
        StateError: the database cannot be used, or is of a later version.
    """
    from reconcile.state.store import open_store

    url = place.state
    if url is None:
        home = Path(variables().get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        file = home / "tenantry" / f"{environment.name}.db"
        file.parent.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{file}"
    elif "://" not in url:
        url = f"sqlite:///{url}"
    return open_store(url, SystemClock())


class Clients:
    """One client a tenant, made when it is first asked for, closed together."""

    def __init__(self, environment: Environment, stack: AsyncExitStack) -> None:
        """Close what is made when `stack` ends."""
        self._environment = environment
        self._stack = stack
        self._made: dict[Alias, GraphClient] = {}

    def tenant(self, alias: Alias) -> Tenant:
        """The tenant as the environment binds it.

        Raises:
            InputError: the environment does not bind it.
        """
        return tenant_of(self._environment, alias)

    def of(self, alias: Alias) -> GraphClient:
        """The client of one tenant.

        Raises:
            CredentialError: the credential's secret or token is not there.
        """
        if alias not in self._made:
            from reconcile.graph.client import GraphClient
            from reconcile.graph.credentials import credential_for

            tenant = self.tenant(alias)
            client = GraphClient(
                tenant, credential_for(tenant, variables()), clock=SystemClock(), new_id=new_id
            )
            self._stack.push_async_callback(client.close)
            self._made[alias] = client
        return self._made[alias]


@asynccontextmanager
async def clients(environment: Environment) -> AsyncIterator[Clients]:
    """Clients for the tenants of an environment."""
    async with AsyncExitStack() as stack:
        yield Clients(environment, stack)


def by_target(links: Sequence[Link]) -> dict[Alias, list[Link]]:
    """Links grouped by the tenant they lead to: one round each."""
    groups: dict[Alias, list[Link]] = {}
    for link in links:
        groups.setdefault(link.name.target, []).append(link)
    return groups
