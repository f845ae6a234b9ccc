"""Pulumi as a person types it: words enter, what it said and how it ended leaves.

Each command is a session of its own, so that one that hangs or is killed takes its plugins with it
and nothing of it stays behind.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATIENCE = 180.0  # seconds after which a command counts as hung
_SESSION = 3  # place of the session's id after the program's name in `/proc/PID/stat`
_GLANCE = 0.002  # seconds between two looks at a run that is to die


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def steps(self) -> dict[str, str]:
        """What a preview with `--json` would do to which resource, without what stays the same."""
        steps = ((one["urn"].rpartition("::")[2], one["op"]) for one in self.json["steps"])
        return {name: op for name, op in steps if op not in {"same", "read", "refresh"}}

    def fine(self) -> Ran:
        assert self.code == 0, f"{' '.join(self.words)} ended with {self.code}:\n{self.said}"
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulumi:
    """An engine with a state of its own, run in the folder of a project."""

    engine: Path
    project: Path
    variables: Mapping[str, str]

    def __call__(self, *words: str) -> Ran:
        """Run one command to its end."""
        process = self._start(words)
        try:
            out, err = process.communicate(timeout=_PATIENCE)
        finally:
            _end_all(process.pid)
        return Ran(words=("pulumi", *words), code=process.returncode, out=out, err=err)

    def dies(self, *words: str, when: Callable[[], bool], once: Callable[[], bool]) -> Ran:
        """Run a command until `when`, let its providers go on until `once`, and kill all of it.

        The engine is stopped first: what its providers finish meanwhile stands in the tenants and
        is never written into the state, which is the gap between a create and its checkpoint.
        """
        process = self._start(words)
        try:
            _until(lambda: when() or process.poll() is not None)
            assert process.poll() is None, f"it ended before: {process.communicate()}"
            os.kill(process.pid, signal.SIGSTOP)
            _until(once)
        finally:
            _end_all(process.pid)
        out, err = process.communicate(timeout=_PATIENCE)
        return Ran(words=("pulumi", *words), code=process.returncode, out=out, err=err)

    def _start(self, words: tuple[str, ...]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.engine / "pulumi"), *words, "--non-interactive", "--color", "never"],
            cwd=self.project,
            env=self.surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def surroundings(self) -> dict[str, str]:
        ours = ("TENANTRY_", "PULUMI_", "ARM_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        path = os.pathsep.join((str(self.engine), str(Path(sys.executable).parent), kept["PATH"]))
        return {**kept, **self.variables, "PATH": path}


def _until(seen: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not seen():
        assert time.monotonic() < ends, "what was waited for never came"
        time.sleep(_GLANCE)


def _end_all(session: int) -> None:
    """Kill whatever is left of a command; the engine gives plugins process groups of their own."""
    for process in _members(session):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _members(session: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name of the program comes second, in brackets, and may hold anything.
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[_SESSION]) == session:
                yield int(stat.parent.name)
