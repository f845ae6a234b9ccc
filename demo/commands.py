"""The program itself: words of a command line enter, its answer leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demo.narration import say

ROOT = Path(__file__).resolve().parents[1]
TOPOLOGY = "topologies/subsidiaries.yaml"


class CommandError(Exception):
    """A command ended as nobody expected."""


class Tenantry:
    """Runs `tenantry` as a person would, each command in a process of its own."""

    def run(self, *words: str, expected: int = 0) -> str:
        """Show and run a command; its answer is what it wrote to stdout.

        Raises:
            CommandError: it ended with another exit code.
        """
        say.command(words)
        return self._run(words, expected)

    def apply(self, *words: str) -> dict[str, Any]:
        """Apply, and take the answer as JSON."""
        command = ("apply", *words, "--topologies", TOPOLOGY)
        say.command(command)
        found: dict[str, Any] = json.loads(self._run((*command, "--output", "json"), 0))
        return found

    def _run(self, words: Sequence[str], expected: int) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "reconcile.cli", *words],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if ran.returncode != expected:
            raise CommandError(
                f"`tenantry {' '.join(words)}` ended with {ran.returncode}, "
                f"not {expected}:\n{ran.stderr}{ran.stdout}"
            )
        return ran.stdout
