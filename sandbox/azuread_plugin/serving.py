"""The provider on a port of this machine: a servicer enters; while the block runs, it answers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.azuread_plugin.servicer import AzureAD

# The engine asks for sixteen things at once for each processor, and each waits for Graph.
_WORKERS = 32
_LONGEST_MESSAGE = 400 * 1024 * 1024
_LAST_ANSWERS_SECONDS = 2.0


class PortTakenError(OSError):
    """Something else listens where the provider should."""


@contextmanager
def listening(servicer: AzureAD, port: int = 0) -> Iterator[int]:
    """Serve on a port, 0 for any, and yield the one that was taken.

    Raises:
        PortTakenError: it was not free.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="azuread"),
        options=[
            ("grpc.max_receive_message_length", _LONGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    try:
        taken = server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as problem:
        raise PortTakenError(
            f"azuread: port {port} of 127.0.0.1 is taken. Stop what listens there, or choose "
            "another."
        ) from problem
    server.start()
    try:
        yield taken
    finally:
        server.stop(_LAST_ANSWERS_SECONDS).wait()
