"""A few days in the life of a job, over HTTP and with the sandbox's own clock."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from sandbox.clock import ManualClock
from sandbox.inprocess import InProcessTransport
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, a_sandbox
from tests.sandbox.linked import CONTOSO, FABRIKAM, PARTNERS, SECRETS, TEMPLATE
from tests.sandbox.pushing import CYCLE, DAY, person

SYNC = f"{PARTNERS}/{CONTOSO}/identitySynchronization"
GRAPH = "https://graph.microsoft.com/v1.0"


@dataclass
class Administrators:
    """Both tenants' administrators, and the hand on the clock."""

    world: Sandbox
    client: httpx.AsyncClient

    async def ask(self, tenant: str, method: str, path: str, body: Any = None) -> Any:
        tenant_id, app = sandbox_id(f"tenant:{tenant}"), sandbox_id(f"app:{tenant}:worker")
        token = self.world.identity.issue(tenant_id, app)
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self.client.request(method, f"/v1.0{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def passes(self, seconds: float) -> None:
        answer = await self.client.post("/_sandbox/clock", json={"advance": seconds})
        assert answer.status_code == 200

    async def pushed(self) -> list[str]:
        users = await self.ask("fabrikam", "GET", "/users?$select=displayName,userPrincipalName")
        return sorted(
            one["displayName"] for one in users["value"] if "#EXT#" in one["userPrincipalName"]
        )


async def configured(they: Administrators) -> tuple[str, str]:
    """Set up the job in the documented order; returns the paths of the application and the job."""
    await they.ask("fabrikam", "POST", PARTNERS, {"tenantId": CONTOSO})
    await they.ask("fabrikam", "PUT", SYNC, {"userSyncInbound": {"isSyncAllowed": True}})
    consent = {"automaticUserConsentSettings": {"outboundAllowed": True}}
    await they.ask("contoso", "POST", PARTNERS, {"tenantId": FABRIKAM, **consent})
    made = await they.ask(
        "contoso", "POST", f"/applicationTemplates/{TEMPLATE}/instantiate", {"displayName": "Push"}
    )
    principal = made["servicePrincipal"]
    app = f"/servicePrincipals/{principal['id']}"
    job = await they.ask(
        "contoso", "POST", f"{app}/synchronization/jobs", {"templateId": "Azure2Azure"}
    )
    settings = json.dumps({"DeleteThresholdEnabled": True, "DeleteThresholdValue": 3})
    notify = {"key": "SyncNotificationSettings", "value": settings}
    secrets = {"value": [*SECRETS, notify]}
    await they.ask("contoso", "PUT", f"{app}/synchronization/secrets", secrets)
    role = {
        "principalId": EMPLOYEES,
        "resourceId": principal["id"],
        "appRoleId": principal["appRoles"][0]["id"],
    }
    await they.ask("contoso", "POST", f"{app}/appRoleAssignedTo", role)
    return app, f"{app}/synchronization/jobs/{job['id']}"


async def leaves(they: Administrators, *numbers: int) -> None:
    for number in numbers:
        path = f"/groups/{EMPLOYEES}/members/{person(number)}/$ref"
        await they.ask("contoso", "DELETE", path)


async def live(they: Administrators, job: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    await they.ask("contoso", "POST", f"{job}/start")
    await they.passes(60)
    told["started"] = await they.pushed()

    await they.ask("contoso", "PATCH", f"/users/{person(1)}", {"displayName": "Person 1 (moved)"})
    await leaves(they, 2)
    await they.passes(CYCLE)
    told["moved"] = await they.pushed()

    await they.ask("fabrikam", "PATCH", SYNC, {"userSyncInbound": {"isSyncAllowed": False}})
    await leaves(they, 3)
    await they.passes(CYCLE)
    told["stopped"] = (await they.pushed(), (await they.ask("contoso", "GET", job))["status"])

    await they.ask("fabrikam", "PATCH", SYNC, {"userSyncInbound": {"isSyncAllowed": True}})
    await leaves(they, 4, 5, 6, 7)
    await they.passes(DAY)
    told["held"] = (await they.pushed(), (await they.ask("contoso", "GET", job))["status"])

    allow = {"criteria": {"resetScope": "ForceDeletes"}}
    await they.ask("contoso", "POST", f"{job}/restart", allow)
    await they.passes(60)
    told["allowed"] = (await they.pushed(), (await they.ask("contoso", "GET", job))["status"])

    reference = {"@odata.id": f"{GRAPH}/directoryObjects/{person(11)}"}
    await they.ask("contoso", "POST", f"/groups/{EMPLOYEES}/members/$ref", reference)
    rule = (await they.ask("contoso", "GET", f"{job}/schema"))["synchronizationRules"][0]["id"]
    subject = {"objectId": person(11), "objectTypeName": "User"}
    demand = {"parameters": [{"ruleId": rule, "subjects": [subject]}]}
    await they.ask("contoso", "POST", f"{job}/provisionOnDemand", demand)
    told["demanded"] = await they.pushed()

    log = await they.ask("contoso", "GET", "/auditLogs/provisioning?$orderby=activityDateTime")
    told["log"] = [
        (one["provisioningAction"], one["sourceIdentity"]["displayName"]) for one in log["value"]
    ]
    return told


@cache
def story() -> dict[str, Any]:
    async def play() -> dict[str, Any]:
        world = a_sandbox()
        assert isinstance(world.clock, ManualClock)
        transport = InProcessTransport(world)
        async with httpx.AsyncClient(transport=transport, base_url=world.origin) as client:
            they = Administrators(world, client)
            _, job = await configured(they)
            return await live(they, job)

    return asyncio.run(play())


def people(*numbers: int) -> list[str]:
    return sorted(f"Person {number}" for number in numbers)


def test_people_appear_a_minute_after_the_start() -> None:
    assert story()["started"] == people(*range(10))


def test_a_mover_moves_and_a_leaver_leaves() -> None:
    assert story()["moved"] == sorted([*people(0, 3, 4, 5, 6, 7, 8, 9), "Person 1 (moved)"])


def test_a_target_that_stops_it_stops_it() -> None:
    pushed, status = story()["stopped"]

    assert (len(pushed), status["code"]) == (9, "Quarantine")
    assert status["quarantine"]["reason"] == "EncounteredQuarantineException"


def test_too_many_leavers_at_once_are_held() -> None:
    pushed, status = story()["held"]

    assert (len(pushed), status["quarantine"]["reason"]) == (9, "TooManyDeletes")


def test_allowed_deletions_are_carried_out() -> None:
    pushed, status = story()["allowed"]

    assert pushed == sorted([*people(0, 8, 9), "Person 1 (moved)"])
    assert (status["code"], status["quarantine"]) == ("Active", None)


def test_somebody_is_wanted_at_once() -> None:
    assert "Person 11" in story()["demanded"]


def test_the_log_tells_it_all() -> None:
    log = story()["log"]

    assert log[:10] == [("create", f"Person {number}") for number in range(10)]
    assert log[10:12] == [("update", "Person 1 (moved)"), ("delete", "Person 2")]
    held = {one for one in log[12:-6] if one[0] == "stagedDelete"}
    assert held == {("stagedDelete", name) for name in people(3, 4, 5, 6, 7)}
    assert log[-6:-1] == [("delete", name) for name in people(3, 4, 5, 6, 7)]
    assert log[-1] == ("create", "Person 11")
