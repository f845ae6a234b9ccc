"""Serve the provider on a port of this machine: `python -m sandbox.azuread_plugin --port N`."""

from __future__ import annotations

import os
import signal
import sys
import threading

import click
import httpx

from sandbox.azuread_plugin.servicer import AzureAD
from sandbox.azuread_plugin.serving import PortTakenError, listening

_SLOWEST_ANSWER_SECONDS = 60.0


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
    # One pool of connections for all tenants; SSL_CERT_FILE names whom it trusts.
    with httpx.Client(timeout=_SLOWEST_ANSWER_SECONDS) as client:
        try:
            with listening(AzureAD(client, os.environ), port) as taken:
                click.echo(taken)
                ended.wait()
        except PortTakenError as problem:
            raise click.ClickException(str(problem)) from problem


def _await_end_of_input(ended: threading.Event) -> None:
    """Return when whoever started this process is gone, however it ended."""
    while sys.stdin.buffer.read(1024):
        pass
    ended.set()


if __name__ == "__main__":
    main()
