"""A process that runs the real command line and can be made to die: orders enter, ends leave.

One order a line on standard input, one answer a line on standard output. Every run is a fork of
this process, so that what takes seconds to load is loaded once, and a run that dies takes nobody
with it. The boundaries at which a run may die are seen from outside the product: a write before
it is sent and after it was answered, a commit before and after.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

from reconcile.cli import shell
from reconcile.cli.main import main

WARM = (
    "anyio._backends._asyncio",
    "azure.core.pipeline.transport._aiohttp",
    "azure.core.rest._aiohttp",
    "azure.identity.aio",
    "httpcore",
    "reconcile.cli.apply",
    "reconcile.cli.console",
    "reconcile.cli.plan",
    "reconcile.cli.wiring",
    "reconcile.graph.credentials",
    "reconcile.state.store",
    "rich.progress",
)


class Boundaries:
    """Writes down each boundary as it is crossed, and dies at the one that was ordered."""

    def __init__(self, log: Path, deadly: int) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._deadly = deadly
        self._crossed = 0

    def cross(self, name: str) -> None:
        self._crossed += 1
        os.write(self._log, f"{name}\n".encode())
        if self._crossed == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        self.cross(f"before {name}")
        yield
        self.cross(f"after {name}")

    def watch_writes(self) -> None:
        """Stand between every HTTP client and the network."""
        send = httpx.AsyncHTTPTransport.handle_async_request

        async def watched(
            transport: httpx.AsyncHTTPTransport, request: httpx.Request
        ) -> httpx.Response:
            name = written(request)
            if name is None:
                return await send(transport, request)
            with self.around(name):
                return await send(transport, request)

        httpx.AsyncHTTPTransport.handle_async_request = watched  # type: ignore[method-assign,assignment]

    def watch_commits(self) -> None:
        """Stand between SQLAlchemy and the database; commits of mere reads are none."""
        commit: Callable[..., None] = DefaultDialect.do_commit
        writing = []

        def noticed(connection: Connection) -> None:
            if not connection.get_execution_options().get("reading", False):
                writing.append(connection)

        def watched(dialect: DefaultDialect, connection: Any) -> None:
            if not writing:
                commit(dialect, connection)
                return
            writing.clear()
            with self.around("commit"):
                commit(dialect, connection)

        event.listen(Engine, "commit", noticed)
        DefaultDialect.do_commit = watched  # type: ignore[method-assign]


def written(request: httpx.Request) -> str | None:
    """What a request writes; None if it only reads."""
    if not request.url.path.endswith("/$batch"):
        return None if request.method == "GET" else f"{request.method} {request.url.path}"
    inner = json.loads(request.content)["requests"]
    writes = [f"{one['method']} {one['url']}" for one in inner if one["method"] != "GET"]
    return f"$batch of {', '.join(writes)}" if writes else None


def run(order: dict[str, Any]) -> None:
    """Be `tenantry`, with words as they would be typed; never returns."""
    later = timedelta(seconds=order["later"])

    class LaterClock(shell.SystemClock):
        """The time of this machine, as it will be."""

        def now(self) -> datetime:
            return datetime.now(UTC) + later

    shell.SystemClock = LaterClock  # type: ignore[misc]
    said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(said, sys.stdout.fileno())
    os.dup2(said, sys.stderr.fileno())
    boundaries = Boundaries(Path(order["crossed"]), order["deadly"])
    boundaries.watch_writes()
    boundaries.watch_commits()
    main(args=order["words"], prog_name="tenantry")


def serve() -> None:
    """Fork a run for each order, and tell its wait status."""
    for module in WARM:
        importlib.import_module(module)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    serve()
