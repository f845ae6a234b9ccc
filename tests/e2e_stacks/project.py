"""A project of one's own: a sandbox and an engine enter, a folder to type commands in leaves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.seeds import sandbox_id
from sandbox.spawned import spawn
from tests.e2e_stacks.engine import Pulumi, Ran
from tests.served import ROOT, Served

TEMPLATE = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
PARTNERS = "/policies/crossTenantAccessPolicy/partners"
SYNC = "identitySynchronization"
_PEOPLE = "60"
_COPIED = (
    "Pulumi.yaml",
    "stacks/__main__.py",
    "stacks/Pulumi.sandbox.yaml",
    "stacks/environments/sandbox.yaml",
)

Policy = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A copy of the project's files without its topologies, and a sandbox that it is about."""

    folder: Path
    served: Served
    pulumi: Pulumi

    def topology(self, text: str, name: str = "trial") -> None:
        """Write a topology, or edit it."""
        (self.folder / "topologies" / f"{name}.yaml").write_text(text, encoding="utf-8")

    def up(self, *words: str) -> Ran:
        return self.pulumi("up", "-s", "sandbox", "--yes", *words)

    def preview(self, *words: str) -> Ran:
        return self.pulumi("preview", "-s", "sandbox", *words)

    def destroy(self, *words: str) -> Ran:
        return self.pulumi("destroy", "-s", "sandbox", "--yes", *words)

    def outputs(self) -> Any:
        return self.pulumi("stack", "output", "-s", "sandbox", "--json").fine().json

    def backend(self) -> str:
        """All that the engine has written: the state, what it was before, and the history."""
        files = sorted(path for path in (self.folder / "backend").rglob("*") if path.is_file())
        return "\n".join(path.read_text(encoding="utf-8") for path in files)

    def resources(self) -> list[dict[str, Any]]:
        """What the state holds."""
        (state,) = (self.folder / "backend").rglob("stacks/**/sandbox.json")
        written = json.loads(state.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = written["checkpoint"]["latest"].get("resources", [])
        return found

    def ids(self) -> set[str]:
        """The ids of what the state holds, whole or as a part of Graph's path to it."""
        found = (one["id"] for one in self.resources() if one["custom"])
        return {part for whole in found for part in whole.split("/")}

    def urns(self, name: str) -> dict[str, str]:
        """The custom resources of a name, with the ids of what they stand for."""
        found = (one for one in self.resources() if one["custom"])
        return {one["urn"]: one["id"] for one in found if name in one["urn"].rpartition("::")[2]}

    def tenantry(self, *words: str) -> Ran:
        """Run `tenantry` in the project's folder, as a shell would."""
        ran = subprocess.run(
            [sys.executable, "-m", "reconcile.cli", *words],
            cwd=self.folder,
            env={**self.pulumi.surroundings, "TENANTRY_ENV": "sandbox"},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(words=("tenantry", *words), code=ran.returncode, out=ran.stdout, err=ran.stderr)

    def partner(self, tenant: str, partner: str) -> Policy | None:
        """What a tenant says about a partner, as its administrator sees it."""
        everything = self.partners(tenant)
        return next((one for one in everything if one["tenantId"] == self.id_of(partner)), None)

    def partners(self, tenant: str) -> list[Policy]:
        found = self.served.graph(tenant, "GET", f"{PARTNERS}?$expand={SYNC}")
        return list(found["value"])

    def sync_apps(self, tenant: str) -> list[dict[str, Any]]:
        """The applications of a tenant that were made of Entra's template."""
        found = self.served.graph(tenant, "GET", "/applications")["value"]
        return [one for one in found if one.get("applicationTemplateId") == TEMPLATE]

    def sync_principals(self, tenant: str) -> list[dict[str, Any]]:
        """The service principals of a tenant that carry our tag."""
        found = self.served.graph(tenant, "GET", "/servicePrincipals")["value"]
        return [one for one in found if any("tenantry:" in tag for tag in one.get("tags", ()))]

    def jobs(self, tenant: str) -> list[dict[str, Any]]:
        """The synchronization jobs of a tenant, as the sandbox tells them."""
        (found,) = (one for one in self.served.sandbox.state()["tenants"] if one["alias"] == tenant)
        return list(found["jobs"])

    def id_of(self, tenant: str) -> str:
        return sandbox_id(f"tenant:{tenant}")

    def by_hand(self, tenant: str, method: str, path: str, body: Any = None) -> None:
        """What an administrator does at the portal."""
        self.served.graph(tenant, method, path, body)

    def fault(self, kind: str, **options: Any) -> None:
        """Arm a fault of the sandbox."""
        self.served.sandbox.control("POST", "faults", kind=kind, **options)


def policy_path(partner: str, *more: str) -> str:
    """The address of what a tenant says about a partner."""
    return "/".join((PARTNERS, sandbox_id(f"tenant:{partner}"), *more))


@contextmanager
def project_in(folder: Path, engine: Path) -> Iterator[Project]:
    """A sandbox of its own, and a project whose stack is made and empty."""
    with spawn(folder / "sandbox", "--people", _PEOPLE, azuread=True) as sandbox:
        served = Served(sandbox=sandbox, folder=folder)
        copy_project(folder)
        variables = variables_for(folder, sandbox.variables)
        pulumi = Pulumi(engine=engine, project=folder, variables=variables)
        pulumi("stack", "init", "sandbox").fine()
        yield Project(folder=folder, served=served, pulumi=pulumi)


def copy_project(folder: Path) -> None:
    """The project's files without its topologies, and a place for its state."""
    for name in _COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "topologies").mkdir()
    (folder / "backend").mkdir()


def variables_for(folder: Path, sandbox: Mapping[str, str]) -> dict[str, str]:
    """What `make env` prints, with a state of one's own."""
    return {
        **sandbox,
        "TENANTRY_STATE": str(folder / "state.db"),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
