"""The azuread provider beside a sandbox: a port enters; a process leaves, and ends in time."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_HOST = "127.0.0.1"
_ENDS_WITHIN = 5.0


def missing_packages() -> list[str]:
    """Name the packages that the provider needs and that are not installed."""
    return [name for name in ("pulumi", "grpc") if importlib.util.find_spec(name) is None]


def official_plugin(variables: Mapping[str, str]) -> bool:
    """Whether Pulumi's own azuread plugin is installed, which is then the better one."""
    home = variables.get("PULUMI_HOME")
    plugins = (Path(home) if home else Path.home() / ".pulumi") / "plugins"
    return any(path.is_dir() for path in plugins.glob("resource-azuread-v*"))


def free_port(wished: int) -> int:
    """Return the port that was wished for, or any that is free where it is taken."""
    for port in (wished, 0):
        try:
            with socket.create_server((_HOST, port)) as probe:
                return int(probe.getsockname()[1])
        except (OSError, OverflowError):
            continue
    raise AssertionError  # a machine without any free port serves no sandbox either


@contextmanager
def provider(port: int | None, variables: Mapping[str, str]) -> Iterator[None]:
    """Serve the azuread provider while the block runs; without a port do nothing.

    It starts beside the sandbox, which does not wait for it: Pulumi's engine does. Its standard
    input is a pipe that nobody writes to, whose end tells it that the sandbox is gone, even when
    the sandbox was killed.
    """
    if port is None:
        yield
        return
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "sandbox.azuread_plugin", "--port", str(port), "--with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=dict(variables),
    )
    try:
        yield
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None  # noqa: S101 - it was opened above
    process.stdin.close()
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
