from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from reconcile.errors import CredentialError, TransientError
from reconcile.graph.credentials import credential_for
from reconcile.model.tenants import (
    CredentialReference,
    GitHubFederation,
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
