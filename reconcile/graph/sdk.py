"""Microsoft's SDK for single objects of the control plane: a client of ours enters, theirs leaves.

The generated models take a second to import and ten milliseconds a user, so no bulk read and no
command that runs often goes this way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import msgspec

from reconcile.graph.calls import Answer, Call
from reconcile.graph.client import GraphClient
from reconcile.graph.failures import error_for, unreachable


class _Borrowed(httpx.AsyncBaseTransport):
    """Sends through a client whose connections end with it.

    The transport that msgraph-core puts around a client's own one never closes it, so a client
    made for the SDK alone would leave its sockets open.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._http.send(request, stream=True)


@asynccontextmanager
async def service(client: GraphClient) -> AsyncIterator[Any]:
    """A `GraphServiceClient` of the same tenant, with the SDK's own middleware."""
    from kiota_authentication_azure.azure_identity_authentication_provider import (  # noqa: PLC0415
        AzureIdentityAuthenticationProvider,
    )
    from msgraph import GraphRequestAdapter, GraphServiceClient  # noqa: PLC0415 - slow to load
    from msgraph_core import (  # type: ignore[import-untyped]  # noqa: PLC0415
        GraphClientFactory,
    )

    origin = client.tenant.cloud.graph
    provider = AzureIdentityAuthenticationProvider(
        client.credential,
        scopes=[client.scope],
        allowed_hosts=[httpx.URL(origin).host],
    )
    async with httpx.AsyncClient(transport=_Borrowed(client.http)) as http:
        adapter = GraphRequestAdapter(
            provider, GraphClientFactory.create_with_default_middleware(client=http)
        )
        adapter.base_url = f"{origin}/v1.0"
        yield GraphServiceClient(request_adapter=adapter)


@contextmanager
def judged(client: GraphClient, call: Call) -> Iterator[None]:
    """Turn the SDK's refusals of one call into errors of our tree.

    Raises:
        ReconcileError: Graph refused, or cannot be reached.
    """
    from kiota_abstractions.api_error import APIError  # noqa: PLC0415 - slow to load

    try:
        yield
    except APIError as error:
        raise error_for(client.alias, call, _answer(error)) from error
    except httpx.TransportError as error:
        host = httpx.URL(client.tenant.cloud.graph).host
        raise unreachable(client.alias, host, str(error) or type(error).__name__) from error


def _answer(error: Any) -> Answer:
    """The answer that an exception of the SDK was made of."""
    main = getattr(error, "error", None)
    inner = getattr(main, "inner_error", None)
    body = {
        "error": {
            "code": getattr(main, "code", None),
            "message": getattr(main, "message", None) or getattr(error, "message", None),
            "innerError": {"request-id": getattr(inner, "request_id", None)},
        }
    }
    return Answer(status=error.response_status_code or 0, body=msgspec.json.encode(body))
