"""Tenants and the process's variables enter; arguments for the azuread provider leave.

Nothing secret is ever an argument, since arguments are written into the state. What is secret the
provider reads by itself: a file, GitHub's token, or ARM_CLIENT_SECRET. That variable counts for
every provider of a run, so it must be right for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never
from urllib.parse import urlsplit

from reconcile.errors import CredentialError
from reconcile.model.tenants import (
    Cloud,
    GitHubFederation,
    SecretFromFile,
    SecretFromVariable,
    Tenant,
    WorkloadTokenFile,
)

SECRET = "ARM_CLIENT_SECRET"  # noqa: S105 - the name of a variable

# The provider's names of Graph's national clouds.
_CLOUDS = {
    "global": "global",
    "usgov": "usgovernmentl4",
    "usgov-dod": "usgovernmentl5",
    "china": "china",
}
_WAYS_OUT = (
    "Give each tenant a `secret_file`, `github: true` or a `token_file` in the environment, or "
    "split it into environments whose tenants share a secret."
)


def provider_arguments(tenant: Tenant) -> dict[str, Any]:
    """How the azuread provider reaches a tenant, and where it finds what proves who we are."""
    return {
        "tenant_id": tenant.id,
        "client_id": tenant.credential.client_id,
        "use_cli": False,
        "use_msi": False,
        **_place(tenant.cloud),
        **_proof(tenant),
    }


def _place(cloud: Cloud) -> dict[str, str]:
    if cloud.name in _CLOUDS:
        return {"environment": _CLOUDS[cloud.name]}
    return {"metadata_host": urlsplit(cloud.authority).netloc}


def _proof(tenant: Tenant) -> dict[str, Any]:
    match tenant.credential:
        case SecretFromVariable():
            return {}
        case SecretFromFile(path=path):
            return {"client_secret_file_path": path}
        case WorkloadTokenFile(path=path):
            return {"use_oidc": True, "oidc_token_file_path": path}
        case GitHubFederation():
            return {"use_oidc": True}
        case _:
            assert_never(tenant.credential)


def check_secrets(tenants: Sequence[Tenant], variables: Mapping[str, str]) -> None:
    """Refuse to start where ARM_CLIENT_SECRET is wrong for a tenant that has azuread resources.

    Raises:
        CredentialError: it is missing, another secret, or would be used in place of a token.
    """
    given = variables.get(SECRET)
    named = {
        tenant.alias: tenant.credential.variable
        for tenant in tenants
        if isinstance(tenant.credential, SecretFromVariable)
    }
    others = sorted(tenant.alias for tenant in tenants if tenant.alias not in named)
    wrong = [f"{alias} ({name})" for alias, name in named.items() if given != variables.get(name)]
    if named and not given:
        raise CredentialError(
            f"{', '.join(sorted(named))}: {SECRET} is not set, and the azuread provider reads a "
            f"client secret from no other variable. Set it to the value of "
            f"{', '.join(sorted(set(named.values())))}. {_WAYS_OUT}"
        )
    if wrong:
        raise CredentialError(
            f"{', '.join(sorted(wrong))}: the variable in brackets holds another value than "
            f"{SECRET}, or none, and the azuread provider knows one secret for all tenants. "
            f"{_WAYS_OUT}"
        )
    if given and others:
        # The provider prefers a secret to a token, and refuses one that differs from a file's.
        raise CredentialError(
            f"{', '.join(others)}: {SECRET} is set, and the azuread provider would take it for "
            f"what proves who we are there. Unset it. {_WAYS_OUT}"
        )
