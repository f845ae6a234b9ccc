"""The demonstration's tenants: a seed and a number of people enter, one seed a tenant leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sandbox.awkward import (
    AWKWARD,
    HUB,
    NOT_IN_EMPLOYEES,
    awkward_deleted,
    awkward_users,
)
from sandbox.people import Workforce
from sandbox.seeds import AppSeed, GraphObject, TenantSeed, sandbox_id

__all__ = [
    "AWKWARD",
    "PLACES",
    "SANDBOX_SECRET",
    "AppSeed",
    "Place",
    "TenantSeed",
    "demo_estate",
    "imported_tenant",
    "tenant_seed",
    "with_secret",
]

# Grants nothing outside a sandbox, and says so wherever it turns up.
SANDBOX_SECRET = "sandbox-secret-of-no-value"
SPOKE_PEOPLE = 40
_SPAN = 8  # direct reports of one manager

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"
SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"

RECONCILER_PERMISSIONS = frozenset(
    {
        "User.Invite.All",
        "User.ReadWrite.All",
        "User.DeleteRestore.All",
        "Group.Read.All",
        "GroupMember.Read.All",
        "GroupMember.ReadBasic.All",
        "Policy.Read.All",
        "Policy.ReadWrite.CrossTenantAccess",
        "Application.ReadWrite.OwnedBy",
        "Application.Read.All",
        "AppRoleAssignment.ReadWrite.All",
        "Organization.Read.All",
        "Synchronization.Read.All",
        "AuditLog.Read.All",
        "Domain.Read.All",
    }
)
ADMINISTRATOR_PERMISSIONS = frozenset(
    {
        "Directory.ReadWrite.All",
        "User.ReadWrite.All",
        "User.Invite.All",
        "User.DeleteRestore.All",
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "AuditLog.Read.All",
        "MultiTenantOrganization.ReadWrite.All",
        "Synchronization.ReadWrite.All",
        "Policy.Read.All",
        "Policy.ReadWrite.Authorization",
        "Policy.ReadWrite.B2BManagementPolicy",
        "Policy.ReadWrite.CrossTenantAccess",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A tenant's names: how topologies call it, how people call it, where its mail goes."""

    alias: str
    company: str
    domain: str

    @property
    def tenant_id(self) -> str:
        """Return the tenant's id, the same in every sandbox."""
        return sandbox_id(f"tenant:{self.alias}")

    @property
    def host(self) -> str:
        """Return the first domain, which every tenant is born with."""
        return f"{self.alias}.onmicrosoft.com"


PLACES = {
    place.alias: place
    for place in (
        Place(alias=HUB, company="Contoso", domain="contoso.com"),
        Place(alias="fabrikam", company="Fabrikam", domain="fabrikam.com"),
        Place(alias="tailspin", company="Tailspin Toys", domain="tailspintoys.com"),
        Place(alias="wingtip", company="Wingtip Toys", domain="wingtiptoys.com"),
    )
}


def demo_estate(seed: int = 7, people: int = 1000, *, awkward: bool = True) -> list[TenantSeed]:
    """Make contoso with that many people and its three targets, with or without awkward ones."""
    return [_inhabited(place, seed, people, awkward=awkward) for place in PLACES.values()]


def _inhabited(place: Place, seed: int, people: int, *, awkward: bool) -> TenantSeed:
    strange = awkward_users(place.alias) if awkward else []
    ordinary = max(people - len(strange), 0) if place.alias == HUB else min(SPOKE_PEOPLE, people)
    workforce = Workforce(
        alias=place.alias,
        domain=place.domain,
        host=place.host,
        company=place.company,
        seed=seed,
    )
    users = [*workforce.people(ordinary), *strange]
    deleted = awkward_deleted(place.alias) if awkward else []
    return tenant_seed(
        place,
        users,
        deleted_users=deleted,
        partners=_partners(place.alias) if awkward else [],
    )


def tenant_seed(
    place: Place,
    users: list[GraphObject],
    *,
    domains: Sequence[str] = (),
    deleted_users: Sequence[GraphObject] = (),
    partners: Sequence[GraphObject] = (),
) -> TenantSeed:
    """Complete a tenant around its users: groups, managers, role holders and applications."""
    return TenantSeed(
        alias=place.alias,
        tenant_id=place.tenant_id,
        display_name=place.company,
        verified_domains=(*dict.fromkeys((*domains, place.domain, place.host)),),
        users=users,
        groups=_groups(place.alias, users),
        apps=_apps(place.alias),
        deleted_users=list(deleted_users),
        managers=_managers(users),
        roles=_roles(place.alias, users),
        partners=list(partners),
    )


def imported_tenant(alias: str, users: list[GraphObject]) -> TenantSeed:
    """Make a tenant of one's own people; the domains of its internal accounts count as verified."""
    place = _place(alias)
    names = (user["userPrincipalName"] for user in users)
    domains = {name.rpartition("@")[2].lower() for name in names if "#EXT#" not in name}
    return tenant_seed(place, users, domains=sorted(domains))


