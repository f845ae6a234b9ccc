"""What the provider refuses when the engine asks, with the sentence that a person then reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import httpx
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.azuread_plugin.servicer import AzureAD
from sandbox.azuread_plugin.serving import PortTakenError, listening
from sandbox.azuread_plugin.values import encoded

ID = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"


@pytest.fixture
def port() -> Iterator[int]:
    with httpx.Client() as client, listening(AzureAD(client, {})) as taken:
        yield taken


@pytest.fixture
def provider(port: int) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)


def urn(name: str) -> str:
    return f"urn:pulumi:trial::trial::azuread:index/{name[0].lower()}{name[1:]}:{name}::it"


def checked(
    provider: provider_pb2_grpc.ResourceProviderStub, name: str, **given: Any
) -> dict[str, str]:
    asked = provider_pb2.CheckRequest(urn=urn(name), news=encoded(given))
    return {one.property: one.reason for one in provider.Check(asked).failures}


def test_a_missing_argument(provider: provider_pb2_grpc.ResourceProviderStub) -> None:
    assert checked(provider, "ApplicationFromTemplate", templateId=ID) == {
        "displayName": "displayName is required, and was not given."
    }


def test_an_argument_that_is_not_served(
    provider: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    failures = checked(provider, "Application", displayName="x", supportUrl="https://a.example")

    assert "supportUrl is not served by the sandbox's azuread provider" in failures["supportUrl"]


def test_an_id_of_another_form(provider: provider_pb2_grpc.ResourceProviderStub) -> None:
    failures = checked(
        provider, "SynchronizationJob", servicePrincipalId=ID, templateId="Azure2Azure"
    )

    assert "expected /servicePrincipals/OBJECT-ID" in failures["servicePrincipalId"]


def test_a_type_that_is_not_served(provider: provider_pb2_grpc.ResourceProviderStub) -> None:
    with pytest.raises(grpc.RpcError, match="provider has no azuread:index/user:User"):
        provider.Check(provider_pb2.CheckRequest(urn=urn("User")))


def test_a_function(provider: provider_pb2_grpc.ResourceProviderStub) -> None:
    with pytest.raises(grpc.RpcError, match="has no functions"):
        provider.Invoke(provider_pb2.InvokeRequest(tok="azuread:index/getUser:getUser"))


def test_a_cloud_that_is_not_the_sandbox(
    provider: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    given = {"tenantId": ID, "clientId": ID, "metadataHost": "management.azure.com"}

    with pytest.raises(grpc.RpcError, match="serves the sandbox only"):
        provider.Configure(provider_pb2.ConfigureRequest(args=encoded(given)))


def test_a_connection_that_was_never_configured(
    provider: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    asked = provider_pb2.ReadRequest(urn=urn("ServicePrincipal"), id=f"/servicePrincipals/{ID}")

    with pytest.raises(grpc.RpcError, match="never configured"):
        provider.Read(asked)


def test_a_port_that_is_taken(port: int) -> None:
    with (
        httpx.Client() as client,
        pytest.raises(PortTakenError, match="is taken"),
        listening(AzureAD(client, {}), port),
    ):
        pass
