"""The programs themselves: words of a command line enter, their answers leave."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demo.narration import say

_CHECKOUT = Path(__file__).resolve().parents[1]
_PROJECT = (
    "Pulumi.yaml",
    "stacks/__main__.py",
    "stacks/Pulumi.sandbox.yaml",
    "stacks/environments/sandbox.yaml",
    "topologies/subsidiaries.yaml",
)


class CommandError(Exception):
    """A command ended as nobody expected."""


def project_in(folder: Path) -> Path:
    """Make a project of one topology: a checkout keeps its own stacks and stays as it is."""
    for name in _PROJECT:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_CHECKOUT / name, folder / name)
    return folder


class Tenantry:
    """Runs `tenantry` as a person would, each command in a process of its own."""

    def __init__(self, project: Path) -> None:
        """Run it in the folder of a project."""
        self._project = project

    def run(self, *words: str, expected: int = 0) -> str:
        """Show and run a command; its answer is what it wrote to stdout.

        Raises:
            CommandError: it ended with another exit code.
        """
        say.command("tenantry", words)
        return self._run(words, expected)

    def apply(self, *words: str) -> dict[str, Any]:
        """Apply, and take the answer as JSON."""
        command = ("apply", *words)
        say.command("tenantry", command)
        found: dict[str, Any] = json.loads(self._run((*command, "--output", "json"), 0))
        return found

    def _run(self, words: Sequence[str], expected: int) -> str:
        program = (sys.executable, "-m", "reconcile.cli")
        return _answer("tenantry", program, words, self._project, expected)


class Pulumi:
    """Runs `pulumi` as a person would, on the engine that is first on the PATH."""

    def __init__(self, project: Path) -> None:
        """Run it in the folder of a project.

        Raises:
            CommandError: there is no engine.
        """
        self._project = project
        engine = shutil.which("pulumi")
        if engine is None:
            raise CommandError(
                "pulumi is not on the PATH. Type `make demo`, which finds its engine or builds it."
            )
        self._engine = engine

    def run(self, *words: str) -> str:
        """Show and run a command on the stack of the sandbox.

        Raises:
            CommandError: it failed.
        """
        say.command("pulumi", words)
        return self._run(words)

    def resources(self) -> list[dict[str, Any]]:
        """What the engine's state holds."""
        state = json.loads(self._run(("stack", "export", "-s", "sandbox")))
        found: list[dict[str, Any]] = state["deployment"]["resources"]
        return found

    def _run(self, words: Sequence[str]) -> str:
        program = (self._engine, "--non-interactive")
        return _answer("pulumi", program, words, self._project, expected=0)


def _answer(
    name: str, program: Sequence[str], words: Sequence[str], project: Path, expected: int
) -> str:
    ran = subprocess.run(
        [*program, *words], cwd=project, check=False, capture_output=True, text=True
    )
    if ran.returncode != expected:
        raise CommandError(
            f"`{name} {' '.join(words)}` ended with {ran.returncode}, "
            f"not {expected}:\n{ran.stderr}{ran.stdout}"
        )
    return ran.stdout
