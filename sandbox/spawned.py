"""A sandbox in a process of its own: options enter, a served sandbox leaves, and ends in time."""

from __future__ import annotations

import json
import shlex
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STARTS_WITHIN = 60.0
_ENDS_WITHIN = 5.0
_READY = "Ctrl-C"  # begins the last line of the welcome, which is written once the socket answers


class NotStartedError(RuntimeError):
    """The sandbox ended before it served; the message is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spawned:
    """A served sandbox. `variables` point a program at it; it answered after `seconds`."""

    process: int
    seconds: float
    variables: Mapping[str, str]

    def state(self) -> dict[str, Any]:
        """What there is, and what was counted."""
        return self.control("GET", "state")

    def control(self, method: str, name: str, **said: object) -> dict[str, Any]:
        """One call of the control API."""
        request = urllib.request.Request(  # noqa: S310 - always https on loopback
            f"{self.variables['TENANTRY_SANDBOX_ORIGIN']}/_sandbox/{name}",
            data=json.dumps(said).encode() if method == "POST" else None,
            method=method,
        )
        trust = ssl.create_default_context(cafile=self.variables["SSL_CERT_FILE"])
        with urllib.request.urlopen(request, context=trust) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def spawn(home: Path, *options: str, azuread: bool = False) -> Iterator[Spawned]:
    """Serve on a port that is free, with everything it keeps in `home`; ended with the block.

    With `azuread` there is a provider for Pulumi beside it.

    Raises:
        NotStartedError: it ended before it served.
    """
    home.mkdir(parents=True, exist_ok=True)
    words = ["--home", str(home)]
    beside = "--azuread" if azuread else "--no-azuread"
    with (home / "log").open("w+", encoding="utf-8") as log:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*_command("serve"), "--port", "0", beside, *words, *options], stderr=log
        )
        try:
            _wait(process, home / "log")
            seconds = time.perf_counter() - began
            yield Spawned(process=process.pid, seconds=seconds, variables=_variables(words))
        finally:
            _end(process)


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", name]


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    step = 0.05
    for _ in range(int(_STARTS_WITHIN / step)):
        said = log.read_text(encoding="utf-8")
        if _READY in said:
            return
        try:
            process.wait(step)
        except subprocess.TimeoutExpired:
            continue
        raise NotStartedError(log.read_text(encoding="utf-8"))
    raise NotStartedError(f"nothing is served after {_STARTS_WITHIN:.0f} seconds")


def _variables(words: list[str]) -> dict[str, str]:
    printed = subprocess.run(  # noqa: S603 - our own command
        [*_command("env"), *words], check=True, capture_output=True, text=True
    ).stdout
    exports = (shlex.split(line)[-1].partition("=") for line in printed.splitlines())
    return {name: value for name, _, value in exports}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
