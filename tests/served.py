"""A served sandbox for tests: HTTPS, tokens and Microsoft's clients as they are, in processes."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
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
sync:
  scope: {{assigned: {{groups: [employees]}}}}
  thresholds: {{deletes: {{count: {deletes}}}}}
policy: {{automatic_redemption: true}}
"""

COMMAND = [sys.executable, "-m", "reconcile.cli"]


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
            [*COMMAND, *words],
            cwd=ROOT,
            env={**_surroundings(), **self.sandbox.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr)

    def graph(self, alias: str, method: str, path: str, body: Any = None) -> Any:
        """A call of Graph by an administrator of a tenant."""
        origin = self.sandbox.variables["TENANTRY_SANDBOX_ORIGIN"]
        trust = ssl.create_default_context(cafile=self.sandbox.variables["SSL_CERT_FILE"])
        form = {
            "grant_type": "client_credentials",
            "client_id": sandbox_id(f"app:{alias}:administrator"),
            "client_secret": self.sandbox.variables["TENANTRY_SANDBOX_SECRET"],
            "scope": f"{origin}/.default",
        }
        with httpx.Client(base_url=origin, verify=trust) as client:
            tenant = sandbox_id(f"tenant:{alias}")
            token = client.post(f"/{tenant}/oauth2/v2.0/token", data=form).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            answer = client.request(method, f"/v1.0{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def place(
        self, source: str, target: str, name: str = "", deletes: int = 50, **apps: str
    ) -> list[str]:
        """Options for one link with files of its own; `apps` replaces tenants' applications."""
        here = self.folder / (name or f"{source}-{target}")
        here.mkdir(exist_ok=True)
        tenants = "".join(
            _tenant(alias, apps.get(alias, "reconciler")) for alias in (source, target)
        )
        (here / "trial.yaml").write_text(
            f"version: 1\nname: trial\ncloud: sandbox\nsettle: 0s\ntenants:\n{tenants}"
        )
        (here / "topology.yaml").write_text(
            _TOPOLOGY.format(source=source, target=target, deletes=deletes)
        )
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
