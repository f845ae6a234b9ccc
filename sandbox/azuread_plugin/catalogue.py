"""The resource types that are served, by their Pulumi tokens."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.azuread_plugin.applications import APPLICATION, FEDERATED_CREDENTIAL
from sandbox.azuread_plugin.graph import RefusedError
from sandbox.azuread_plugin.groups import GROUP
from sandbox.azuread_plugin.kinds import Kind
from sandbox.azuread_plugin.principals import APP_ROLE_ASSIGNMENT, SERVICE_PRINCIPAL
from sandbox.azuread_plugin.synchronization import SYNCHRONIZATION_JOB, SYNCHRONIZATION_SECRET
from sandbox.azuread_plugin.templates import APPLICATION_FROM_TEMPLATE

# The release of pulumi-azuread whose properties and defaults the kinds follow.
VERSION = "6.11.1"


def _token(name: str) -> str:
    return f"azuread:index/{name[0].lower()}{name[1:]}:{name}"


KINDS: Mapping[str, Kind] = {
    _token("AppRoleAssignment"): APP_ROLE_ASSIGNMENT,
    _token("Application"): APPLICATION,
    _token("ApplicationFederatedIdentityCredential"): FEDERATED_CREDENTIAL,
    _token("ApplicationFromTemplate"): APPLICATION_FROM_TEMPLATE,
    _token("Group"): GROUP,
    _token("ServicePrincipal"): SERVICE_PRINCIPAL,
    _token("SynchronizationJob"): SYNCHRONIZATION_JOB,
    _token("SynchronizationSecret"): SYNCHRONIZATION_SECRET,
}


def kind_of(urn: str) -> Kind:
    """Return the type of a resource, which its URN names.

    Raises:
        RefusedError: it is not served.
    """
    token = urn.split("::")[2].rpartition("$")[2]
    if token not in KINDS:
        raise RefusedError(
            f"{urn}: the sandbox's azuread provider has no {token}. It serves "
            f"{', '.join(sorted(KINDS))}. Use the official plugin for others."
        )
    return KINDS[token]
