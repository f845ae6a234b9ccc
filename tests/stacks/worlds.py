"""Estates for tests of the program: topologies enter, the resources that they yield leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

from reconcile.model.tenants import Environment, ObjectId, Tenant
from reconcile.topology.compile import compile_topologies
from reconcile.topology.environment import load_environment
from reconcile.topology.load import read_document
from reconcile.topology.validate import check
from stacks.program import build

ROOT = Path(__file__).parents[2]
ROLE = {"id": "role", "displayName": "msiam_access", "enabled": True}
OUTPUTS: Mapping[str, Mapping[str, Any]] = {
    "azuread:index/applicationFromTemplate:ApplicationFromTemplate": {
        "servicePrincipalObjectId": "principal"
    },
    "azuread:index/servicePrincipal:ServicePrincipal": {
        "objectId": "principal",
        "appRoles": [{**ROLE, "allowedMemberTypes": ["User"]}],
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """Graph's answers: client ids are made of principals, and links are as closed as told."""

    off: tuple[str, ...] = ()

    async def client_id(self, tenant: Tenant, principal: ObjectId) -> str:
        return f"client of {principal} in {tenant.alias}"

    async def closed(self, source: Tenant, target: Tenant) -> tuple[str, ...]:
        return self.off


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One resource as the program declares it."""

    type: str
    name: str
    parent: str
    custom: bool
    inputs: Mapping[str, Any]
    provider: str
    aliases: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True)
class Answers(mocks.Mocks):
    """What providers answer: outputs are inputs, and what only a tenant can say."""

    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: OUTPUTS)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"id of {args.name}", {**args.inputs, **self.outputs.get(args.typ, {})}

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"the program asks a provider for {args.token}")


class Engine(mocks.MockMonitor):
    """Pulumi's engine as a program sees it; it writes down what it is told."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(answers)
        self.declared: list[Declared] = []
        self.exported: dict[str, Any] = {}

    def RegisterResource(  # noqa: N802 - gRPC's name
        self, request: Any
    ) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object)
            inputs.pop("__provider", None)
            self.declared.append(
                Declared(
                    type=request.type,
                    name=request.name,
                    parent=_last(request.parent),
                    custom=request.custom,
                    inputs=inputs,
                    provider=_last(request.provider.rpartition("::")[0]),
                    aliases=tuple(sorted(one.spec.name for one in request.aliases)),
                    after=tuple(sorted(_last(one) for one in request.dependencies)),
                )
            )
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def RegisterResourceOutputs(  # noqa: N802 - gRPC's name
        self, request: Any
    ) -> Any:
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            self.exported = MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def _last(urn: str) -> str:
    """The last type and the name of a URN."""
    return " ".join(urn.split("::")[2:]).rpartition("$")[2]


def sandbox() -> Environment:
    return load_environment(ROOT / "stacks" / "environments" / "sandbox.yaml", {})


def declared(
    *topologies: str, environment: Environment | None = None, lookups: Lookups | None = None
) -> Engine:
    """What the program tells the engine for topologies."""
    documents = [read_document(text, f"{place}.yaml") for place, text in enumerate(topologies)]
    bound = environment or sandbox()
    assert check(documents, bound) == []
    engine = Engine(Answers())
    mocks.set_mocks(Answers(), project="tenantry", stack="test", preview=False, monitor=engine)
    links = compile_topologies(documents)
    _sync_await(run_pulumi_func(lambda: build(bound, links, lookups or Lookups())))
    return engine


__all__ = ["ROLE", "Declared", "Lookups", "declared", "pulumi", "resource_pb2", "sandbox"]
