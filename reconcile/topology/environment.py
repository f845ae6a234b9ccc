"""An environment file enters, its tenants leave: ids, clouds, references to credentials, names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reconcile.errors import Problem, TopologyError
from reconcile.model.tenants import (
    Alias,
    Cloud,
    CredentialReference,
    Environment,
    Federation,
    GitHubFederation,
    ObjectId,
    SecretFromFile,
    SecretFromVariable,
    StampChoice,
    Tenant,
    TenantId,
    WorkloadTokenFile,
)
from reconcile.topology.amounts import duration
from reconcile.topology.document import Document
from reconcile.topology.load import load_file
from reconcile.topology.schemas import environment_schema
from reconcile.topology.shape import shape_problems

SANDBOX_VARIABLE = "TENANTRY_SANDBOX_ORIGIN"
_SANDBOX_ORIGIN = "https://127.0.0.1:8443"

# Graph's national clouds; see
# https://learn.microsoft.com/graph/deployments#microsoft-graph-and-graph-explorer-service-root-endpoints
_CLOUDS = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            name="global",
            authority="https://login.microsoftonline.com",
            graph="https://graph.microsoft.com",
        ),
        Cloud(
            name="usgov",
            authority="https://login.microsoftonline.us",
            graph="https://graph.microsoft.us",
        ),
        Cloud(
            name="usgov-dod",
            authority="https://login.microsoftonline.us",
            graph="https://dod-graph.microsoft.us",
        ),
        Cloud(
            name="china",
            authority="https://login.chinacloudapi.cn",
            graph="https://microsoftgraph.chinacloudapi.cn",
        ),
    )
}


def load_environment(path: Path, variables: Mapping[str, str]) -> Environment:
    """The environment in a file. `variables` are the process's, for the sandbox's origin.

    Raises:
        TopologyError: the file is wrong, with every problem in it.
    """
    document = load_file(path)
    problems = list(document.problems)
    if document.whole:
        found, rest = shape_problems(document, environment_schema())
        problems += found
        if rest.whole:
            problems += _twice_bound(rest)
            problems += _former_names(rest)
    if problems:
        raise TopologyError(problems)
    return _environment(document.value, variables)


def _twice_bound(document: Document) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for alias, declared in document.value["tenants"].items():
        first = owners.setdefault(declared["id"].lower(), alias)
        if first != alias:
            where = ("tenants", alias, "id")
            message = f'this is the id of the tenant "{first}" too. Every tenant has its own.'
            yield document.problem(where, message)


def _former_names(document: Document) -> Iterator[Problem]:
    """A former name that another tenant has would make two tenants' resources one."""
    owners: dict[str, str] = {}
    tenants = document.value["tenants"]
    for alias, declared in tenants.items():
        for place, name in enumerate(declared.get("formerly", ())):
            where = ("tenants", alias, "formerly", place)
            first = owners.setdefault(name, alias)
            if name in tenants:
                message = f'"{name}" is the name of a tenant now. Leave it out.'
                yield document.problem(where, message)
            elif first != alias:
                message = f'"{name}" is a former name of "{first}" too. Keep the one that is true.'
                yield document.problem(where, message)


def _environment(declared: Mapping[str, Any], variables: Mapping[str, str]) -> Environment:
    properties = environment_schema()["properties"]
    cloud = declared.get("cloud", properties["cloud"]["default"])
    return Environment(
        name=declared["name"],
        settle=duration(declared.get("settle", properties["settle"]["default"])),
        topologies=tuple(declared.get("topologies", properties["topologies"]["default"])),
        tenants={
            Alias(alias): _tenant(
                Alias(alias), tenant, _cloud(tenant.get("cloud", cloud), variables)
            )
            for alias, tenant in sorted(declared["tenants"].items())
        },
    )


def _cloud(name: str, variables: Mapping[str, str]) -> Cloud:
    if name != "sandbox":
        return _CLOUDS[name]
    served_at = variables.get(SANDBOX_VARIABLE, _SANDBOX_ORIGIN).rstrip("/")
    return Cloud(name=name, authority=served_at, graph=served_at)


def _tenant(alias: Alias, declared: Mapping[str, Any], cloud: Cloud) -> Tenant:
    stamp = declared.get("stamp", {})
    owner = stamp.get("owner")
    return Tenant(
        alias=alias,
        id=TenantId(declared["id"].lower()),
        cloud=cloud,
        credential=_credential(declared["credential"]),
        stamp=StampChoice(owner=owner.lower() if owner else None, attribute=stamp.get("attribute")),
        groups=_ids(declared.get("groups", {})),
        users=_ids(declared.get("users", {})),
        formerly=tuple(Alias(name) for name in declared.get("formerly", ())),
        federation=_federation(declared.get("federation")),
    )


def _credential(declared: Mapping[str, Any]) -> CredentialReference:
    client_id = declared["client_id"].lower()
    if "secret_variable" in declared:
        return SecretFromVariable(client_id=client_id, variable=declared["secret_variable"])
    if "secret_file" in declared:
        return SecretFromFile(client_id=client_id, path=declared["secret_file"])
    if "token_file" in declared:
        return WorkloadTokenFile(client_id=client_id, path=declared["token_file"])
    return GitHubFederation(client_id=client_id)


def _federation(declared: Mapping[str, Any] | None) -> Federation | None:
    if declared is None:
        return None
    known = environment_schema()["$defs"]["tenant"]["properties"]["federation"]["properties"]
    return Federation(
        application=ObjectId(declared["application"].lower()),
        issuer=declared.get("issuer", known["issuer"]["default"]),
        subjects=dict(sorted(declared["subjects"].items())),
    )


def _ids(names: Mapping[str, str]) -> dict[str, ObjectId]:
    return {name: ObjectId(guid.lower()) for name, guid in sorted(names.items())}
