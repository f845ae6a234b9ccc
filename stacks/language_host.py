"""Pulumi's engine asks for a program to be run; it runs in this Python, and its verdict leaves.

The official language host comes with Pulumi's releases and does more: it makes environments,
finds plugins, generates code. This one stands in where an engine was built from its modules
(`bin/engine`), and knows only what `pulumi up`, `preview`, `refresh` and `destroy` ask.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import LanguageRuntimeServicer, language_pb2, plugin_pb2
from pulumi.runtime.proto.language_pb2_grpc import add_LanguageRuntimeServicer_to_server

from stacks.orphans import when_orphaned

_TOLD_ALREADY = 32  # the exit code of a program that has told the person what is wrong
_UNSERVED = (
    "Pulumi.yaml: runtime.options names {options}, which only Pulumi's official Python host "
    "follows. Take them out, or install Pulumi's release: https://www.pulumi.com/docs/install/"
)
_LARGEST_MESSAGE = 400 * 1024 * 1024  # what the engine itself allows
_PATIENCE = 5.0  # seconds in which a program may end before it is killed


class LanguageHost(LanguageRuntimeServicer):
    """Answers the engine; each run is a process of its own, and ends with the call."""

    def __init__(self, executor: str, engine: str) -> None:
        """`executor` is Pulumi's script that runs a program, `engine` the engine's address."""
        self._executor = executor
        self._engine = engine
        self._programs: set[subprocess.Popen[bytes]] = set()

    def Handshake(  # noqa: N802 - gRPC names the methods
        self, request: language_pb2.LanguageHandshakeRequest, _context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(  # noqa: N802
        self, _request: Empty, _context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(  # noqa: N802
        self, _request: language_pb2.GetRequiredPackagesRequest, _context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Name none: the engine finds a plugin when its first resource comes."""
        return language_pb2.GetRequiredPackagesResponse()

    def About(  # noqa: N802
        self, _request: language_pb2.AboutRequest, _context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        return language_pb2.AboutResponse(
            executable=sys.executable, version=platform.python_version()
        )

    def Run(  # noqa: N802
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program to its end; what it prints goes to the engine through our own output."""
        unserved = ", ".join(sorted(request.info.options))
        if unserved:
            return language_pb2.RunResponse(error=_UNSERVED.format(options=unserved))
        program = subprocess.Popen(  # noqa: S603 - the engine chose the program
            [sys.executable, "-u", self._executor, *_words(request, self._engine)],
            cwd=request.info.program_directory or request.pwd,
            env={**os.environ, **_configuration(request)},  # noqa: TID251 - a program inherits
            stdin=subprocess.DEVNULL,
        )
        self._programs.add(program)
        context.add_callback(lambda: _end(program))
        code = program.wait()
        self._programs.discard(program)
        if code == _TOLD_ALREADY:
            return language_pb2.RunResponse(bail=True)
        if code:
            return language_pb2.RunResponse(error=f"the program ended with exit code {code}")
        return language_pb2.RunResponse()

    def stop(self) -> None:
        """End whatever still runs."""
        for program in tuple(self._programs):
            _end(program)


def main() -> None:
    """Serve one engine until it says so or is gone; the port goes to stdout first."""
    executor, *_options, engine = sys.argv[1:]
    over = threading.Event()
    host = LanguageHost(executor, engine)
    server = grpc.server(
        ThreadPoolExecutor(),
        options=[
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
        ],
    )
    add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _telling(over))
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    when_orphaned(over.set)
    over.wait()
    host.stop()
    server.stop(grace=None)


def _telling(over: threading.Event) -> Callable[[int, FrameType | None], None]:
    return lambda _number, _frame: over.set()


def _words(request: language_pb2.RunRequest, engine: str) -> list[str]:
    """Tell the script what to run, and for whom."""
    options = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
        "pwd": request.pwd,
        "dry_run": str(request.dryRun).lower(),
        "parallel": str(request.parallel),
    }
    options_given = [f"--{name}={value}" for name, value in options.items() if value]
    return [*options_given, request.info.entry_point or request.program, *request.args]


def _configuration(request: language_pb2.RunRequest) -> dict[str, str]:
    return {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def _end(program: subprocess.Popen[bytes]) -> None:
    """End a program, by force if it does not go; one that has ended is left alone."""
    if program.poll() is not None:
        return
    program.terminate()
    try:
        program.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()


if __name__ == "__main__":
    main()
