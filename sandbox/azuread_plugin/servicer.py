"""Pulumi's engine on one side, Graph on the other: gRPC requests enter, gRPC answers leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import grpc
import httpx
from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.azuread_plugin.catalogue import VERSION, kind_of
from sandbox.azuread_plugin.graph import Graph, RefusedError, account, wait_until
from sandbox.azuread_plugin.kinds import Kind
from sandbox.azuread_plugin.values import (
    Properties,
    decoded,
    encoded,
    is_unknown,
    secret_names,
)

_Call = TypeVar("_Call", bound=Callable[..., Any])
_Change = provider_pb2.PropertyDiff


def _told(call: _Call) -> _Call:
    """Answer a refusal with its sentence, and nothing of Python around it."""

    @wraps(call)
    def answered(self: AzureAD, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return call(self, request, context)
        except RefusedError as problem:
            context.abort(grpc.StatusCode.UNKNOWN, str(problem))

    return answered  # type: ignore[return-value]


class AzureAD(provider_pb2_grpc.ResourceProviderServicer):
    """The provider. One process serves many `azuread.Provider`, told apart by their connection."""

    def __init__(self, client: httpx.Client, variables: Mapping[str, str]) -> None:
        """Take what speaks HTTPS, and the variables of the environment."""
        self._client = client
        self._variables = dict(variables)
        # The engine attaches each provider over a connection of its own, and no request but
        # `Configure` says which provider it belongs to.
        self._graphs: dict[str, Graph] = {}

    # The life of a provider

    def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        differs = decoded(request.olds) != decoded(request.news)
        return provider_pb2.DiffResponse(changes=_verdict(differs=differs))

    @_told
    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        arguments = {
            name.rpartition(":")[2]: value for name, value in dict(request.variables).items()
        }
        if request.args.fields:
            arguments = decoded(request.args)
        if not is_unknown(arguments):
            found = account(arguments, self._variables)
            self._graphs[context.peer()] = Graph(found, self._client)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def _graph(self, context: grpc.ServicerContext) -> Graph:
        peer = context.peer()
        if peer not in self._graphs:
            raise RefusedError(
                "azuread: this connection was never configured, or the sandbox was started anew "
                "since. Run the command again."
            )
        return self._graphs[peer]

    # What a program wants

    @_told
    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        kind = kind_of(request.urn)
        inputs = kind.with_defaults(decoded(request.news))
        failures = [
            provider_pb2.CheckFailure(property=name, reason=f"{name} {reason}.")
            for name, reason in kind.complaints(inputs)
        ]
        secret = secret_names(request.news) | kind.secret
        return provider_pb2.CheckResponse(inputs=encoded(inputs, secret), failures=failures)

    @_told
    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        kind = kind_of(request.urn)
        before, wanted = decoded(request.olds), decoded(request.news)
        changed = [
            name
            for name in kind.changes(before, wanted, decoded(request.old_inputs))
            if name not in request.ignoreChanges
        ]
        replaces = [name for name in changed if kind.arguments[name].settled]
        return provider_pb2.DiffResponse(
            changes=_verdict(differs=bool(changed)),
            diffs=changed,
            replaces=replaces,
            detailedDiff={
                name: _Change(kind=_kind_of_change(name, before, wanted, settled=name in replaces))
                for name in changed
            },
            hasDetailedDiff=True,
        )

    @_told
    def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:
        raise RefusedError(
            f"azuread: the sandbox's provider has no functions, and {request.tok} is one. Look up "
            "what it would tell in Graph, or use the official plugin."
        )

    # What is done

    @_told
    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        kind, wanted = kind_of(request.urn), decoded(request.properties)
        secret = secret_names(request.properties) | kind.secret
        if request.preview:
            later = dict.fromkeys(kind.computed, rpc.UNKNOWN)
            return provider_pb2.CreateResponse(properties=encoded({**later, **wanted}, secret))
        graph = self._graph(context)
        identity = kind.create(graph, wanted)
        made = _standing(kind, graph, identity, wanted)
        return provider_pb2.CreateResponse(id=identity, properties=encoded(made, secret))

    @_told
    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:
        kind = kind_of(request.urn)
        before, given = decoded(request.properties), decoded(request.inputs)
        found = kind.read(self._graph(context), request.id, {**given, **before})
        if found is None:
            return provider_pb2.ReadResponse()
        # An import knows no inputs yet: all that can be given is taken from what stands.
        names = given.keys() or kind.arguments.keys() & found.keys()
        inputs = {name: found.get(name, given.get(name)) for name in names}
        secret = secret_names(request.properties) | kind.secret
        return provider_pb2.ReadResponse(
            id=request.id, properties=encoded(found, secret), inputs=encoded(inputs, secret)
        )

    @_told
    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:
        kind = kind_of(request.urn)
        before, wanted = decoded(request.olds), decoded(request.news)
        secret = secret_names(request.news) | kind.secret
        if request.preview:
            return provider_pb2.UpdateResponse(properties=encoded({**before, **wanted}, secret))
        graph = self._graph(context)
        kind.update(graph, request.id, before, wanted)
        made = _standing(kind, graph, request.id, wanted)
        return provider_pb2.UpdateResponse(properties=encoded(made, secret))

    @_told
    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:
        kind = kind_of(request.urn)
        kind.delete(self._graph(context), request.id, decoded(request.properties))
        return empty_pb2.Empty()


def _standing(kind: Kind, graph: Graph, identity: str, wanted: Properties) -> Properties:
    """Read what was just written, once it has replicated."""
    found: list[Properties] = []

    def look() -> bool:
        read = kind.read(graph, identity, wanted)
        found.extend([] if read is None else [read])
        return bool(found)

    wait_until(look, f"the appearance of {identity}", agreeing=1)
    return found[0]


def _verdict(*, differs: bool) -> provider_pb2.DiffResponse.DiffChanges.ValueType:
    answers = provider_pb2.DiffResponse
    return answers.DIFF_SOME if differs else answers.DIFF_NONE


def _kind_of_change(
    name: str, before: Properties, wanted: Properties, *, settled: bool
) -> provider_pb2.PropertyDiff.Kind.ValueType:
    if not wanted.get(name):
        return _Change.DELETE_REPLACE if settled else _Change.DELETE
    if not before.get(name):
        return _Change.ADD_REPLACE if settled else _Change.ADD
    return _Change.UPDATE_REPLACE if settled else _Change.UPDATE
