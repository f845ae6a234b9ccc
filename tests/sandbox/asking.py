"""A caller in the same process: a method and an address enter, the sandbox's answer leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.clock import ManualClock
from sandbox.seeds import AppSeed, TenantSeed, sandbox_id
from sandbox.wire import Answer, Caller, Dropped, Request
from sandbox.world import Sandbox

WORKING = frozenset(
    {
        "AppRoleAssignment.ReadWrite.All",
        "Application.ReadWrite.OwnedBy",
        "AuditLog.Read.All",
        "CrossTenantInformation.ReadBasic.All",
        "Directory.ReadWrite.All",
        "Domain.Read.All",
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
        "Organization.Read.All",
        "Policy.Read.All",
        "Policy.ReadWrite.Authorization",
        "Policy.ReadWrite.CrossTenantAccess",
        "RoleManagement.ReadWrite.Directory",
        "Synchronization.Read.All",
        "User.Invite.All",
        "User.ReadWrite.All",
    }
)
EMPLOYEES = sandbox_id("group:contoso:employees")
NESTED = sandbox_id("group:contoso:trainees")


def a_user(number: int, alias: str = "contoso", **properties: Any) -> dict[str, Any]:
    name = f"person{number}@{alias}.com"
    return {
        "id": sandbox_id(f"user:{alias}:{number}"),
        "accountEnabled": True,
        "displayName": f"Person {number}",
        "mail": name,
        "mailNickname": f"person{number}",
        "userPrincipalName": name,
        "proxyAddresses": [f"SMTP:{name}"],
        "userType": "Member",
        **properties,
    }


def a_tenant(alias: str, people: int, **content: Any) -> TenantSeed:
    app = AppSeed(
        app_id=sandbox_id(f"app:{alias}:worker"),
        name="worker",
        secret="secret",
        permissions=WORKING,
    )
    return TenantSeed(
        alias=alias,
        tenant_id=sandbox_id(f"tenant:{alias}"),
        display_name=alias.title(),
        verified_domains=(f"{alias}.com", f"{alias}.onmicrosoft.com"),
        users=content.pop("users", None) or [a_user(n, alias) for n in range(people)],
        groups=content.pop("groups", []),
        apps=[app],
        **content,
    )


def a_group(object_id: str, *members: str) -> dict[str, Any]:
    return {
        "id": object_id,
        "displayName": "employees",
        "mailEnabled": False,
        "mailNickname": "employees",
        "securityEnabled": True,
        "members": list(members),
    }


def a_sandbox(*seeds: TenantSeed, **options: Any) -> Sandbox:
    people = [sandbox_id(f"user:contoso:{n}") for n in range(12)]
    groups = [a_group(EMPLOYEES, *people[:10], NESTED), a_group(NESTED, *people[10:])]
    estate = seeds or (a_tenant("contoso", 12, groups=groups), a_tenant("fabrikam", 3))
    return Sandbox(ManualClock(), estate=estate, **options)


@dataclass
class Asker:
    """An application that asks one tenant, by default with every permission that the calls need."""

    world: Sandbox
    alias: str = "fabrikam"
    permissions: frozenset[str] = WORKING
    headers: dict[str, str] = field(default_factory=dict)
    app: str = "worker"

    def request(
        self, method: str, address: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Request:
        parts = urlsplit(address.removeprefix(self.world.origin))
        version = "beta" if parts.path.startswith("/beta/") else "v1.0"
        caller = Caller(
            tenant_id=self.world.tenant(self.alias).tenant_id,
            app_id=sandbox_id(f"app:{self.alias}:{self.app}"),
            permissions=self.permissions,
        )
        return Request(
            method=method,
            version=version,
            path=unquote(parts.path.removeprefix(f"/{version}")),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={**self.headers, **(headers or {})},
            body=body,
            caller=caller,
        )

    def ask(
        self, method: str, address: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        found = self.world.answer(self.request(method, address, body, headers))
        assert not isinstance(found, Dropped)
        return found

    def get(self, address: str, **headers: str) -> Any:
        answer = self.ask("GET", address, headers=headers)
        assert answer.status == 200, answer.body
        return answer.body

    def code(self, method: str, address: str, body: Any = None) -> tuple[int, str]:
        answer = self.ask(method, address, body)
        return answer.status, answer.body["error"]["code"] if answer.body else ""

    def ids(self, address: str, **headers: str) -> list[str]:
        found: list[str] = []
        link: str | None = address
        while link:
            page = self.get(link, **headers)
            found += [item["id"] for item in page["value"]]
            link = page.get("@odata.nextLink")
        return found

    def invite(self, address: str, **more: Any) -> Answer:
        wish = {
            "invitedUserEmailAddress": address,
            "inviteRedirectUrl": "https://myapplications.microsoft.com",
            "sendInvitationMessage": False,
        }
        return self.ask("POST", "/invitations", wish | more)

    def invited(self, address: str, **more: Any) -> str:
        answer = self.invite(address, **more)
        assert answer.status == 201, answer.body
        return str(answer.body["invitedUser"]["id"])
