"""A sandbox over HTTPS whose world a test may keep, exchange and look into, and runs against it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from sandbox import certificates
from sandbox.certificates import Home
from sandbox.estate import SANDBOX_SECRET
from sandbox.keys import process_key
from sandbox.serving import HOST, listen
from sandbox.world import Sandbox

CHECKOUT = Path(__file__).parents[2]


def twin(world: Sandbox) -> Sandbox:
    """A world in the same state that changes by itself; only the signing key is one."""
    vars(world).pop("asgi", None)
    key = process_key()
    return deepcopy(world, {id(key): key})


class Stage:
    """Serves whatever world stands on it."""

    def __init__(self, world: Sandbox) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.world.asgi(scope, receive, send)


@contextmanager
def served(stage: Stage, home: Path) -> Iterator[Mapping[str, str]]:
    """The stage on a free port; what enters are requests, what leaves are a client's variables."""
    kept = Home(path=home)
    certificates.prepare(kept)
    listener = listen(0)
    origin = f"https://{HOST}:{listener.getsockname()[1]}"
    stage.world.identity.origin = stage.world.origin = origin
    config = uvicorn.Config(
        stage,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_level="critical",
        ssl_certfile=kept.server,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield {
            "SSL_CERT_FILE": str(kept.authority),
            "REQUESTS_CA_BUNDLE": str(kept.authority),
            "TENANTRY_SANDBOX_ORIGIN": origin,
            "TENANTRY_SANDBOX_SECRET": SANDBOX_SECRET,
        }
    finally:
        server.should_exit = True
        thread.join()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a run ended: its exit code, or the number of the signal it died of, below zero."""

    code: int
    said: str
    crossed: tuple[str, ...]


class Runs:
    """Runs `tenantry`, each in a process of its own, and kills it where a test says."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self._folder = folder
        self._process = process

    def __call__(self, *words: str, deadly: int = 0, later: float = 0) -> Ran:
        """Run to the end, or to the boundary `deadly`, at a time that is `later` by seconds."""
        said, crossed = self._folder / "said", self._folder / "crossed"
        order = {
            "words": words,
            "deadly": deadly,
            "later": later,
            "said": str(said),
            "crossed": str(crossed),
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return Ran(code=code, said=said.read_text(), crossed=(*crossed.read_text().splitlines(),))


@contextmanager
def runs(folder: Path, variables: Mapping[str, str]) -> Iterator[Runs]:
    """A way to run `tenantry` under the variables, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.mortal"],
        cwd=CHECKOUT,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin
        try:
            yield Runs(folder, process)
        finally:
            process.stdin.close()
