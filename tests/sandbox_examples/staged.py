"""What an example presumes: an example enters, a sandbox in which its objects exist leaves.

The documentation's ids are replaced by those of objects of the sandbox: each by the place that it
has in the path or by the member that holds it.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, NESTED, WORKING, Asker, a_sandbox
from tests.sandbox.linked import FABRIKAM, SECRETS, a_sync_app, allow_inbound, consent_outbound
from tests.sandbox_examples.documented import Example

ROLE = "62e90394-69f5-4237-9190-012177145e10"
_GUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f-]{27}$")
_ADDRESS = re.compile(r"(https://graph\.microsoft\.com/(?:v1\.0|beta)/\w+/)[^/?]+$")
_OBJECTS = "https://graph.microsoft.com/v1.0/directoryObjects/"
_PERSON = {
    "givenName": "Ada",
    "jobTitle": "Engineer",
    "mobilePhone": "+1 425 555 0100",
    "officeLocation": "18/2111",
    "preferredLanguage": "en-US",
    "surname": "Byron",
}
_GROUP = {
    "classification": "low",
    "createdDateTime": "2026-01-01T00:00:00Z",
    "description": "People",
    "mail": "people@contoso.com",
}
_DYNAMIC = {
    "displayName": "Away",
    "groupTypes": ["DynamicMembership"],
    "mailEnabled": False,
    "mailNickname": "away",
    "membershipRule": "user.accountEnabled -eq false",
    "membershipRuleProcessingState": "On",
    "securityEnabled": True,
}
_UNIFIED = {
    "displayName": "Golf",
    "groupTypes": ["Unified"],
    "mailEnabled": True,
    "mailNickname": "golf",
    "securityEnabled": False,
}
_BODIES: dict[str, dict[str, Any]] = {
    "jobs": {"templateId": "Azure2Azure"},
    "extensionproperties": {"name": "held", "dataType": "String", "targetObjects": ["User"]},
    "federatedidentitycredentials": {
        "name": "held",
        "issuer": "https://held.example",
        "subject": "held",
        "audiences": ["api://AzureADTokenExchange"],
    },
}
_PERMISSIONS = WORKING | {
    "Organization.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "Application.ReadWrite.All",
    "Group.Create",
}

# The only refusal that the documentation shows without the request that earns it.
_WITHOUT_LEVEL = "$count is not currently supported."


def headers(example: Example) -> dict[str, str]:
    """Return the example's headers without the one whose absence the shown refusal is about."""
    error = example.answer.get("error") if isinstance(example.answer, dict) else None
    if isinstance(error, dict) and error.get("message") == _WITHOUT_LEVEL:
        return {key: one for key, one in example.headers.items() if key != "consistencylevel"}
    return example.headers


