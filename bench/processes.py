"""Processes: a command enters; its output, CPU seconds and peak memory leave."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from ssl import create_default_context
from typing import Any

from sandbox.certificates import Home, prepare
from sandbox.estate import SANDBOX_SECRET
from sandbox.serving import serve
from sandbox.world import Sandbox

ROOT = Path(__file__).resolve().parents[1]
_LOOK_EVERY = 0.01
TENANTRY = str(Path(sys.executable).with_name("tenantry"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A process that ended. `peak` is in megabytes of 1,000,000 bytes."""

    code: int
    output: str
    cpu: float
    peak: float


def run(*command: str, variables: Mapping[str, str] | None = None) -> Ran:
    """Run one command to its end; standard error goes with standard output.

    CPU time is the kernel's account of the reaped process. Its peak memory there would count what
    this process held when it started the other, so the high-water mark is watched instead.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(variables or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        peak, status, usage = _watched(process.pid)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode()
    cpu = usage.ru_utime + usage.ru_stime
    return Ran(code=process.returncode, output=said, cpu=cpu, peak=peak * 1024 / 1_000_000)


def _watched(pid: int) -> tuple[int, int, resource.struct_rusage]:
    """The highest mark seen in kibibytes, and what the kernel says at the end."""
    peak = 0
    while True:
        peak = max(peak, high_water(pid))
        reaped, status, usage = os.wait4(pid, os.WNOHANG)
        if reaped:
            return peak, status, usage
        time.sleep(_LOOK_EVERY)


def high_water(pid: int) -> int:
    """The most memory that a running process has held, in kibibytes; 0 of one that ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A sandbox in a process of its own."""

    variables: Mapping[str, str]

    def tenantry(self, *words: str) -> Ran:
        """Run `tenantry` against it.

        Raises:
            RuntimeError: the command failed; a benchmark of it would mean nothing.
        """
        ran = run(TENANTRY, *words, variables=self.variables)
        if ran.code != 0:
            raise RuntimeError(f"tenantry {' '.join(words)} ended with {ran.code}:\n{ran.output}")
        return ran

    def state(self) -> dict[str, Any]:
        """What the sandbox has counted."""
        return self._control("GET", "state")

    def reset(self) -> None:
        """Count from zero."""
        self._control("POST", "reset")

    def _control(self, method: str, name: str) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - always https on loopback
            f"{self.variables['TENANTRY_SANDBOX_ORIGIN']}/_sandbox/{name}",
            data=b"{}" if method == "POST" else None,
            method=method,
        )
        trust = create_default_context(cafile=self.variables["SSL_CERT_FILE"])
        with urllib.request.urlopen(request, context=trust) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def serving(sandbox: Sandbox, listener: socket, folder: Path) -> Iterator[Served]:
    """A sandbox of this process, served by a child until the block ends."""
    home = Home(path=folder)
    prepare(home)
    with sandbox_process(sandbox, listener, home):
        yield Served(
            variables={
                "SSL_CERT_FILE": str(home.bundle),
                "REQUESTS_CA_BUNDLE": str(home.bundle),
                "TENANTRY_SANDBOX_ORIGIN": sandbox.origin,
                "TENANTRY_SANDBOX_SECRET": SANDBOX_SECRET,
            }
        )


@contextmanager
def sandbox_process(sandbox: Sandbox, listener: socket, home: Home) -> Iterator[None]:
    """Fork, because the sandbox is large and lives in this process's memory."""
    fork = multiprocessing.get_context("fork")
    ready = fork.Event()
    child = fork.Process(target=serve, args=(sandbox.asgi, listener, home.server, ready.set))
    child.start()
    try:
        if not ready.wait(30):
            raise RuntimeError("the sandbox did not start within 30 seconds")
        yield
    finally:
        child.terminate()
        child.join()
