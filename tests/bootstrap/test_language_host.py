"""Programs run in our language host as they would in Pulumi's own, on the real engine."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest_plugins = ["tests.pulumi_engine"]
PROJECT = "name: small\nruntime: python\nmain: stacks/\nstackConfigDir: stacks/\n"
PROGRAM = """
import os, pulumi
print("it runs in", os.path.basename(os.getcwd()))
settings = pulumi.Config("small")
pulumi.export("colour", settings.require("colour"))
pulumi.export("hidden", settings.require_secret("hidden"))
pulumi.export("dry", pulumi.runtime.is_dry_run())
"""
WAITS = 'import pathlib, time; pathlib.Path("started").touch(); time.sleep(60)'


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project of one program, and a shell that runs Pulumi in it."""

    folder: Path
    environment: dict[str, str]

    def program(self, text: str) -> None:
        (self.folder / "stacks" / "__main__.py").write_text(text)

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["pulumi", "--non-interactive", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def pulumi(self, *words: str, expected: int = 0) -> str:
        with self.start(*words) as run:
            said, _ = run.communicate()
        assert run.returncode == expected, said
        return said


@pytest.fixture
def project(engine: Path, tmp_path: Path) -> Iterator[Project]:
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(engine), os.defpath]),
        "HOME": str(tmp_path),
        "PULUMI_BACKEND_URL": tmp_path.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    folder = tmp_path / "project"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PROJECT)
    made = Project(folder=folder, environment=environment)
    made.pulumi("stack", "init", "one")
    yield made
    assert not processes_in(folder)


def processes_in(folder: Path) -> list[str]:
    """The programs that still work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_text())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


def test_a_program_gets_its_settings_and_gives_outputs(project: Project) -> None:
    project.program(PROGRAM)
    project.pulumi("config", "set", "-s", "one", "colour", "green")
    project.pulumi("config", "set", "-s", "one", "--secret", "hidden", "word")

    said = project.pulumi("up", "--yes", "-s", "one")

    assert "it runs in stacks" in said
    assert re.search(r'colour *: "green"', said)
    assert re.search(r"hidden *: \[secret\]", said)
    assert re.search(r"dry *: false", said)


def test_a_program_that_fails_shows_where(project: Project) -> None:
    project.program("1 / 0")

    said = project.pulumi("preview", "-s", "one", expected=1)

    assert "ZeroDivisionError" in said
    assert "unhandled error" not in said


def test_an_option_that_only_the_official_host_follows_is_refused(project: Project) -> None:
    project.program(PROGRAM)
    options = "runtime:\n  name: python\n  options: {virtualenv: venv}\n"
    (project.folder / "Pulumi.yaml").write_text(PROJECT.replace("runtime: python\n", options))

    said = " ".join(project.pulumi("preview", "-s", "one", expected=1).split())

    assert "runtime.options names virtualenv" in said


def test_a_program_that_exits_is_told_by_its_exit_code(project: Project) -> None:
    project.program("raise SystemExit(3)")

    said = project.pulumi("preview", "-s", "one", expected=1)

    assert "the program ended with exit code 3" in said


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_outlives_an_engine_that_is_stopped(
    project: Project, number: signal.Signals
) -> None:
    project.program(WAITS)
    with project.start("preview", "-s", "one") as run:
        wait_for(project.folder / "stacks" / "started")

        run.send_signal(number)
        deadline = time.monotonic() + 20
        while processes_in(project.folder) and time.monotonic() < deadline:
            time.sleep(0.1)

    assert processes_in(project.folder) == []


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.05)
