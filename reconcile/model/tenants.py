"""Tenants and how to reach them: ids, clouds, credential references, environments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NewType

Alias = NewType("Alias", str)
"""A tenant's name in topology files, such as `contoso`."""

TenantId = NewType("TenantId", str)
"""A tenant's id in Entra: a lower-case guid."""

ObjectId = NewType("ObjectId", str)
"""The id of a directory object: a lower-case guid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """The two origins of one Entra cloud, without a trailing slash."""

    name: str
    authority: str
    graph: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFromVariable:
    """A client secret that the environment variable `variable` holds at run time."""

    client_id: str
    variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFromFile:
    """A client secret that is mounted as the file `path`."""

    client_id: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubFederation:
    """A federated credential: GitHub's OIDC token is exchanged at the tenant's authority."""

    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadTokenFile:
    """A federated credential whose assertion is projected into the file `path`."""

    client_id: str
    path: str


CredentialReference = SecretFromVariable | SecretFromFile | GitHubFederation | WorkloadTokenFile


@dataclass(frozen=True, slots=True, kw_only=True)
class StampChoice:
    """Where ownership is written: two directory extensions, or one `extensionAttributeN`.

    `owner` is the client id of the application that owns the extensions; None means that it is
    found in the tenant by its tag. `attribute` names the fallback, such as `extensionAttribute15`.
    """

    owner: str | None = None
    attribute: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """Whose tokens the deploy identity accepts, as federated credentials of its application.

    `application` is the object id of the application that the tenant's credential names;
    `subjects` are the exact subjects of the tokens, by the names of the federated credentials.
    """

    application: ObjectId
    issuer: str
    subjects: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """One tenant as an environment binds it; `formerly` are aliases that it had before."""

    alias: Alias
    id: TenantId
    cloud: Cloud
    credential: CredentialReference
    stamp: StampChoice = StampChoice()
    groups: Mapping[str, ObjectId] = field(default_factory=dict)
    users: Mapping[str, ObjectId] = field(default_factory=dict)
    formerly: tuple[Alias, ...] = ()
    federation: Federation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The tenants of one environment; `settle` is how long our own writes are not judged.

    `topologies` are the files and folders that belong to it, relative to the project's root.
    """

    name: str
    tenants: Mapping[Alias, Tenant]
    settle: timedelta = timedelta(minutes=5)
    topologies: tuple[str, ...] = ("topologies",)
