"""The applications of a tenant: seeds and registrations enter, objects and permissions leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import consent
from sandbox.app_secrets import password, passwords_of
from sandbox.consent import GRAPH_APP_ID
from sandbox.seeds import AppSeed, sandbox_id
from sandbox.sync_jobs import JOB_TEMPLATE, SYNC_TEMPLATE, in_state, new_job

GraphObject = dict[str, Any]

# The secrets of the first applications outlive whatever time a test lets pass.
_NEVER = "2999-12-31T00:00:00Z"
# The one role that the gallery's synchronization application declares. Its value is null.
_SYNC_ROLE = {
    "id": sandbox_id("appRole:msiam_access"),
    "allowedMemberTypes": ["User"],
    "description": "msiam_access",
    "displayName": "msiam_access",
    "isEnabled": True,
    "origin": "Application",
    "value": None,
}
# The types of directory extensions as OData names them; a filter on binary ones is not documented.
_EXTENSION_TYPES = {
    "Boolean": "Boolean",
    "DateTime": "DateTimeOffset",
    "Integer": "Int32",
    "LargeInteger": "Int64",
    "String": "String",
}
_SYNC_HOMEPAGE = (
    "https://account.activedirectory.windowsazure.com:444/applications/default.aspx"
    "?metadata=aad2aadsync|ISV9.1|primary|z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """The tenant that applications are registered in."""

    tenant_id: str
    name: str
    domain: str


class Registrations:
    """Application objects, service principals, and all that hangs on them.

    `owners` also has the owners of groups. `jobs`, `secrets` and `assignments` are those of a
    service principal, whose id is the key. `passwords` are the texts of applications' secrets by
    key id, which Graph never shows again; `seeded` are the ids of the first applications.
    """

    def __init__(
        self,
        publisher: Publisher,
        new_id: Callable[[str], str],
        now: Callable[[], str],
        seeds: Iterable[AppSeed],
    ) -> None:
        """Register the applications that the tenant starts with."""
        self._publisher = publisher
        self._new_id = new_id
        self._now = now
        self.applications: dict[str, GraphObject] = {}
        self.service_principals: dict[str, GraphObject] = {}
        self.owners: dict[str, set[str]] = {}
        self.extensions: dict[str, dict[str, GraphObject]] = {}
        self.jobs: dict[str, dict[str, GraphObject]] = {}
        self.secrets: dict[str, list[GraphObject]] = {}
        self.assignments: dict[str, dict[str, GraphObject]] = {}
        self.passwords: dict[str, str] = {}
        first = list(seeds)
        self.seeded = frozenset(seed.app_id for seed in first)
        for seed in first:
            self._seed(seed)
        self._seed_graph({permission for seed in first for permission in seed.permissions})

    def _seed(self, seed: AppSeed) -> None:
        app = self._application_of({"displayName": seed.name})
        app |= {"id": sandbox_id(f"application:{seed.app_id}"), "appId": seed.app_id}
        self.applications[app["id"]] = app
        principal = self.add_principal(app, object_id=sandbox_id(f"principal:{seed.app_id}"))
        self.owners[app["id"]] = {principal["id"]} if seed.owns_itself else set()
        key_id, now = sandbox_id(f"secret:{seed.app_id}"), self._now()
        shown = password(key_id, seed.secret, name="sandbox", starts=now, ends=_NEVER)
        self.keep_password(app, shown, seed.secret)
        given = self.assignments.setdefault(self.graph_id, {})
        for permission in sorted(seed.permissions):
            assignment = consent.consented(principal["id"], permission, now)
            given[assignment["id"]] = assignment

    @property
    def graph_id(self) -> str:
        """The object id of Microsoft Graph's service principal, which assigns permissions."""
        return consent.graph_id(self._publisher.tenant_id)

    def _seed_graph(self, permissions: Iterable[str]) -> None:
        graph = consent.graph_principal(permissions)
        self.add_principal(graph, object_id=self.graph_id).update(graph)

    def keep_password(self, app: GraphObject, shown: GraphObject, text: str) -> None:
        """Give an application a secret."""
        app["passwordCredentials"] = [*passwords_of(app), shown]
        self.passwords[shown["keyId"]] = text

    def forget_passwords(self, app: GraphObject, key_ids: Iterable[str]) -> None:
        """Take secrets from an application."""
        gone = set(key_ids)
        app["passwordCredentials"] = [
            one for one in passwords_of(app) if one.get("keyId") not in gone
        ]
        for key_id in gone:
            self.passwords.pop(key_id, None)

    def granted(self, app_id: str) -> frozenset[str]:
        """Return the permissions of Microsoft Graph that an application has at this moment."""
        principal, graph = self.principal_of(app_id), self.principal_of(GRAPH_APP_ID)
        if principal is None or graph is None:
            return frozenset()
        return consent.granted(graph, self.assigned_to(graph["id"]).values(), principal["id"])

    def add_application(self, given: Mapping[str, Any], owner: str | None) -> GraphObject:
        """Register an application; the caller's service principal becomes its owner."""
        app = self._application_of(given)
        app |= {"id": self._new_id("application"), "appId": self._new_id("app")}
        self.applications[app["id"]] = app
        self.owners[app["id"]] = {owner} if owner else set()
        return app

    def _application_of(self, given: Mapping[str, Any]) -> GraphObject:
        """Complete an application with the members that nobody else gives it."""
        return {
            "applicationTemplateId": None,
            "appRoles": [],
            "createdDateTime": self._now(),
            "identifierUris": [],
            "publisherDomain": self._publisher.domain,
            "signInAudience": "AzureADMyOrg",
            "tags": [],
            "uniqueName": None,
            **{name: value for name, value in given.items() if not name.startswith("@")},
        }

    def update_application(self, object_id: str, changes: Mapping[str, Any]) -> None:
        """Set properties of an application; its service principal shows the same name and roles."""
        app = self.applications[object_id]
        app.update(changes)
        principal = self.principal_of(app["appId"])
        if principal is not None:
            principal |= {
                "appDisplayName": app["displayName"],
                "appRoles": app["appRoles"],
                "displayName": app["displayName"],
                "signInAudience": app["signInAudience"],
            }

    def delete_application(self, object_id: str) -> None:
        """Remove an application and its service principal; its extensions are hidden now."""
        app = self.applications.pop(object_id)
        self.forget_passwords(app, [str(one.get("keyId")) for one in passwords_of(app)])
        for held in (self.extensions, self.owners):
            held.pop(object_id, None)
        for principal in list(self.service_principals.values()):
            if principal["appId"] == app["appId"]:
                self.delete_principal(principal["id"])

    def add_principal(
        self, app: Mapping[str, Any], *, object_id: str | None = None, owner: str | None = None
    ) -> GraphObject:
        """Make the service principal of an application."""
        principal = {
            "id": object_id or self._new_id("servicePrincipal"),
            "appDisplayName": app["displayName"],
            "appId": app["appId"],
            "appOwnerOrganizationId": self._publisher.tenant_id,
            "applicationTemplateId": app.get("applicationTemplateId"),
            "appRoleAssignmentRequired": False,
            "appRoles": app.get("appRoles", []),
            "displayName": app["displayName"],
            "publisherName": self._publisher.name,
            "servicePrincipalNames": [app["appId"]],
            "servicePrincipalType": "Application",
            "signInAudience": app["signInAudience"],
            "tags": list(app.get("tags", [])),
        }
        self.service_principals[principal["id"]] = principal
        self.owners[principal["id"]] = {owner} if owner else set()
        return principal

    def instantiate(self, display_name: str, owner: str | None) -> tuple[GraphObject, GraphObject]:
        """Make the application and the service principal of the synchronization template."""
        given = {
            "displayName": display_name,
            "applicationTemplateId": SYNC_TEMPLATE,
            "appRoles": [dict(_SYNC_ROLE)],
            "web": {"homePageUrl": _SYNC_HOMEPAGE, "redirectUris": [], "logoutUrl": None},
        }
        app = self.add_application(given, owner)
        principal = self.add_principal(app, owner=owner)
        principal |= {
            "appRoleAssignmentRequired": True,
            "homepage": _SYNC_HOMEPAGE,
            "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        }
        return app, principal

    def add_job(self, principal_id: str) -> GraphObject:
        """Give a service principal a new job, which stands still."""
        source = self._publisher.tenant_id.replace("-", "")
        job = new_job(f"{JOB_TEMPLATE}.{source}.{self._new_id('job')}")
        self.jobs.setdefault(principal_id, {})[job["id"]] = job
        return job

    def add_native_job(self, target_tenant_id: str, *, enabled: bool = True) -> str:
        """Configure Entra's own synchronization to a target; return the service principal's id.

        The job stands as if it had run before, and works from its next restart on.
        """
        _, principal = self.instantiate("Native synchronization", owner=None)
        principal_id = str(principal["id"])
        job = self.add_job(principal_id)
        if enabled:
            self.jobs[principal_id][job["id"]] = in_state(job, active=True, code="Active")
        self.secrets[principal_id] = [
            {"key": "AuthenticationType", "value": "SyncPolicy"},
            {"key": "CompanyId", "value": target_tenant_id},
        ]
        return principal_id

    def assigned_to(self, principal_id: str) -> Mapping[str, GraphObject]:
        """Return the app-role assignments that a service principal's application has given."""
        return self.assignments.get(principal_id, {})

    def withdraw(self, object_id: str) -> None:
        """Take every app role from an object that is gone, and whatever it owns."""
        for owners in self.owners.values():
            owners.discard(object_id)
        for given in self.assignments.values():
            for assignment in [one for one in given.values() if one["principalId"] == object_id]:
                del given[assignment["id"]]

    def delete_principal(self, object_id: str) -> None:
        """Remove a service principal with its jobs, its secrets and all assignments."""
        del self.service_principals[object_id]
        for held in (self.jobs, self.secrets, self.assignments, self.owners):
            held.pop(object_id, None)
        self.withdraw(object_id)

    def application_of(self, app_id: str) -> GraphObject | None:
        """Find the application of an application id."""
        for app in self.applications.values():
            if app["appId"] == app_id:
                return app
        return None

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

    def extension_type(self, name: str) -> str | None:
        """Return the type of a directory extension's values, as OData names it."""
        found = self.extension(name)
        if found is None:
            return None
        kept = _EXTENSION_TYPES.get(found["dataType"])
        return f"Collection({kept})" if found["isMultiValued"] else kept

    def extension_names(self) -> set[str]:
        """Return the names of all visible directory extensions."""
        return {
            extension["name"]
            for defined in self.extensions.values()
            for extension in defined.values()
        }