def empty_tenant(alias: str, domain: str | None = None) -> TenantSeed:
    """Make a tenant with nobody and no group in it; its applications are there."""
    known = _place(alias)
    return replace(tenant_seed(replace(known, domain=domain or known.domain), []), groups=[])


def with_secret(seed: TenantSeed, secret: str) -> TenantSeed:
    """Return the same tenant, whose applications all have this secret."""
    return replace(seed, apps=[replace(app, secret=secret) for app in seed.apps])


def _place(alias: str) -> Place:
    return PLACES.get(alias) or Place(alias=alias, company=alias.title(), domain=f"{alias}.com")


def _internal(users: Sequence[GraphObject]) -> list[GraphObject]:
    return [
        user
        for user in users
        if user.get("creationType") is None and user.get("userType") != "Guest"
    ]


def _managers(users: Sequence[GraphObject]) -> dict[str, str]:
    """Lay the members out as a tree with the first one at the top; guests report to nobody."""
    line = [user["id"] for user in _internal(users)]
    return {person: line[(place - 1) // _SPAN] for place, person in enumerate(line) if place}


def _groups(alias: str, users: Sequence[GraphObject]) -> list[GraphObject]:
    """Make employees (with a nested group, as in life), executives, temps and trainees."""
    everyone = [user["id"] for user in users if user["id"] not in NOT_IN_EMPLOYEES]
    trainees = [
        *everyone[20:25],
        *(user["id"] for user in users if user["id"] in NOT_IN_EMPLOYEES),
    ]
    executives = [user["id"] for user in _internal(users)[:12]]
    temps = [user["id"] for user in users if user.get("employeeType") == "Temp"]
    nested = sandbox_id(f"group:{alias}:trainees")
    return [
        _group(alias, "employees", "Everyone on the payroll", [*everyone, nested]),
        _group(alias, "executives", "The board and its reports", executives),
        _group(alias, "temps", "People on temporary contracts", temps),
        _group(alias, "trainees", "This year's trainees", trainees),
    ]


def _group(alias: str, name: str, description: str, members: list[str]) -> GraphObject:
    return {
        "id": sandbox_id(f"group:{alias}:{name}"),
        "displayName": name,
        "description": description,
        "createdDateTime": "2020-03-01T09:00:00Z",
        "groupTypes": [],
        "mailEnabled": False,
        "mailNickname": name,
        "securityEnabled": True,
        "isAssignableToRole": None,
        "members": members,
    }


def _roles(alias: str, users: Sequence[GraphObject]) -> dict[str, frozenset[str]]:
    ids = {user["id"] for user in users}
    line = [user["id"] for user in _internal(users)]
    held = {
        GLOBAL_ADMINISTRATOR: {sandbox_id(f"user:{alias}:role-holder")},
        USER_ADMINISTRATOR: set(line[3:4]),
        SECURITY_ADMINISTRATOR: set(line[4:5]),
        GLOBAL_READER: {sandbox_id(f"user:{alias}:guest-with-role")},
    }
    return {role: frozenset(holders & ids) for role, holders in held.items() if holders & ids}


def _apps(alias: str) -> list[AppSeed]:
    listed = {
        "reconciler": RECONCILER_PERMISSIONS,
        "administrator": ADMINISTRATOR_PERMISSIONS,
        "reader": frozenset({"User.Read.All"}),
    }
    return [
        AppSeed(
            app_id=sandbox_id(f"app:{alias}:{name}"),
            name=f"Tenantry {name}",
            secret=SANDBOX_SECRET,
            permissions=permissions,
            owns_itself=name == "reconciler",
        )
        for name, permissions in listed.items()
    ]


def _partners(alias: str) -> list[GraphObject]:
    """Make the policies set by hand: one toward contoso, one toward a tenant nobody declares."""
    # Graph answers with members that no schema declares, such as `crossCloudMeetingConfiguration`.
    undeclared: dict[str, Any] = {
        "crossCloudMeetingConfiguration": {
            "inboundAllowed": None,
            "outboundAllowed": None,
        },
        "protectedContentSharing": {"inboundAllowed": None, "outboundAllowed": None},
    }
    trust = {
        "isMfaAccepted": True,
        "isCompliantDeviceAccepted": False,
        "isHybridAzureADJoinedDeviceAccepted": False,
    }
    consent = {"inboundAllowed": True, "outboundAllowed": None}
    by_hand: dict[str, list[GraphObject]] = {
        "tailspin": [
            {
                "tenantId": PLACES[HUB].tenant_id,
                "isServiceProvider": None,
                "inboundTrust": trust,
                "automaticUserConsentSettings": consent,
            }
            | undeclared
        ],
        "fabrikam": [
            {"tenantId": sandbox_id("tenant:northwind"), "inboundTrust": trust} | undeclared
        ],
    }
    return by_hand.get(alias, [])
