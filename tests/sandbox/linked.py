"""Contoso and fabrikam on the way to a link: an asker enters, policies and sync apps leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker

CONTOSO = sandbox_id("tenant:contoso")
FABRIKAM = sandbox_id("tenant:fabrikam")
TEMPLATE = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
PARTNERS = "/policies/crossTenantAccessPolicy/partners"
SECRETS = [
    {"key": "AuthenticationType", "value": "SyncPolicy"},
    {"key": "CompanyId", "value": FABRIKAM},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncApp:
    """The two objects of an instance of the template, as they were answered."""

    application: dict[str, Any]
    principal: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/servicePrincipals/{self.principal['id']}"

    @property
    def assigned(self) -> str:
        return f"{self.path}/appRoleAssignedTo"

    @property
    def jobs(self) -> str:
        return f"{self.path}/synchronization/jobs"

    @property
    def secrets(self) -> str:
        return f"{self.path}/synchronization/secrets"

    def assignment(self, holder: str) -> dict[str, Any]:
        return {
            "principalId": holder,
            "resourceId": self.principal["id"],
            "appRoleId": self.principal["appRoles"][0]["id"],
        }


def a_sync_app(asker: Asker, name: str = "contoso to fabrikam") -> SyncApp:
    path = f"/applicationTemplates/{TEMPLATE}/instantiate"
    answer = asker.ask("POST", path, {"displayName": name})
    assert answer.status == 201, answer.body
    return SyncApp(
        application=answer.body["application"], principal=answer.body["servicePrincipal"]
    )


def allow_inbound(world: Sandbox, *, allowed: bool = True) -> None:
    target = Asker(world, "fabrikam")
    target.ask("POST", PARTNERS, {"tenantId": CONTOSO})
    target.ask(
        "PUT",
        f"{PARTNERS}/{CONTOSO}/identitySynchronization",
        {"userSyncInbound": {"isSyncAllowed": allowed}},
    )


def consent_outbound(world: Sandbox) -> None:
    consent = {"automaticUserConsentSettings": {"outboundAllowed": True}}
    Asker(world, "contoso").ask("POST", PARTNERS, {"tenantId": FABRIKAM, **consent})
