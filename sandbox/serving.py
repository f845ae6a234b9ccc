"""Serves a sandbox until it is told to stop: an application and a socket enter, HTTPS leaves."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from sandbox.http import ConnectionDropped

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST = "127.0.0.1"
_LAST_ANSWERS_SECONDS = 2
# Clients forget an idle connection after seconds (httpx: 5); a server that is no more patient than
# they are closes some just as they are used again.
_IDLE_SECONDS = 60


class PortTakenError(OSError):
    """Something else listens where the sandbox should."""


def listen(port: int) -> socket.socket:
    """Open the socket; port 0 takes any that is free.

    Raises:
        PortTakenError: when the port is taken, or not ours to take.
    """
    try:
        return socket.create_server((HOST, port), backlog=512)
    except (OSError, OverflowError) as error:
        raise PortTakenError(str(error)) from error


class _Server(uvicorn.Server):
    """A server that tells when it is ready, and whose end by a signal is an ordinary end."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal once more after it ended, which prints a traceback.
        ends = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in ends}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _unasked(record: logging.LogRecord) -> bool:
    """Keep every log record except those of connections that were dropped as it was told."""
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionDropped))


def serve(
    application: Starlette,
    listener: socket.socket,
    certificate: Path,
    ready: Callable[[], None],
) -> None:
    """Answer until Ctrl-C or SIGTERM."""
    logging.getLogger("uvicorn.error").addFilter(_unasked)
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        ssl_certfile=certificate,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
    )
    _Server(config, ready).run(sockets=[listener])
