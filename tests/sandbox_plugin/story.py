"""The program that the official provider was watched with: one resource of each type."""

from __future__ import annotations

import pulumi
import pulumi_azuread as azuread

from sandbox.seeds import sandbox_id
from tests.sandbox_plugin.stacks import TEMPLATE, Program, by, provider
from tests.served import Served

ROLE = "0b4b0a3f-5b4e-4a51-9d92-0f6f27d7e6aa"
COMPANY = sandbox_id("tenant:fabrikam")


def all_types(served: Served, *, notes: str = "v1", started: bool = False) -> Program:
    """Make one of each in contoso."""

    def program() -> None:
        contoso = provider(served, "contoso")
        app = azuread.Application(
            "app",
            display_name="contoso to fabrikam",
            notes=notes,
            app_roles=[
                azuread.ApplicationAppRoleArgs(
                    id=ROLE,
                    allowed_member_types=["User"],
                    description="in scope",
                    display_name="Synced",
                    value="Synced",
                )
            ],
            opts=by(contoso),
        )
        principal = azuread.ServicePrincipal(
            "principal",
            client_id=app.client_id,
            app_role_assignment_required=True,
            tags=["tenantry"],
            opts=by(contoso),
        )
        group = azuread.Group(
            "group", display_name="Sales", security_enabled=True, opts=by(contoso)
        )
        azuread.AppRoleAssignment(
            "assignment",
            app_role_id=ROLE,
            principal_object_id=group.object_id,
            resource_object_id=principal.object_id,
            opts=by(contoso),
        )
        azuread.ApplicationFederatedIdentityCredential(
            "trust",
            application_id=app.id,
            display_name="github",
            audiences=["api://AzureADTokenExchange"],
            issuer="https://token.actions.githubusercontent.com",
            subject="repo:o/r:environment:prod",
            opts=by(contoso),
        )
        _native(contoso, started=started)
        pulumi.export("group", group.object_id)

    return program


def _native(contoso: azuread.Provider, *, started: bool) -> None:
    sync_app = azuread.ApplicationFromTemplate(
        "sync-app", display_name="c2f", template_id=TEMPLATE, opts=by(contoso)
    )
    secret = azuread.SynchronizationSecret(
        "secret",
        service_principal_id=sync_app.service_principal_id,
        credentials=[
            azuread.SynchronizationSecretCredentialArgs(key="CompanyId", value=COMPANY),
            azuread.SynchronizationSecretCredentialArgs(
                key="AuthenticationType", value="SyncPolicy"
            ),
        ],
        opts=by(contoso),
    )
    azuread.SynchronizationJob(
        "job",
        service_principal_id=sync_app.service_principal_id,
        template_id="Azure2Azure",
        enabled=started,
        opts=by(contoso, secret),
    )
    pulumi.export("principal", sync_app.service_principal_object_id)


def let_in(served: Served) -> None:
    """Do as administrators of both tenants do before a job may start."""
    partners = "/policies/crossTenantAccessPolicy/partners"
    source, target = sandbox_id("tenant:contoso"), sandbox_id("tenant:fabrikam")
    consent = "automaticUserConsentSettings"
    out = {"tenantId": target, consent: {"outboundAllowed": True}}
    served.graph("contoso", "POST", partners, out)
    served.graph(
        "fabrikam", "POST", partners, {"tenantId": source, consent: {"inboundAllowed": True}}
    )
    allowed = {"userSyncInbound": {"isSyncAllowed": True}}
    served.graph("fabrikam", "PUT", f"{partners}/{source}/identitySynchronization", allowed)
