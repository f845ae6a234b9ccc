"""The control plane of one tenant: a client enters, what the tenant says about itself leaves."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import msgspec

from reconcile.errors import PermanentError
from reconcile.graph.calls import Call, query
from reconcile.graph.client import GraphClient
from reconcile.graph.sdk import judged, service
from reconcile.model.tenants import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A tenant by its own words."""

    id: TenantId
    name: str


async def verified_domains(client: GraphClient) -> frozenset[str]:
    """The tenant's verified domains, lower-cased.

    Raises:
        DirectoryError: the tenant does not say; no address could be trusted.
    """
    found = await client.get_object(query("/organization", select="id,verifiedDomains"))
    organizations = found.get("value") or ()
    domains = {
        str(domain["name"]).lower()
        for one in organizations
        for domain in one.get("verifiedDomains") or ()
    }
    if not domains:
        raise PermanentError(
            f"{client.alias}: Graph names no verified domain of the organization, so no address "
            f"can be told to be one of its people's. Run `tenantry check {client.alias}`.",
            tenant=client.alias,
        )
    return frozenset(domains)


async def organization(client: GraphClient) -> Organization:
    """The tenant that the token is for."""
    async with service(client) as graph:
        with judged(client, Call(path="/organization")):
            found = await graph.organization.get()
    first = (found.value or [None])[0] if found else None
    if first is None:
        raise PermanentError(
            f"{client.alias}: Graph shows no organization to this app. "
            "It lacks Organization.Read.All, or the tenant is empty.",
            tenant=client.alias,
        )
    return Organization(id=TenantId(str(first.id).lower()), name=first.display_name or "")


async def invitations_from(client: GraphClient) -> str:
    """Who may invite: `allowInvitesFrom` of the tenant's authorization policy."""
    async with service(client) as graph:
        with judged(client, Call(path="/policies/authorizationPolicy")):
            found = await graph.policies.authorization_policy.get()
    chosen = found.allow_invites_from if found else None
    return str(getattr(chosen, "value", chosen) or "")


async def granted_permissions(client: GraphClient) -> frozenset[str] | None:
    """The application permissions in the token; None where the token does not show them.

    Graph's tokens are meant for Graph, and their form is no promise: nothing but advice may
    depend on this.
    """
    token = await client.credential.get_token(client.scope)
    parts = token.token.split(".")
    if len(parts) != 3:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=dict[str, object])
    except (binascii.Error, msgspec.DecodeError):
        return None
    roles = claims.get("roles")
    return frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()
