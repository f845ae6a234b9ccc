"""A served sandbox for tests: HTTPS, tokens and Microsoft's clients as they are, in processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from sandbox.spawned import Spawned, spawn

ROOT = Path(__file__).parents[1]
PEOPLE = 60

_TENANT = """\
  {alias}:
    id: {id}
    credential: {{client_id: {app}, secret_variable: TENANTRY_SANDBOX_SECRET}}
    stamp: {{attribute: extensionAttribute15}}
    groups: {{employees: {group}}}
"""
_TOPOLOGY = """\
version: 1
name: {source}-to-{target}
shape: single-to-single
source: {source}
target: {target}
sync: {{scope: {{assigned: {{groups: [employees]}}}}}}
policy: {{automatic_redemption: true}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A sandbox in a process of its own, and a folder for files."""

    sandbox: Spawned
    folder: Path

    def tenantry(self, *words: str, **variables: str) -> Ran:
        """Run `tenantry` against it, as a shell would."""
        ran = subprocess.run(
            [sys.executable, "-m", "reconcile.cli", *words],
            cwd=ROOT,
            env={**_surroundings(), **self.sandbox.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr)

    def place(self, source: str, target: str, name: str = "", **apps: str) -> list[str]:
        """Options for one link with files and state of its own; `apps` replaces applications."""
        here = self.folder / (name or f"{source}-{target}")
        here.mkdir(exist_ok=True)
        tenants = "".join(
            _tenant(alias, apps.get(alias, "reconciler")) for alias in (source, target)
        )
        (here / "trial.yaml").write_text(
            f"version: 1\nname: trial\ncloud: sandbox\nsettle: 0s\ntenants:\n{tenants}"
        )
        (here / "topology.yaml").write_text(_TOPOLOGY.format(source=source, target=target))
        return [
            "--env",
            str(here / "trial.yaml"),
            "--topologies",
            str(here / "topology.yaml"),
        ]

    def state(self, name: str) -> list[str]:
        """The option for a state database of this name."""
        return ["--state", f"sqlite:///{self.folder / name}.db"]


def _tenant(alias: str, app: str) -> str:
    return _TENANT.format(
        alias=alias,
        id=sandbox_id(f"tenant:{alias}"),
        app=sandbox_id(f"app:{alias}:{app}"),
        group=sandbox_id(f"group:{alias}:employees"),
    )


def _surroundings() -> Mapping[str, str]:
    """The process's variables without any that would name an estate."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TENANTRY_")}


@contextmanager
def served_in(folder: Path, *options: str) -> Iterator[Served]:
    with spawn(folder / "sandbox", "--people", str(PEOPLE), *options) as sandbox:
        yield Served(sandbox=sandbox, folder=folder)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One sandbox for all tests that do not mind what others did to other links."""
    with served_in(tmp_path_factory.mktemp("served")) as found:
        yield found
