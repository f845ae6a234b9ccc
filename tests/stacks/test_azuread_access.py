"""Nothing secret is an argument, and ARM_CLIENT_SECRET is right for every tenant or refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from reconcile.errors import CredentialError
from reconcile.model.tenants import (
    Alias,
    Cloud,
    CredentialReference,
    GitHubFederation,
    SecretFromFile,
    SecretFromVariable,
    Tenant,
    WorkloadTokenFile,
)
from stacks.azuread_access import check_secrets, provider_arguments
from tests.stacks.worlds import sandbox

CONTOSO = sandbox().tenants[Alias("contoso")]
FABRIKAM = sandbox().tenants[Alias("fabrikam")]


def known_by(reference: CredentialReference, tenant: Tenant = CONTOSO) -> Tenant:
    return replace(tenant, credential=reference)


def by_variable(name: str, tenant: Tenant = CONTOSO) -> Tenant:
    return known_by(SecretFromVariable(client_id="app", variable=name), tenant)


@pytest.mark.parametrize(
    ("reference", "arguments"),
    [
        (SecretFromVariable(client_id="app", variable="SECRET"), {}),
        (SecretFromFile(client_id="app", path="/s"), {"client_secret_file_path": "/s"}),
        (
            WorkloadTokenFile(client_id="app", path="/t"),
            {"use_oidc": True, "oidc_token_file_path": "/t"},
        ),
        (GitHubFederation(client_id="app"), {"use_oidc": True}),
    ],
)
def test_a_credential_is_named_and_never_given(
    reference: CredentialReference, arguments: dict[str, object]
) -> None:
    found = provider_arguments(known_by(reference))

    common = {"tenant_id", "client_id", "use_cli", "use_msi", "metadata_host"}
    assert {key: value for key, value in found.items() if key not in common} == arguments


def test_the_sandbox_is_reached_at_its_origin() -> None:
    assert provider_arguments(CONTOSO)["metadata_host"] == "127.0.0.1:8443"


@pytest.mark.parametrize(
    ("name", "azuread"),
    [
        ("global", "global"),
        ("usgov", "usgovernmentl4"),
        ("usgov-dod", "usgovernmentl5"),
        ("china", "china"),
    ],
)
def test_a_cloud_has_the_provider_s_name(name: str, azuread: str) -> None:
    cloud = Cloud(name=name, authority="https://login", graph="https://graph")

    found = provider_arguments(replace(CONTOSO, cloud=cloud))

    assert found["environment"] == azuread
    assert "metadata_host" not in found


def test_one_secret_for_all_is_the_provider_s_variable() -> None:
    variables = {"ONE": "same", "TWO": "same", "ARM_CLIENT_SECRET": "same"}

    check_secrets([by_variable("ONE"), by_variable("TWO", FABRIKAM)], variables)


def test_a_missing_variable_of_the_provider_is_refused_before_anything_is_made() -> None:
    with pytest.raises(CredentialError, match=r"contoso: ARM_CLIENT_SECRET is not set.*of ONE\."):
        check_secrets([by_variable("ONE")], {"ONE": "secret"})


def test_tenants_with_another_secret_are_named_with_the_ways_out() -> None:
    variables = {"ONE": "one", "TWO": "two", "ARM_CLIENT_SECRET": "one"}

    with pytest.raises(CredentialError, match=r"^fabrikam \(TWO\): .*secret_file.*split it"):
        check_secrets([by_variable("ONE"), by_variable("TWO", FABRIKAM)], variables)


def test_a_secret_is_never_said() -> None:
    with pytest.raises(CredentialError) as refused:
        check_secrets([by_variable("ONE")], {"ONE": "hunter2", "ARM_CLIENT_SECRET": "hunter3"})

    assert not re.search("hunter", str(refused.value))


def test_a_tenant_with_a_token_refuses_the_variable_that_would_win() -> None:
    tenant = known_by(GitHubFederation(client_id="app"))

    with pytest.raises(CredentialError, match="contoso: ARM_CLIENT_SECRET is set"):
        check_secrets([tenant], {"ARM_CLIENT_SECRET": "left over"})


def test_tokens_and_files_need_no_variable() -> None:
    tenants = [
        known_by(GitHubFederation(client_id="app")),
        known_by(SecretFromFile(client_id="app", path="/s"), FABRIKAM),
    ]

    check_secrets(tenants, {})
