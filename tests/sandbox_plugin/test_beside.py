"""The provider's process beside a sandbox: when it is there, and that it goes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.attached import free_port, official_plugin
from sandbox.spawned import spawn
from tests.served import ROOT, Served


def port_of(variables: dict[str, str]) -> int:
    return int(variables["PULUMI_DEBUG_PROVIDERS"].removeprefix("azuread:"))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def eventually(what: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        if what():
            return True
        time.sleep(0.05)
    return False


def test_the_shell_is_told_where_it_listens(beside: Served) -> None:
    variables = dict(beside.sandbox.variables)

    assert eventually(lambda: listens(port_of(variables)))
    assert variables["ARM_CLIENT_SECRET"] == variables["TENANTRY_SANDBOX_SECRET"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_sandbox_however_that_ends(tmp_path: Path, number: signal.Signals) -> None:
    with spawn(tmp_path, "--people", "0", azuread=True) as sandbox:
        port = port_of(dict(sandbox.variables))
        assert eventually(lambda: listens(port))

        os.kill(sandbox.process, number)

        assert eventually(lambda: not listens(port))


def test_a_sandbox_without_one_names_none(tmp_path: Path) -> None:
    with spawn(tmp_path, "--people", "0") as sandbox:
        assert "PULUMI_DEBUG_PROVIDERS" not in sandbox.variables
        assert "ARM_CLIENT_SECRET" in sandbox.variables


def test_the_official_plugin_is_preferred(tmp_path: Path) -> None:
    (tmp_path / "plugins" / "resource-azuread-v6.11.1").mkdir(parents=True)
    variables = {"PULUMI_HOME": str(tmp_path)}

    told = subprocess.run(
        [sys.executable, "-m", "sandbox", "env", "--home", tmp_path / "sandbox"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )

    assert official_plugin(variables)
    assert "PULUMI_DEBUG_PROVIDERS" not in told.stdout


def test_without_pulumi_the_sandbox_says_what_is_missing(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['pulumi'] = None; from sandbox.cli import sandbox; sandbox()"
    with subprocess.Popen(
        [sys.executable, "-c", hidden, "serve", "--port", "0", "--people", "0", "--home", tmp_path],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(2)]
        process.terminate()

    assert "no azuread provider for Pulumi: pulumi is not installed" in said[0]
    assert "4 tenants on https://127.0.0.1:" in said[1]


def test_a_port_that_is_taken_is_not_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]

        assert free_port(taken) != taken
