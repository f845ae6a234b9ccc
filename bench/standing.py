"""A hub with twenty spokes on the real engine: resources, seconds and requests of each command."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.figures import Figure
from bench.processes import Served, serving
from sandbox.attached import free_port, provider
from sandbox.estate import Place, demo_estate, tenant_seed
from sandbox.people import account
from sandbox.seeds import TenantSeed, sandbox_id
from sandbox.serving import listen
from sandbox.world import Sandbox
from tests.e2e_stacks.engine import Pulumi
from tests.e2e_stacks.project import copy_project, variables_for
from tests.pulumi_engine import find_engine

HUB = "contoso"
SPOKES = tuple(f"spoke{number:02}" for number in range(1, 21))
_CUSTOM_A_LINK = 6
"""Two partners, an identity synchronization, an application, its principal, one assignment."""

_TOPOLOGY = f"""\
version: 1
name: hub
shape: hub-to-spokes
hub: {HUB}
spokes: [{", ".join(SPOKES)}]
sync: {{scope: {{assigned: {{groups: [employees]}}}}}}
policy: {{automatic_redemption: true, target: {{trust: {{mfa: true}}}}}}
"""
_TENANT = """\
  {alias}:
    id: {id}
    credential: {{client_id: {app}, secret_variable: TENANTRY_SANDBOX_SECRET}}
    groups: {{employees: {group}}}
"""
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "up": ("up", "--yes"),
    "preview without change": ("preview", "--expect-no-changes"),
    "up without change": ("up", "--yes", "--expect-no-changes"),
    "refresh": ("refresh", "--yes", "--expect-no-changes"),
    "destroy": ("destroy", "--yes"),
}


def measure(_people: int) -> list[Figure]:
    """Build the estate, look at it three times, and take it down."""
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as name, _estate(Path(name)) as here:
        served, pulumi = here
        _run(pulumi, "stack", "init", "sandbox")
        figures: list[Figure] = []
        for title, words in _COMMANDS.items():
            figures += _measured(title, served, pulumi, words)
            if title == "up":
                figures += _resources(pulumi)
    return figures


def _measured(
    title: str, served: Served, pulumi: Pulumi, words: tuple[str, ...]
) -> Iterator[Figure]:
    served.reset()
    began = time.perf_counter()
    _run(pulumi, words[0], "-s", "sandbox", *words[1:])
    elapsed = time.perf_counter() - began
    counted = served.state()
    yield Figure(name=f"standing: {title}", value=elapsed, unit="s")
    yield Figure(name=f"standing: {title}, requests", value=counted["requests"], unit="")
    if title not in {"up", "destroy"}:
        yield Figure(name=f"standing: {title}, writes", value=counted["writes"], unit="", most=0)


def _resources(pulumi: Pulumi) -> Iterator[Figure]:
    stack = json.loads(_run(pulumi, "stack", "export", "-s", "sandbox"))
    kinds = [one["type"] for one in stack["deployment"]["resources"] if one.get("custom")]
    custom = sum(not kind.startswith("pulumi:") or "dynamic" in kind for kind in kinds)
    yield Figure(name="standing: links", value=len(SPOKES), unit="")
    yield Figure(
        name="standing: custom resources",
        value=custom,
        unit="",
        most=_CUSTOM_A_LINK * len(SPOKES),
    )


def _run(pulumi: Pulumi, *words: str) -> str:
    ran = pulumi(*words)
    if ran.code != 0:
        raise RuntimeError(f"{' '.join(ran.words)} ended with {ran.code}:\n{ran.said}")
    return ran.out


@contextmanager
def _estate(folder: Path) -> Iterator[tuple[Served, Pulumi]]:
    """A served hub with its spokes, a project about them, and an engine to run it."""
    engine = find_engine()
    if engine is None:
        raise RuntimeError("no Pulumi engine is on PATH, and none was built: run bin/engine")
    listener = listen(0)
    origin = f"https://127.0.0.1:{listener.getsockname()[1]}"
    copy_project(folder)
    (folder / "topologies" / "hub.yaml").write_text(_TOPOLOGY, encoding="utf-8")
    environment = folder / "stacks" / "environments" / "sandbox.yaml"
    environment.write_text(_environment(), encoding="utf-8")
    with (
        serving(Sandbox(estate=_seeds(), origin=origin), listener, folder / "sandbox") as served,
        _azuread(served.variables) as provider,
    ):
        variables = variables_for(folder, {**served.variables, **provider})
        yield served, Pulumi(engine=engine, project=folder, variables=variables)


def _seeds() -> list[TenantSeed]:
    hub = next(seed for seed in demo_estate(people=100, awkward=False) if seed.alias == HUB)
    return [hub, *map(_spoke, SPOKES)]


def _spoke(alias: str) -> TenantSeed:
    place = Place(alias=alias, company=alias.title(), domain=f"{alias}.com")
    owner = account(
        alias=alias,
        domain=place.domain,
        name="owner",
        display_name="Owner",
        local_part="owner",
    )
    return tenant_seed(place, [owner])


def _environment() -> str:
    tenants = "".join(
        _TENANT.format(
            alias=alias,
            id=sandbox_id(f"tenant:{alias}"),
            app=sandbox_id(f"app:{alias}:reconciler"),
            group=sandbox_id(f"group:{alias}:employees"),
        )
        for alias in (HUB, *SPOKES)
    )
    return f"version: 1\nname: sandbox\ncloud: sandbox\nsettle: 0s\ntenants:\n{tenants}"


@contextmanager
def _azuread(variables: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Stand in for the azuread plugin, as `tenantry sandbox serve` does."""
    port, secret = free_port(0), {"ARM_CLIENT_SECRET": variables["TENANTRY_SANDBOX_SECRET"]}
    with provider(port, {**os.environ, **variables, **secret}):
        _await(port)
        yield {**secret, "PULUMI_DEBUG_PROVIDERS": f"azuread:{port}"}


def _await(port: int) -> None:
    """Wait until the provider listens, so that its start is in nobody's figure."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise RuntimeError("the azuread provider did not start within 30 seconds")
