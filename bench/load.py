"""Load for a served sandbox: requests ready to be sent enter, how many were answered leaves.

A client that parses nothing but lengths, so that the server is the limit: it and the server have a
core each where the machine has two.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from urllib.parse import urlsplit

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_LIMIT = 8 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Connection:
    """One kept-alive connection to a sandbox."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Send one request and wait for the body of its answer.

        Raises:
            RuntimeError: it was refused; a figure that counted refusals would mean nothing.
        """
        size = b"content-length: %d\r\n\r\n" % len(body)
        self.writer.write(b"%s %s HTTP/1.1\r\n" % (method.encode(), path.encode()))
        self.writer.write(self.head + size + body)
        answer = await self.reader.readuntil(_END)
        length = 0
        for line in answer.lower().split(b"\r\n"):
            if line.startswith(_LENGTH):
                length = int(line[len(_LENGTH) :])
        found = await self.reader.readexactly(length)
        if int(answer[9:12]) >= HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {answer[:40]!r} {found[:300]!r}")
        return found


async def connect(origin: str, trust: ssl.SSLContext, token: str) -> Connection:
    """Open a connection of an application."""
    place = urlsplit(origin)
    reader, writer = await asyncio.open_connection(
        place.hostname, place.port, ssl=trust, limit=_LIMIT
    )
    head = (
        f"host: {place.netloc}\r\nauthorization: Bearer {token}\r\n"
        "content-type: application/json\r\n"
    )
    return Connection(reader=reader, writer=writer, head=head.encode())


async def rate(
    connections: Sequence[Connection],
    step: Callable[[Connection, int], Awaitable[int]],
    *,
    seconds: float,
) -> float:
    """How much is done in a second when every connection takes one step after the other.

    `step` gets a number of its own each time and answers how much it did.
    """
    numbers = count()
    done = 0
    began = time.perf_counter()

    async def work(connection: Connection) -> None:
        nonlocal done
        while time.perf_counter() - began < seconds:
            # Added after the wait: `done += await …` would forget what the others did meanwhile.
            more = await step(connection, next(numbers))
            done += more

    await asyncio.gather(*map(work, connections))
    return done / (time.perf_counter() - began)


def apart(server: int) -> None:
    """Give the server one core and this process the others, where there are several."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(server, cores[:1])
        os.sched_setaffinity(0, cores[1:])


def batches(size: int, writes: Iterator[dict[str, object]]) -> Iterator[bytes]:
    """Bodies of `$batch` with so many of the writes each."""
    while True:
        requests = [{"id": str(place), **next(writes)} for place in range(size)]
        yield json.dumps({"requests": requests}).encode()
