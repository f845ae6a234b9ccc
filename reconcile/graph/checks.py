"""Checks of one tenant: a client and what it is used for enter, findings for a person leave.

Two programs need rights in a tenant: the reconciler, which pushes people, and the stacks, which
set what stands still. They may be two applications, so each has a list of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from reconcile.errors import NotFoundError, ReconcileError
from reconcile.graph.client import GraphClient
from reconcile.graph.control import granted_permissions, invitations_from, organization
from reconcile.graph.gate import CLOSED
from reconcile.graph.stamps import find_owner, missing_extensions
from reconcile.model.jobs import Side
from reconcile.model.links import Engine


class Role(NamedTuple):
    """What a tenant is in a link: one of its sides, and who pushes."""

    engine: Engine
    side: Side


READS: Mapping[str, str] = {
    "Application.Read.All": "find the stamps' owner and Entra's own configurations",
    "Organization.Read.All": "know the verified domains",
    "Policy.Read.All": "see whether a link is open",
}
NEEDS: Mapping[Role, Mapping[str, str]] = {
    Role(Engine.RECONCILER, Side.SOURCE): {
        **READS,
        "GroupMember.Read.All": "read the groups in scope",
        "GroupMember.ReadBasic.All": "confirm that a person left a group",
        "Synchronization.Read.All": "see whether Entra's own job runs",
        "User.Read.All": "read people",
    },
    Role(Engine.RECONCILER, Side.TARGET): {
        **READS,
        "User.DeleteRestore.All": "delete and restore people",
        "User.Invite.All": "invite people",
        "User.ReadWrite.All": "write attributes and stamps",
    },
    Role(Engine.ENTRA, Side.SOURCE): {
        **READS,
        "GroupMember.Read.All": "name the groups in scope",
        "Synchronization.Read.All": "see how Entra's own job stands",
    },
    Role(Engine.ENTRA, Side.TARGET): READS,
}
"""The least permissions of the reconciler, and what each is for."""

STACKS: Mapping[Side, Mapping[str, str]] = {
    Side.SOURCE: {
        "AppRoleAssignment.ReadWrite.All": "assign the groups in scope to the sync app",
        "Application.Read.All": "read what was assigned",
        "Application.ReadWrite.OwnedBy": "make the sync app, its job and its secrets",
        "Policy.ReadWrite.CrossTenantAccess": "set the outbound policy",
    },
    Side.TARGET: {
        "Policy.ReadWrite.CrossTenantAccess": "set the inbound policy, allow synchronization",
    },
}
"""The least permissions of the identity that runs `pulumi`, and what each is for."""

_INCLUDED: Mapping[str, frozenset[str]] = {
    "Application.Read.All": frozenset({"Application.ReadWrite.All", "Directory.Read.All"}),
    "Application.ReadWrite.OwnedBy": frozenset({"Application.ReadWrite.All"}),
    "GroupMember.Read.All": frozenset({"Group.Read.All", "Directory.Read.All"}),
    "GroupMember.ReadBasic.All": frozenset({"Group.ReadBasic.All", "Directory.Read.All"}),
    "Organization.Read.All": frozenset({"Organization.ReadWrite.All", "Directory.Read.All"}),
    "Synchronization.Read.All": frozenset({"Synchronization.ReadWrite.All"}),
    "User.Read.All": frozenset({"User.ReadWrite.All", "Directory.Read.All"}),
    "User.DeleteRestore.All": frozenset({"User.ReadWrite.All"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `detail` says what is, and what to do where it is not well."""

    topic: str
    well: bool
    detail: str


async def check_tenant(client: GraphClient, roles: AbstractSet[Role]) -> tuple[Finding, ...]:
    """Look at everything that the reconciler needs; whatever fails becomes a finding."""
    try:
        granted = await granted_permissions(client)
    except ReconcileError as error:
        return (Finding(topic="credential", well=False, detail=str(error)),)
    app = client.tenant.credential.client_id
    findings = [
        Finding(topic="credential", well=True, detail=f"App {app} gets a token."),
        _permissions(granted, [NEEDS[role] for role in roles]),
        await _organization(client),
    ]
    if Role(Engine.RECONCILER, Side.TARGET) in roles:
        findings.append(await _invitations(client))
        findings.append(await _stamps(client))
    return tuple(findings)


