"""Credentials: a tenant's reference and the process's variables enter, a credential leaves.

`azure.identity` is imported when a token is first needed, since it is slow to load.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, assert_never

import httpx

from reconcile.errors import CredentialError, TransientError
from reconcile.graph.client import AccessToken
from reconcile.model.tenants import (
    GitHubFederation,
    SecretFromFile,
    SecretFromVariable,
    Tenant,
    WorkloadTokenFile,
)

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_MICROSOFT = frozenset(
    {
        "https://login.microsoftonline.com",
        "https://login.microsoftonline.us",
        "https://login.chinacloudapi.cn",
        "https://login.partner.microsoftonline.cn",
    }
)
# Microsoft names the audiences of the national clouds without saying whether others are refused.
_AUDIENCES = {
    "https://login.microsoftonline.us": "api://AzureADTokenExchangeUSGov",
    "https://login.chinacloudapi.cn": "api://AzureADTokenExchangeChina",
    "https://login.partner.microsoftonline.cn": "api://AzureADTokenExchangeChina",
}
_AADSTS = re.compile(r"AADSTS\d+: [^.]*\.")
_GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
_GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - the name of a variable

# What azure-identity warns of is raised, too, and told once, in our words.
logging.getLogger("azure").addHandler(logging.NullHandler())


class TenantCredential:
    """A credential of azure-identity whose refusals are errors of our tree."""

    def __init__(self, tenant: Tenant, make: Callable[[], AsyncTokenCredential]) -> None:
        """`make` is called when the first token is asked for."""
        self._tenant = tenant
        self._make = make
        self._made: AsyncTokenCredential | None = None

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token, from azure-identity's cache while it is fresh.

        Raises:
            CredentialError: the authority refuses the credential.
            TransientError: the authority cannot be reached.
        """
        from azure.core.exceptions import (  # noqa: PLC0415 - slow to load
            ClientAuthenticationError,
            ServiceRequestError,
            ServiceResponseError,
        )

        if self._made is None:
            self._made = self._make()
        try:
            return await self._made.get_token(*scopes, **options)
        except ClientAuthenticationError as error:
            raise self._refused(str(error.message)) from error
        except (ServiceRequestError, ServiceResponseError) as error:
            host = httpx.URL(self._tenant.cloud.authority).host
            raise TransientError(
                f"{self._tenant.alias}: {host} cannot be reached for a token "
                f"({str(error.message).rstrip('.')}). Nothing was read or written. "
                "Check the network and the environment's cloud, then run it again.",
                tenant=self._tenant.alias,
            ) from error

    async def close(self) -> None:
        if self._made is not None:
            await self._made.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    def _refused(self, said: str) -> CredentialError:
        return CredentialError(
            f"{self._tenant.alias}: the authority refused the credential of app "
            f"{self._tenant.credential.client_id}: {_reason(said)} {_remedy(self._tenant)}, "
            f"then run `tenantry check {self._tenant.alias}`."
        )


def credential_for(tenant: Tenant, variables: Mapping[str, str]) -> TenantCredential:
    """The credential that a tenant's reference stands for.

    Raises:
        CredentialError: what the reference names is not there.
    """
    reference = tenant.credential
    match reference:
        case SecretFromVariable():
            secret = _variable(tenant, variables, reference.variable, "the client secret")
            return TenantCredential(tenant, lambda: _by_secret(tenant, secret))
        case SecretFromFile():
            kept = _from_file(tenant, reference.path, "the client secret")
            return TenantCredential(tenant, lambda: _by_secret(tenant, kept))
        case GitHubFederation():
            url = _variable(tenant, variables, _GITHUB_URL, "GitHub's address for tokens")
            bearer = _variable(tenant, variables, _GITHUB_TOKEN, "GitHub's permission to ask")
            return TenantCredential(
                tenant, lambda: _by_assertion(tenant, lambda: _from_github(tenant, url, bearer))
            )
        case WorkloadTokenFile():
            return TenantCredential(
                tenant,
                lambda: _by_assertion(
                    tenant, lambda: _from_file(tenant, reference.path, "the assertion")
                ),
            )
        case _:
            assert_never(reference)


def token_audience(tenant: Tenant) -> str:
    """What a federated token is made out to, in the tenant's cloud."""
    return _AUDIENCES.get(tenant.cloud.authority, "api://AzureADTokenExchange")


def _variable(tenant: Tenant, variables: Mapping[str, str], name: str, what: str) -> str:
    found = variables.get(name)
    if found:
        return found
    hint = " The job needs `permissions: id-token: write`." if name.startswith("ACTIONS_") else ""
    raise CredentialError(
        f"{tenant.alias}: the variable {name} is not set. It must hold {what} "
        f"for app {tenant.credential.client_id}.{hint} Set it, then run "
        f"`tenantry check {tenant.alias}`."
    )


def _options(tenant: Tenant) -> dict[str, Any]:
    authority = tenant.cloud.authority
    # Microsoft's instance discovery knows Microsoft's authorities only.
    return {"authority": authority, "disable_instance_discovery": authority not in _MICROSOFT}


def _by_secret(tenant: Tenant, secret: str) -> AsyncTokenCredential:
    from azure.identity.aio import ClientSecretCredential  # noqa: PLC0415 - slow to load

    return ClientSecretCredential(
        tenant.id, tenant.credential.client_id, secret, **_options(tenant)
    )


def _by_assertion(tenant: Tenant, assertion: Callable[[], str]) -> AsyncTokenCredential:
    from azure.identity.aio import ClientAssertionCredential  # noqa: PLC0415 - slow to load

    return ClientAssertionCredential(
        tenant.id, tenant.credential.client_id, assertion, **_options(tenant)
    )


def _from_github(tenant: Tenant, url: str, bearer: str) -> str:
    audience = token_audience(tenant)
    try:
        answer = httpx.get(
            url,
            params={**dict(httpx.URL(url).params), "audience": audience},
            headers={"Authorization": f"Bearer {bearer}"},
        ).raise_for_status()
        return str(answer.json()["value"])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise CredentialError(
            f"{tenant.alias}: GitHub gave no token for {audience} ({error}). Give the job "
            "`permissions: id-token: write`, then run it again."
        ) from error


def _from_file(tenant: Tenant, path: str, what: str) -> str:
    wanted = f"It must hold {what} of app {tenant.credential.client_id}. Mount it, then"
    try:
        found = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialError(
            f"{tenant.alias}: the file {path} cannot be read ({error}). {wanted} run it again."
        ) from error
    if not found:
        raise CredentialError(f"{tenant.alias}: the file {path} is empty. {wanted} run it again.")
    return found


def _remedy(tenant: Tenant) -> str:
    match tenant.credential:
        case SecretFromVariable(variable=variable):
            return f"Put a valid client secret into {variable}"
        case SecretFromFile(path=path):
            return f"Put a valid client secret into {path}"
        case GitHubFederation() | WorkloadTokenFile():
            return "Compare the app's federated credential with the token's issuer and subject"


def _reason(said: str) -> str:
    """The code and first sentence of a refusal; what follows are ids and times."""
    found = _AADSTS.search(said)
    line = found.group() if found else said.strip().split("\n")[0]
    return line if line.endswith(".") else f"{line}."
