"""The applications of a tenant: seeds and registrations enter, objects and credentials leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.seeds import AppSeed, sandbox_id

GraphObject = dict[str, Any]

# The gallery's template of Entra's cross-tenant synchronization.
SYNC_TEMPLATE = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCredential:
    """What an application shows to obtain a token, and what the token then allows."""

    app_id: str
    name: str
    secret: str
    permissions: frozenset[str]


class Registrations:
    """Application objects, service principals, their owners, extensions and provisioning jobs."""

    def __init__(self, new_id: Callable[[str], str], seeds: Iterable[AppSeed]) -> None:
        """Register the applications that the tenant starts with."""
        self._new_id = new_id
        self.applications: dict[str, GraphObject] = {}
        self.service_principals: dict[str, GraphObject] = {}
        self.owners: dict[str, set[str]] = {}
        self.extensions: dict[str, dict[str, GraphObject]] = {}
        self.jobs: dict[str, dict[str, GraphObject]] = {}
        self.secrets: dict[str, list[GraphObject]] = {}
        self.credentials: dict[str, AppCredential] = {}
        for seed in seeds:
            self._seed(seed)

    def _seed(self, seed: AppSeed) -> None:
        app = application_of({"displayName": seed.name})
        app |= {"id": sandbox_id(f"application:{seed.app_id}"), "appId": seed.app_id}
        self.applications[app["id"]] = app
        self.add_principal(app, object_id=sandbox_id(f"principal:{seed.app_id}"))
        self.credentials[seed.app_id] = AppCredential(
            app_id=seed.app_id, name=seed.name, secret=seed.secret, permissions=seed.permissions
        )

    def add_application(self, given: Mapping[str, Any], owner: str | None) -> GraphObject:
        """Register an application; the caller's service principal becomes its owner."""
        app = application_of(given)
        app |= {"id": self._new_id("application"), "appId": self._new_id("app")}
        self.applications[app["id"]] = app
        self.owners[app["id"]] = {owner} if owner else set()
        return app

    def delete_application(self, object_id: str) -> None:
        """Remove an application and its service principal; its extensions are hidden now."""
        app = self.applications.pop(object_id)
        self.extensions.pop(object_id, None)
        for principal in list(self.service_principals.values()):
            if principal["appId"] == app["appId"]:
                self.delete_principal(principal["id"])

    def add_principal(
        self, app: Mapping[str, Any], *, object_id: str | None = None, owner: str | None = None
    ) -> GraphObject:
        """Make the service principal of an application."""
        principal = {
            "id": object_id or self._new_id("servicePrincipal"),
            "deletedDateTime": None,
            "accountEnabled": True,
            "alternativeNames": [],
            "appDisplayName": app["displayName"],
            "appId": app["appId"],
            "applicationTemplateId": app.get("applicationTemplateId"),
            "appRoleAssignmentRequired": False,
            "appRoles": app.get("appRoles", []),
            "displayName": app["displayName"],
            "homepage": None,
            "notes": None,
            "servicePrincipalNames": [app["appId"]],
            "servicePrincipalType": "Application",
            "tags": list(app.get("tags", [])),
        }
        self.service_principals[principal["id"]] = principal
        self.owners[principal["id"]] = {owner} if owner else set()
        return principal

    def add_native_job(self, target_tenant_id: str, *, enabled: bool = True) -> str:
        """Configure Entra's own synchronization to a target; return the service principal's id."""
        app = self.add_application(
            {"displayName": "Native synchronization", "applicationTemplateId": SYNC_TEMPLATE},
            owner=None,
        )
        principal_id = str(self.add_principal(app)["id"])
        job_id = f"Azure2Azure.{self._new_id('job')}"
        never = "0001-01-01T00:00:00Z"
        self.jobs[principal_id] = {
            job_id: {
                "id": job_id,
                "templateId": "Azure2Azure",
                "schedule": {
                    "expiration": None,
                    "interval": "PT40M",
                    "state": "Active" if enabled else "Disabled",
                },
                "status": {
                    "code": "Active" if enabled else "Paused",
                    "countSuccessiveCompleteFailures": 0,
                    "escrowsPruned": False,
                    "steadyStateFirstAchievedTime": never,
                    "steadyStateLastAchievedTime": never,
                    "quarantine": None,
                },
                "synchronizationJobSettings": [],
            }
        }
        self.secrets[principal_id] = [
            {"key": "AuthenticationType", "value": "SyncPolicy"},
            {"key": "CompanyId", "value": target_tenant_id},
        ]
        return principal_id

    def delete_principal(self, object_id: str) -> None:
        """Remove a service principal with its provisioning jobs."""
        del self.service_principals[object_id]
        for held in (self.jobs, self.secrets):
            held.pop(object_id, None)

    def principal_of(self, app_id: str) -> GraphObject | None:
        """Find the service principal of an application id."""
        for principal in self.service_principals.values():
            if principal["appId"] == app_id:
                return principal
        return None

    def owns(self, app_id: str, object_id: str) -> bool:
        """Say whether an application's service principal owns an object."""
        principal = self.principal_of(app_id)
        return principal is not None and principal["id"] in self.owners.get(object_id, ())

    def extension(self, name: str) -> GraphObject | None:
        """Find the definition of a directory extension; one whose application is gone has none."""
        for defined in self.extensions.values():
            for extension in defined.values():
                if extension["name"] == name:
                    return extension
        return None

    def extension_names(self) -> set[str]:
        """Return the names of all visible directory extensions."""
        return {
            extension["name"]
            for defined in self.extensions.values()
            for extension in defined.values()
        }


def application_of(given: Mapping[str, Any]) -> GraphObject:
    """Complete an application with the members that were not given."""
    return {
        "deletedDateTime": None,
        "applicationTemplateId": None,
        "appRoles": [],
        "description": None,
        "identifierUris": [],
        "notes": None,
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "uniqueName": None,
        **{name: value for name, value in given.items() if not name.startswith("@")},
    }