@dataclass(kw_only=True)
class Stage:
    """Contoso with one of everything that examples name."""

    world: Sandbox = field(default_factory=a_sandbox)

    def __post_init__(self) -> None:
        """Make what the seeds do not have."""
        self.adds = self.nests = False
        self.unified = ""
        self.named = ""
        self.world.store.switches.delta_awkwardness = 0
        self.world.store.switches.applications_purge = True
        self.world.store.switches.delta_expands_members = True
        self.asker = Asker(self.world, "contoso", permissions=_PERMISSIONS)
        self.one, self.two, self.three = (sandbox_id(f"user:contoso:{n}") for n in (1, 2, 3))
        tenant = self.world.tenant("contoso")
        # Delta queries tell only what is set, so everybody and every group has everything.
        for user_id in tenant.users:
            tenant.patch_user(user_id, _PERSON)
        for group_id in tenant.groups:
            tenant.patch_group(group_id, _GROUP)
        tenant.add_group(_DYNAMIC)
        tenant.set_manager(self.one, self.two)
        tenant.roles[ROLE] = {self.three}
        allow_inbound(self.world)
        consent_outbound(self.world)
        self.sync = a_sync_app(self.asker)
        self.app = str(self.sync.application["id"])
        self.principal = str(self.sync.principal["id"])
        # Examples give the role to principals, too.
        role = {**self.sync.principal["appRoles"][0], "allowedMemberTypes": ["User", "Application"]}
        tenant.registrations.service_principals[self.principal]["appRoles"] = [role]
        self.role = str(self.sync.principal["appRoles"][0]["id"])
        self.ask("PUT", self.sync.secrets, {"value": SECRETS})

    def ask(self, method: str, address: str, body: Any = None) -> Any:
        """Ask for what an example presumes, which must be granted."""
        answer = self.asker.ask(method, address, body)
        assert answer.status < 300, (address, answer.body)
        return answer.body

    def assigned(self, holder: str) -> str:
        """Give somebody the role of the sync app and return the assignment's id."""
        return str(self.ask("POST", self.sync.assigned, self.sync.assignment(holder))["id"])

    def holder(self, kind: str) -> str:
        """Return who has or gets the role, by the collection in the path."""
        return {"groups": EMPLOYEES, "servicePrincipals": self.principal}.get(kind, self.one)

    def keyed(self, parts: list[str]) -> str:
        """Return the id that takes the place of the last part."""
        kind = parts[-2].lower() if len(parts) > 1 else ""
        held = {
            "users": self.one,
            "groups": self._group(),
            "applications": self.app,
            "serviceprincipals": self.principal,
            "members": self.three if "directoryRoles" in parts else self.one,
            "organization": self.world.tenant("contoso").tenant_id,
            "directoryobjects": self.one,
        }
        if kind in held:
            return held[kind]
        if kind == "directoryroles":
            return self._role_key(parts[-1])
        if kind in {"templates", "applicationtemplates"}:
            return parts[-1] if _GUID.match(parts[-1]) else self._template()
        return self._posted(kind, parts) or self._made(kind, parts)

    def _group(self) -> str:
        if self.nests:
            tenant = self.world.tenant("contoso")
            outer = tenant.add_group(_GROUP)
            tenant.add_member(outer, EMPLOYEES)
            return outer
        return NESTED if self.adds else EMPLOYEES

    def _template(self) -> str:
        return str(self.sync.application["applicationTemplateId"])

    def _role_key(self, part: str) -> str:
        if part.startswith("roleTemplateId="):
            return f"roleTemplateId={ROLE}"
        return str(self.ask("GET", "/directoryRoles")["value"][0]["id"])

    def _posted(self, kind: str, parts: list[str]) -> str:
        body = _BODIES.get(kind)
        if body and kind == "federatedidentitycredentials" and self.named:
            body = {**body, "name": self.named}
        collection = "/".join(["", *parts[:-1]])
        return str(self.ask("POST", collection, body)["id"]) if body else ""

    def _made(self, kind: str, parts: list[str]) -> str:
        match kind:
            case "owners":
                return str(self.ask("GET", "/".join(["", *parts[:-1]]))["value"][0]["id"])
            case "approleassignedto":
                return self.assigned(self.one)
            case "approleassignments":
                return self.assigned(self.holder(parts[0]))
            case "directoryaudits":
                self.ask("PATCH", f"/users/{self.one}", {"jobTitle": "Boss"})
                return str(self.ask("GET", "/auditLogs/directoryAudits")["value"][0]["id"])
            case "deleteditems":
                return self._deleted()
            case _:
                return parts[-1]

    def _deleted(self) -> str:
        if self.unified:
            return self.unified
        self.ask("DELETE", f"/users/{self.two}")
        return self.two

    def path(self, example: Example) -> str:
        """Return the example's path with ids of the sandbox."""
        self.adds = (
            example.path.endswith("members/$ref") and example.method == "POST"
        ) or "members@odata.bind" in str(example.body)
        # Some listings of members show a group, which is then the first member.
        self.nests = example.path.lower().endswith("members") and "mailEnabled" in str(
            example.answer
        )
        # A credential's name is never written, only repeated.
        if isinstance(example.body, dict):
            self.named = str(example.body.get("name") or "")
        shown = f"{example.path}{example.answer}"
        if "/deleteditems" in example.path.lower() and (
            "Unified" in shown or "graph.group" in shown
        ):
            self.unified = str(self.ask("POST", "/groups", _UNIFIED)["id"])
            self.ask("DELETE", f"/groups/{self.unified}")
        parts: list[str] = []
        for part in example.path.strip("/").split("/"):
            parts.append(part)
            if re.search(r"\{|\[|=|^[0-9a-f]{8}-|^[\w-]{30,}-\d$", part):
                parts[-1] = self.keyed(parts)
        return "/" + "/".join(parts)

    def query(self, example: Example) -> str:
        """Return the example's query; what a token of the documentation meant, one of ours does."""
        if "token=" in example.query and example.path.endswith("/delta"):
            link = self.ask("GET", f"{example.path}?$deltatoken=latest")["@odata.deltaLink"]
            self.world.tenant("contoso").remove_member(EMPLOYEES, self.one)
            self.world.tenant("contoso").patch_user(self.one, {"jobTitle": "Boss"})
            return str(link).partition("?")[2]
        return re.sub(r"(resourceId eq )[0-9a-f-]{36}", rf"\g<1>{self.principal}", example.query)

    def body(self, example: Example) -> Any:
        """Return the example's body with ids of the sandbox."""
        return self._replaced(copy.deepcopy(example.body), example)

    def _replaced(self, value: Any, example: Example, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._replaced(one, example, key) for key, one in value.items()}
        if isinstance(value, list):
            if name.startswith("members@"):
                return [f"{_OBJECTS}{one}" for one in (self.one, self.two, self.three)]
            return [self._replaced(one, example, name) for one in value]
        if not isinstance(value, str):
            return value
        if _ADDRESS.match(value):
            return _ADDRESS.sub(rf"\g<1>{self._referenced(value, example)}", value)
        return self._value(name, value, example)

    def _referenced(self, address: str, example: Example) -> str:
        if "/groups/" in address:
            return EMPLOYEES
        # The third one has the role already.
        return self.two if "/directoryRoles" in example.path else self.three

    def _value(self, name: str, value: str, example: Example) -> str:
        if name == "appId":
            return str(self.ask("POST", "/applications", {"displayName": "New"})["appId"])
        if name == "keyId":
            return str(self.ask("POST", f"/applications/{self.app}/addPassword")["keyId"])
        if name == "ruleId":
            return self._rule()
        if name == "objectId":
            return self.one
        if name == "userPrincipalName":
            return f"{value.partition('@')[0]}@contoso.com"
        names = {
            "principalId": self.holder(example.path.split("/")[1]),
            "resourceId": self.principal,
            "appRoleId": self.role,
            "{targetTenantId}": FABRIKAM,
        }
        return names.get(name) or names.get(value, value)

    def _rule(self) -> str:
        """Return a rule of the job that the path has got, which is the newest."""
        jobs = self.ask("GET", self.sync.jobs)["value"]
        schema = self.ask("GET", f"{self.sync.jobs}/{jobs[-1]['id']}/schema")
        return str(schema["synchronizationRules"][0]["id"])
