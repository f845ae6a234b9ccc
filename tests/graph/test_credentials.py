from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from reconcile.errors import CredentialError, TransientError
from reconcile.graph.credentials import credential_for
from reconcile.model.tenants import (
    CredentialReference,
    GitHubFederation,
    SecretFromFile,
    Tenant,
    WorkloadTokenFile,
)
from tests.graph.worlds import tenant

NOWHERE = "https://127.0.0.1:9"


def a_tenant(reference: CredentialReference | None = None, origin: str = NOWHERE) -> Tenant:
    made = tenant("fabrikam", origin)
    return made if reference is None else replace(made, credential=reference)


async def a_token(bound: Tenant, **variables: str) -> str:
    credential = credential_for(bound, variables)
    try:
        return (await credential.get_token(f"{bound.cloud.graph}/.default")).token
    finally:
        await credential.close()


def test_a_missing_variable_is_named_with_what_it_must_hold() -> None:
    with pytest.raises(CredentialError) as caught:
        credential_for(a_tenant(), {})

    assert str(caught.value) == (
        "fabrikam: the variable TENANTRY_SANDBOX_SECRET is not set. It must hold the client secret "
        f"for app {a_tenant().credential.client_id}. Set it, then run `tenantry check fabrikam`."
    )


def test_a_workflow_without_the_right_to_ask_is_told_which_right() -> None:
    with pytest.raises(CredentialError, match="id-token: write"):
        credential_for(a_tenant(GitHubFederation(client_id="app")), {})


def test_an_authority_that_is_not_there_is_named() -> None:
    with pytest.raises(TransientError, match=r"127\.0\.0\.1 cannot be reached for a token"):
        asyncio.run(a_token(a_tenant(), TENANTRY_SANDBOX_SECRET="s"))


def test_a_token_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "token"
    reference = WorkloadTokenFile(client_id="app", path=str(missing))

    with pytest.raises(CredentialError, match="cannot be read"):
        asyncio.run(a_token(a_tenant(reference)))


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    reference = SecretFromFile(client_id="app", path=str(tmp_path / "secret"))

    with pytest.raises(CredentialError, match="the client secret of app app"):
        credential_for(a_tenant(reference), {})


def test_an_empty_secret_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    reference = SecretFromFile(client_id="app", path=str(tmp_path / "secret"))

    with pytest.raises(CredentialError, match="is empty"):
        credential_for(a_tenant(reference), {})


@contextmanager
def a_token_source(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A place that hands out tokens as GitHub's does, and the requests it got."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers['Authorization']}")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token?api-version=2", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def from_github(url: str) -> str:
    variables = {"ACTIONS_ID_TOKEN_REQUEST_URL": url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "bearer"}
    return asyncio.run(a_token(a_tenant(GitHubFederation(client_id="app")), **variables))


def test_a_workflow_asks_for_the_audience_of_entra() -> None:
    # The assertion is got, and there is no authority to exchange it.
    refused = pytest.raises(TransientError, match="cannot be reached for a token")

    with a_token_source(200, b'{"value":"assertion"}') as (url, asked), refused:
        from_github(url)

    assert asked[0] == (
        "/token?api-version=2&audience=api%3A%2F%2FAzureADTokenExchange Bearer bearer"
    )


@pytest.mark.parametrize(("status", "body"), [(403, b""), (200, b"<html>"), (200, b"{}")])
def test_a_workflow_that_gets_no_token_is_told_what_it_needs(status: int, body: bytes) -> None:
    with a_token_source(status, body) as (url, _), pytest.raises(CredentialError, match="id-token"):
        from_github(url)
