"""Serve the provider on a port of this machine: `python -m sandbox.azuread_plugin --port N`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent import futures

import click
import grpc
import httpx
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.azuread_plugin.servicer import AzureAD

# The engine asks for sixteen things at once for each processor, and each waits for Graph.
_WORKERS = 32
_LONGEST_MESSAGE = 400 * 1024 * 1024
_LAST_ANSWERS_SECONDS = 2.0


@click.command()
@click.option("--port", default=0, help="port on 127.0.0.1; 0 takes any that is free")
@click.option("--with-stdin", is_flag=True, help="end when standard input is closed")
def main(*, port: int, with_stdin: bool) -> None:
    """Serve the sandbox's azuread provider, print its port, and end with Ctrl-C."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    if with_stdin:
        threading.Thread(target=_await_end_of_input, args=(ended,), daemon=True).start()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=_WORKERS),
        options=[
            ("grpc.max_receive_message_length", _LONGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    try:
        taken = server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as problem:
        raise click.ClickException(
            f"azuread: port {port} of 127.0.0.1 is taken. Stop what listens there, or choose "
            "another."
        ) from problem
    # One pool of connections for all tenants; SSL_CERT_FILE names whom it trusts.
    with httpx.Client(trust_env=True, timeout=60) as client:
        servicer = AzureAD(client, os.environ)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
        server.start()
        click.echo(taken)
        ended.wait()
        server.stop(_LAST_ANSWERS_SECONDS).wait()


def _await_end_of_input(ended: threading.Event) -> None:
    """Return when whoever started this process is gone, however it ended."""
    while sys.stdin.buffer.read(1024):
        pass
    ended.set()


if __name__ == "__main__":
    main()
