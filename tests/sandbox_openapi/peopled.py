"""The demonstration's tenants with one of everything: nothing enters, a world and its ids leave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sandbox.clock import ManualClock
from sandbox.estate import demo_estate
from sandbox.routes.table import ROUTES
from sandbox.seeds import TenantSeed, sandbox_id
from sandbox.snapshots import freeze
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker
from tests.sandbox.linked import PARTNERS, SECRETS, a_sync_app, allow_inbound, consent_outbound

CONTOSO, FABRIKAM = sandbox_id("tenant:contoso"), sandbox_id("tenant:fabrikam")
TAILSPIN = sandbox_id("tenant:tailspin")
_EVERYTHING = frozenset().union(*(route.permissions for route in ROUTES.values()))
_GROUP = {"displayName": "club", "mailEnabled": True, "securityEnabled": False}
_CLUB = {**_GROUP, "mailNickname": "club", "groupTypes": ["Unified"]}
_FEDERATION = {"name": "build", "issuer": "https://issuer", "subject": "main", "audiences": ["api"]}
_B2B = {
    "displayName": "invitations",
    "description": "who may be invited",
    "definition": ["{'B2BManagementPolicy': {}}"],
}
_ADMINISTRATOR = sandbox_id("app:contoso:administrator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peopled:
    """A world, the token that asks it, how it began, and the ids in it by parameter."""

    world: Sandbox
    token: str
    frozen: bytes
    ids: dict[str, list[str]]

    def again(self) -> None:
        """Let everything be as it was."""
        self.world.restore(self.frozen)


def peopled() -> Peopled:
    world = Sandbox(ManualClock(), estate=[_allowed(seed) for seed in demo_estate(people=20)])
    asker = Asker(world, "contoso", _EVERYTHING, app="administrator")
    ids = _filled(asker)
    return Peopled(
        world=world,
        token=world.identity.issue(CONTOSO, _ADMINISTRATOR),
        frozen=freeze(world.store),
        ids=ids,
    )


def _allowed(seed: TenantSeed) -> TenantSeed:
    """Let the administrator do everything, so that no call ends at a permission."""
    apps = [
        replace(app, permissions=_EVERYTHING) if app.app_id == _ADMINISTRATOR else app
        for app in seed.apps
    ]
    return replace(seed, apps=apps)


def _made(asker: Asker, method: str, path: str, body: Any = None) -> Any:
    answer = asker.ask(method, path, body)
    assert answer.status < 300, (path, answer.body)
    return answer.body


def _filled(asker: Asker) -> dict[str, list[str]]:
    """Make one of everything, and return what there is for each parameter of the document."""
    tenant = asker.world.tenant("contoso")
    principal = tenant.registrations.principal_of(_ADMINISTRATOR) or {}
    users, groups = list(tenant.users), list(tenant.groups)
    club = _made(asker, "POST", "/groups", _CLUB)["id"]
    _made(asker, "DELETE", f"/groups/{club}")
    _made(asker, "DELETE", f"/users/{users.pop()}")
    ids = {
        "user-id": [*users, tenant.users[users[0]]["userPrincipalName"]],
        "group-id": groups,
        "directoryObject-id": [*users[:5], *groups],
        "deletedItem-id": [club, *tenant.deleted_users],
        "member-id": [*users[:5], *groups],
        "owner-id": [*users[:2], principal["id"]],
        "directoryRole-id": [role["id"] for role in asker.get("/directoryRoles")["value"]],
        "domain-id": list(tenant.verified_domains),
        "domainName": ["fabrikam.com", *tenant.verified_domains],
        "organization-id": [CONTOSO],
        "tenantId": [FABRIKAM, TAILSPIN, CONTOSO, sandbox_id("tenant:nobody")],
    }
    return ids | _policies(asker) | _registered(asker, users[0])


def _policies(asker: Asker) -> dict[str, list[str]]:
    consent_outbound(asker.world)
    allow_inbound(asker.world)
    for partner in (FABRIKAM, TAILSPIN):
        if asker.ask("GET", f"{PARTNERS}/{partner}").status == 404:
            _made(asker, "POST", PARTNERS, {"tenantId": partner})
    allowed = {"userSyncInbound": {"isSyncAllowed": True}}
    _made(asker, "PUT", f"{PARTNERS}/{FABRIKAM}/identitySynchronization", allowed)
    gone = sandbox_id("tenant:gone")
    _made(asker, "POST", PARTNERS, {"tenantId": gone})
    _made(asker, "PUT", f"{PARTNERS}/{gone}/identitySynchronization", allowed)
    _made(asker, "DELETE", f"{PARTNERS}/{gone}/identitySynchronization")
    _made(asker, "DELETE", f"{PARTNERS}/{gone}")
    policy = _made(asker, "POST", "/beta/policies/b2bManagementPolicies", _B2B)["id"]
    organization = "/tenantRelationships/multiTenantOrganization"
    _made(asker, "PUT", organization, {"displayName": "Group"})
    added = {"tenantId": FABRIKAM, "displayName": "Fabrikam"}
    _made(asker, "POST", f"{organization}/tenants", added)
    return {
        "partner-tenantId": [FABRIKAM, TAILSPIN],
        "deletedPartner-tenantId": [gone],
        "b2bManagementPolicy-id": [policy],
        "multiTenantOrganizationMember-tenantId": [CONTOSO, FABRIKAM],
    }


def _registered(asker: Asker, person: str) -> dict[str, list[str]]:
    """Make an application for everything, and the one that synchronizes."""
    sync = a_sync_app(asker)
    _made(asker, "PUT", sync.secrets, {"value": SECRETS})
    job = _made(asker, "POST", sync.jobs, {"templateId": "Azure2Azure"})["id"]
    _made(asker, "POST", f"{sync.jobs}/{job}/start")
    assignment = _made(asker, "POST", sync.assigned, sync.assignment(person))["id"]
    app = f"/applications/{sync.application['id']}"
    extension = {"name": "badge", "dataType": "String", "targetObjects": ["User"]}
    made = {
        name: _made(asker, "POST", f"{app}/{name}", body)
        for name, body in {
            "extensionProperties": extension,
            "federatedIdentityCredentials": _FEDERATION,
            "addPassword": {},
        }.items()
    }
    lonely = _made(asker, "POST", "/applications", {"displayName": "lonely"})
    schema = asker.get(f"{sync.jobs}/{job}/schema")
    return {
        "application-id": [sync.application["id"], f"appId={sync.application['appId']}"],
        "servicePrincipal-id": [sync.principal["id"], f"appId={sync.principal['appId']}"],
        "applicationTemplate-id": [sync.application["applicationTemplateId"]],
        "appRoleAssignment-id": [assignment],
        "extensionProperty-id": [made["extensionProperties"]["id"]],
        "federatedIdentityCredential-id": [
            made["federatedIdentityCredentials"]["id"],
            "name=build",
            "name=another",
        ],
        "synchronizationJob-id": [job],
        "synchronizationTemplate-id": ["Azure2Azure"],
        "directoryDefinition-id": [one["id"] for one in schema["directories"]],
        "directoryAudit-id": [
            one["id"] for one in asker.get("/auditLogs/directoryAudits")["value"]
        ],
        "keyId": [made["addPassword"]["keyId"]],
        "appId": [lonely["appId"], sync.application["appId"]],
        "appRoleId": [role["id"] for role in sync.principal["appRoles"]],
        "resourceId": [sync.principal["id"]],
        "ruleId": [schema["synchronizationRules"][0]["id"]],
        "whole schema": [schema],
    }
