"""The host of providers as the engine starts it: what the engine asks enters, its book leaves.

Pulumi's own host of dynamic providers runs here, with its own serialization. The engine's part is
played by `Book`: it keeps the inputs and outputs of one resource, and asks in the engine's order.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tests.served import ROOT, Served, _surroundings

Props = dict[str, Any]


def struct(props: Mapping[str, Any]) -> Struct:
    return ParseDict({key: one for key, one in props.items() if one is not None}, Struct())


@dataclass(slots=True, kw_only=True)
class Book:
    """One resource: its inputs and outputs as the engine would write them down."""

    host: Host
    provider: ResourceProvider
    inputs: Props = field(default_factory=dict)
    outputs: Props = field(default_factory=dict)
    id: str = ""

    def checked(self, news: Props) -> Props:
        return self._said(self.host.stub.Check, "inputs", olds=self.inputs, news=news)

    def differs(self, news: Props) -> bool:
        """Whether a preview of these inputs shows a change."""
        return self._changes(self.checked(news))

    def replaced(self, news: Props) -> list[str]:
        return sorted(self._diff(self.checked(news)).replaces)

    def up(self, news: Props) -> None:
        checked = self.checked(news)
        if not self.id:
            made = self.host.stub.Create(
                provider_pb2.CreateRequest(properties=struct(self._with_provider(checked)))
            )
            self.id, self.outputs = made.id, self._plain(made.properties)
        elif self._changes(checked):
            stub = self.host.stub.Update
            self.outputs = self._said(stub, "properties", olds=self.outputs, news=checked)
        self.inputs = checked

    def refresh(self) -> None:
        asked = struct(self._with_provider(self.outputs))
        found = self.host.stub.Read(provider_pb2.ReadRequest(id=self.id, properties=asked))
        self.id = found.id
        self.outputs, self.inputs = self._plain(found.properties), self._plain(found.inputs)

    def destroy(self) -> None:
        asked = struct(self._with_provider(self.outputs))
        self.host.stub.Delete(provider_pb2.DeleteRequest(id=self.id, properties=asked))

    def _changes(self, checked: Props) -> bool:
        return bool(self._diff(checked).changes == provider_pb2.DiffResponse.DIFF_SOME)

    def _diff(self, checked: Props) -> Any:
        olds, news = (struct(self._with_provider(one)) for one in (self.outputs, checked))
        return self.host.stub.Diff(provider_pb2.DiffRequest(id=self.id, olds=olds, news=news))

    def _said(self, call: Any, member: str, *, olds: Props, news: Props) -> Props:
        kind = provider_pb2.CheckRequest if member == "inputs" else provider_pb2.UpdateRequest
        asked = kind(olds=struct(self._with_provider(olds)), news=struct(self._with_provider(news)))
        return self._plain(getattr(call(asked), member))

    def _with_provider(self, props: Props) -> Props:
        return {**props, "__provider": serialize_provider(self.provider)} if props else {}

    def _plain(self, found: Struct) -> Props:
        return {key: one for key, one in MessageToDict(found).items() if key != "__provider"}


@dataclass(slots=True, kw_only=True)
class Host:
    """A running provider; `said` is what it wrote beside its answers, once it has ended."""

    stub: Any
    said: str = ""

    def book(self, provider: ResourceProvider) -> Book:
        return Book(host=self, provider=provider)


@contextmanager
def provider_host(served: Served, folder: Path) -> Iterator[Host]:
    """Pulumi's host of dynamic providers inside a project, attached to the sandbox."""
    environments = folder / "stacks" / "environments"
    environments.mkdir(parents=True)
    shutil.copy(ROOT / "stacks" / "environments" / "sandbox.yaml", environments)
    (folder / "Pulumi.yaml").write_text("name: trial\nruntime: python\n", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.dynamic"],
        cwd=folder / "stacks",
        env={**_surroundings(), **served.sandbox.variables, "PULUMI_PROJECT": "tenantry"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            config = struct({"tenantry:environment": "sandbox"})
            stub.Configure(provider_pb2.ConfigureRequest(args=config))
            made = Host(stub=stub)
            try:
                yield made
            finally:
                process.send_signal(2)
                _, made.said = process.communicate(timeout=30)
