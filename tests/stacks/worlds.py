"""Estates for tests of the program: topologies enter, the resources that they yield leave."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.settings import get_root_resource
from pulumi.runtime.stack import Stack, run_pulumi_func

from reconcile.model.links import Engine as LinkEngine
from reconcile.model.tenants import Alias, Environment, ObjectId, Tenant
from reconcile.topology.compile import compile_topologies
from reconcile.topology.environment import load_environment
from reconcile.topology.load import read_document
from reconcile.topology.validate import check
from stacks.adoption import Found
from stacks.program import build

ROOT = Path(__file__).parents[2]
EMPLOYEES = "99bf077f-1931-5619-8cd3-152e2f97b2a9"
CEO = "743a5d14-0ad6-5988-b132-169c770e2537"
ONE = """\
version: 1
name: one
shape: single-to-single
source: contoso
target: fabrikam
sync: {scope: {assigned: {groups: [employees]}}}
policy: {automatic_redemption: true}
"""
_SECRET = "4dabf18193072939515e22adb298388d"  # Pulumi's mark of a secret value
_OUTPUTS: Mapping[str, Mapping[str, Any]] = {
    "azuread:index/applicationFromTemplate:ApplicationFromTemplate": {
        "servicePrincipalObjectId": "principal"
    },
    "azuread:index/servicePrincipal:ServicePrincipal": {
        "objectId": "principal",
        "appRoles": [
            {"id": "other", "displayName": "Admin", "enabled": True, "allowedMemberTypes": ["User"]}
        ],
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """Graph's answers: client ids are made of principals, and links are as closed as told."""

    off: tuple[str, ...] = ()
    standing: Mapping[str, Found] = field(default_factory=dict)

    def apps(self, tenant: Tenant, titles: Mapping[str, LinkEngine]) -> Mapping[str, Found]:
        return {title: self.standing[title] for title in titles.keys() & self.standing.keys()}

    async def client_id(self, tenant: Tenant, principal: ObjectId) -> str:
        return f"client of {principal} in {tenant.alias}"

    async def closed(self, source: Tenant, target: Tenant) -> tuple[str, ...]:
        return self.off


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One resource as the program declares it; others are named by their last type and name."""

    type: str
    name: str
    parent: str
    custom: bool
    inputs: Mapping[str, Any]
    provider: str
    aliases: tuple[str, ...]
    after: tuple[str, ...]
    imported: str

    @property
    def title(self) -> str:
        return f"{self.type} {self.name}"

    @property
    def kind(self) -> str:
        return self.type.rpartition(":")[2]


@dataclass(slots=True)
class Answers(mocks.Mocks):
    """What providers answer: outputs are inputs, and what only a tenant can say."""

    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _OUTPUTS)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"id of {args.name}", {**args.inputs, **self.outputs.get(args.typ, {})}

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"the program asks a provider for {args.token}")


class Engine(mocks.MockMonitor):
    """Pulumi's engine as a program sees it; it writes down what it is told."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(answers)
        self.declared: list[Declared] = []
        self.outputs: dict[str, Any] = {}
        self.warnings: list[str] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object)
            inputs.pop("__provider", None)
            self.declared.append(
                Declared(
                    type=request.type,
                    name=request.name,
                    parent=_last(request.parent),
                    custom=request.custom,
                    inputs={key: _plain(value) for key, value in sorted(inputs.items())},
                    provider=_last(request.provider.rpartition("::")[0]),
                    aliases=tuple(sorted(one.spec.name for one in request.aliases)),
                    after=tuple(sorted(_last(one) for one in request.dependencies)),
                    imported=request.importId,
                )
            )
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def of_kind(self, kind: str) -> list[Declared]:
        return sorted((one for one in self.declared if one.kind == kind), key=lambda d: d.name)

    def one(self, kind: str) -> Declared:
        (found,) = self.of_kind(kind)
        return found

    def tree(self) -> str:
        """The resources as a text, children under their parents."""
        return "\n".join(self._branch("", "pulumi:pulumi:Stack tenantry-test"))

    def _branch(self, indent: str, parent: str) -> Iterator[str]:
        for one in sorted(self.declared, key=lambda each: each.title):
            if one.parent == parent:
                yield f"{indent}{one.title}"
                for key, value in one.inputs.items():
                    yield f"{indent}    {key} = {json.dumps(value, sort_keys=True)}"
                if one.after:
                    yield f"{indent}    after {', '.join(one.after)}"
                yield from self._branch(f"{indent}  ", one.title)


class _Heard(logging.Handler):
    def __init__(self, warnings: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._warnings = warnings

    def emit(self, record: logging.LogRecord) -> None:
        self._warnings.append(record.getMessage())


def _plain(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and _SECRET in value else value


def _last(urn: str) -> str:
    """The last type and the name of a URN."""
    if not urn:
        return ""
    types, name = urn.split("::")[2:4]
    return f"{types.rpartition('$')[2]} {name}"


def sandbox() -> Environment:
    return load_environment(ROOT / "stacks" / "environments" / "sandbox.yaml", {})


def with_tenant(alias: str, environment: Environment | None = None, **changes: Any) -> Environment:
    """The environment with one of its tenants changed."""
    known = environment or sandbox()
    changed = replace(known.tenants[Alias(alias)], **changes)
    return replace(known, tenants={**known.tenants, Alias(alias): changed})


def example(name: str) -> str:
    return (ROOT / "topologies" / f"{name}.yaml").read_text("utf-8")


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop for all engines: the threads in which Pulumi's mocks answer live as long as it."""
    return asyncio.new_event_loop()


def declared(
    *topologies: str,
    environment: Environment | None = None,
    lookups: Lookups | None = None,
    answers: Answers | None = None,
) -> Engine:
    """What the program tells the engine for topologies."""
    documents = [read_document(text, f"{place}.yaml") for place, text in enumerate(topologies)]
    bound = environment or sandbox()
    assert check(documents, bound) == []
    links = compile_topologies(documents)
    engine = Engine(answers or Answers())
    logger = logging.getLogger("tests.stacks.engine")
    logger.handlers[:] = [_Heard(engine.warnings)]

    async def play() -> None:
        mocks.set_mocks(
            engine.mocks, "tenantry", "test", preview=False, monitor=engine, logger=logger
        )
        await run_pulumi_func(lambda: build(bound, links, lookups or Lookups()))
        stack = get_root_resource()
        assert isinstance(stack, Stack)
        engine.outputs = await pulumi.Output.from_input(stack.outputs).future() or {}

    loop = _loop()
    asyncio.set_event_loop(loop)  # an earlier test may have closed the thread's own
    loop.run_until_complete(play())
    return engine