async def check_stacks(client: GraphClient, sides: AbstractSet[Side]) -> tuple[Finding, ...]:
    """Look whether the identity may set what the stacks set; nothing is written to find out."""
    try:
        granted = await granted_permissions(client)
    except ReconcileError as error:
        return (Finding(topic="credential", well=False, detail=str(error)),)
    app = client.tenant.credential.client_id
    return (
        Finding(topic="credential", well=True, detail=f"App {app} gets a token."),
        _permissions(granted, [*(STACKS[side] for side in sides), _federation(client)]),
    )


def _federation(client: GraphClient) -> Mapping[str, str]:
    """What the deploy identity's own federated credentials need, where they are declared."""
    if client.tenant.federation is None:
        return {}
    return {"Application.ReadWrite.OwnedBy": "declare whose tokens the deploy identity accepts"}


def _permissions(granted: frozenset[str] | None, lists: Sequence[Mapping[str, str]]) -> Finding:
    if granted is None:
        detail = "The token does not show its permissions; the other findings tell what works."
        return Finding(topic="permissions", well=True, detail=detail)
    needed = {name: why for needs in lists for name, why in needs.items()}
    lacking = [
        f"{name} (to {why})" for name, why in sorted(needed.items()) if not _has(granted, name)
    ]
    if lacking:
        detail = f"Not granted: {', '.join(lacking)}. Grant and consent to them in the tenant."
        return Finding(topic="permissions", well=False, detail=detail)
    count = len(needed)
    detail = "The one that is needed is granted." if count == 1 else f"All {count} are granted."
    return Finding(topic="permissions", well=True, detail=detail)


def _has(granted: frozenset[str], name: str) -> bool:
    return name in granted or bool(granted & _INCLUDED.get(name, frozenset()))


async def _organization(client: GraphClient) -> Finding:
    try:
        found = await organization(client)
    except ReconcileError as error:
        return Finding(topic="tenant", well=False, detail=str(error))
    if found.id != client.tenant.id:
        detail = (
            f"The token is for {found.name} ({found.id}), the environment says {client.tenant.id}. "
            "Correct the environment."
        )
        return Finding(topic="tenant", well=False, detail=detail)
    return Finding(topic="tenant", well=True, detail=f"{found.name} ({found.id}).")


async def _invitations(client: GraphClient) -> Finding:
    try:
        chosen = await invitations_from(client)
    except ReconcileError as error:
        return Finding(topic="invitations", well=False, detail=str(error))
    if chosen in CLOSED:
        detail = (
            f"allowInvitesFrom is {chosen}, so no application may invite. An administrator of "
            "the tenant has to widen it (External collaboration settings)."
        )
        return Finding(topic="invitations", well=False, detail=detail)
    return Finding(topic="invitations", well=True, detail=f"allowInvitesFrom is {chosen}.")


async def _stamps(client: GraphClient) -> Finding:
    choice, remedy = client.tenant.stamp, f"Run `tenantry bootstrap {client.alias}`."
    if choice.attribute is not None:
        return Finding(topic="stamps", well=True, detail=f"Carried by {choice.attribute}.")
    try:
        owner = choice.owner or await find_owner(client)
        if owner is None:
            return Finding(topic="stamps", well=False, detail=f"No application owns them. {remedy}")
        missing = await missing_extensions(client, owner)
    except NotFoundError:
        detail = f"The owner {choice.owner} in the environment does not exist. Correct it there."
        return Finding(topic="stamps", well=False, detail=detail)
    except ReconcileError as error:
        return Finding(topic="stamps", well=False, detail=str(error))
    if missing:
        detail = f"Their owner {owner} lacks {', '.join(missing)}. {remedy}"
        return Finding(topic="stamps", well=False, detail=detail)
    return Finding(topic="stamps", well=True, detail=f"Owned by app {owner}.")
