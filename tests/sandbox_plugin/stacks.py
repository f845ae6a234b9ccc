"""Stacks of one program, run by the real engine: a program enters, what the engine did leaves."""

from __future__ import annotations

import gc
import os
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pulumi
import pulumi_azuread as azuread
from pulumi import automation

from sandbox.azuread_plugin.servicer import AzureAD
from sandbox.azuread_plugin.serving import listening
from sandbox.seeds import sandbox_id
from tests.served import Served

TEMPLATE = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
Program = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the provider asked for, and what it was told."""

    method: str
    path: str
    body: bytes
    answer: bytes


@dataclass(slots=True)
class Log:
    """Every request since it was read last."""

    _requests: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, response: httpx.Response) -> None:
        request = response.request
        noted = Request(
            method=request.method,
            path=request.url.raw_path.decode(),
            body=request.read(),
            answer=response.read(),
        )
        with self._lock:
            self._requests.append(noted)

    def take(self) -> list[Request]:
        with self._lock:
            taken, self._requests = self._requests, []
        return taken


@contextmanager
def recorded(served: Served) -> Iterator[tuple[Log, dict[str, str]]]:
    """The provider in this process, so that its requests are seen, and the variables for it."""
    log = Log()
    secret = served.sandbox.variables["TENANTRY_SANDBOX_SECRET"]
    trust = served.sandbox.variables["SSL_CERT_FILE"]
    hooks = {"response": [log.note]}
    with (
        httpx.Client(verify=ssl.create_default_context(cafile=trust), event_hooks=hooks) as client,
        listening(AzureAD(client, {"ARM_CLIENT_SECRET": secret})) as port,
    ):
        yield log, {"PULUMI_DEBUG_PROVIDERS": f"azuread:{port}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack whose program may be exchanged."""

    inner: automation.Stack
    folder: Path

    def up(self, program: Program) -> dict[str, int]:
        self.inner.workspace.program = program
        return self._changes(lambda: self.inner.up().summary.resource_changes)

    def preview(self, program: Program) -> dict[str, int]:
        self.inner.workspace.program = program
        return self._changes(lambda: self.inner.preview().change_summary)

    def refresh(self) -> dict[str, int]:
        return self._changes(lambda: self.inner.refresh().summary.resource_changes)

    def destroy(self) -> dict[str, int]:
        return self._changes(lambda: self.inner.destroy().summary.resource_changes)

    def _changes(self, step: Callable[[], Mapping[Any, int] | None]) -> dict[str, int]:
        """A preview names changes by members of an enumeration, an update by their words."""
        with _tidied():
            counted = step() or {}
        return {str(getattr(kind, "value", kind)): count for kind, count in counted.items()}

    def written(self) -> str:
        """All that the engine keeps, as it lies on the disk."""
        files = sorted(path for path in (self.folder / "state").rglob("*") if path.is_file())
        return "\n".join(path.read_text(encoding="utf-8") for path in files)

    def outputs(self) -> dict[str, Any]:
        return {name: output.value for name, output in self.inner.outputs().items()}


@contextmanager
def _tidied() -> Iterator[None]:
    """Let go of the event loops that the SDK leaves open in its threads, which is a warning."""
    before = set(threading.enumerate())
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
            for thread in set(threading.enumerate()) - before:
                if thread.name.startswith("ThreadPoolExecutor"):
                    thread.join(timeout=2)
            gc.collect()


def a_stack(folder: Path, engine: Path, variables: Mapping[str, str]) -> Stack:
    """A new stack with a state of its own."""
    (folder / "state").mkdir(parents=True)
    surroundings = {
        **variables,
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PATH": f"{engine}{os.pathsep}{os.environ['PATH']}",
    }
    inner = automation.create_stack(
        "trial",
        project_name="trial",
        program=lambda: None,
        opts=automation.LocalWorkspaceOptions(
            env_vars=surroundings,
            pulumi_command=automation.PulumiCommand(root=str(_root(folder, engine))),
        ),
    )
    return Stack(inner=inner, folder=folder)


def _root(folder: Path, engine: Path) -> Path:
    """The Automation API looks for its engine in `bin` of a folder."""
    root = folder / "engine"
    root.mkdir()
    (root / "bin").symlink_to(engine)
    return root


def provider(served: Served, tenant: str, app: str = "administrator") -> azuread.Provider:
    """The provider of a tenant, without any secret among its arguments."""
    origin = served.sandbox.variables["TENANTRY_SANDBOX_ORIGIN"]
    return azuread.Provider(
        tenant,
        tenant_id=sandbox_id(f"tenant:{tenant}"),
        client_id=sandbox_id(f"app:{tenant}:{app}"),
        metadata_host=origin.removeprefix("https://"),
        use_cli=False,
        use_msi=False,
    )


def by(provider: azuread.Provider, *after: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(provider=provider, depends_on=list(after))
