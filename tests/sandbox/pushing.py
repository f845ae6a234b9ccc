"""A job of Entra's own from contoso to fabrikam: a world enters, a job that pushes leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.clock import ManualClock
from sandbox.contents import GraphObject
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, Asker
from tests.sandbox.linked import SECRETS, SyncApp, a_sync_app, allow_inbound, consent_outbound

MINUTE, HOUR, DAY = 60, 3_600, 86_400
CYCLE = 40 * MINUTE


def person(number: int) -> str:
    return sandbox_id(f"user:contoso:{number}")


@dataclass(slots=True, kw_only=True)
class Push:
    """The job, and both tenants as their administrators know them."""

    world: Sandbox
    app: SyncApp
    path: str

    @property
    def source(self) -> Asker:
        return Asker(self.world, "contoso")

    @property
    def target(self) -> Asker:
        return Asker(self.world, "fabrikam")

    def passes(self, seconds: float = CYCLE) -> None:
        clock = self.world.clock
        assert isinstance(clock, ManualClock)
        clock.advance(seconds)

    def does(self, verb: str, body: Any = None) -> None:
        answer = self.source.ask("POST", f"{self.path}/{verb}", body)
        assert answer.status == 204, answer.body

    def secrets(self, **more: str) -> None:
        pairs = [*SECRETS, *({"key": key, "value": value} for key, value in more.items())]
        assert self.source.ask("PUT", self.app.secrets, {"value": pairs}).status == 204

    def threshold(self, number: int) -> None:
        settings = {"DeleteThresholdEnabled": True, "DeleteThresholdValue": number}
        self.secrets(SyncNotificationSettings=json.dumps(settings))

    def assigns(self, holder: str) -> None:
        answer = self.source.ask("POST", self.app.assigned, self.app.assignment(holder))
        assert answer.status == 201, answer.body

    def leaves(self, *numbers: int) -> None:
        for number in numbers:
            path = f"/groups/{EMPLOYEES}/members/{person(number)}/$ref"
            assert self.source.ask("DELETE", path).status == 204

    def joins(self, *numbers: int) -> None:
        for number in numbers:
            body = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{person(number)}"}
            path = f"/groups/{EMPLOYEES}/members/$ref"
            assert self.source.ask("POST", path, body).status == 204

    def changes(self, number: int, **properties: Any) -> None:
        answer = self.source.ask("PATCH", f"/users/{person(number)}", properties)
        assert answer.status == 204, answer.body

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = self.source.get(f"{self.path}/schema")
        return found

    def maps(self, target: str, source: dict[str, Any], **more: Any) -> None:
        """Replace one mapping, as an administrator does: the whole schema goes back."""
        schema = self.schema()
        mappings = schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
        kept = [one for one in mappings if one["targetAttributeName"] != target]
        made = {"targetAttributeName": target, "source": source, "matchingPriority": 0, **more}
        schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"] = [*kept, made]
        answer = self.source.ask("PUT", f"{self.path}/schema", schema)
        assert answer.status == 204, answer.body

    def filters(self, *clauses: tuple[str, str, str], name: str = "ours") -> None:
        schema = self.schema()
        group = {
            "name": name,
            "clauses": [
                {
                    "sourceOperandName": attribute,
                    "operatorName": operator,
                    "targetOperand": {"values": [value] if value else []},
                }
                for attribute, operator, value in clauses
            ],
        }
        schema["synchronizationRules"][0]["objectMappings"][0]["scope"]["groups"] = [group]
        assert self.source.ask("PUT", f"{self.path}/schema", schema).status == 204

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.source.get(self.path)["status"]
        return found

    def pushed(self) -> dict[str, GraphObject]:
        """Everybody from contoso in fabrikam, by their name at home."""
        self.source.get(self.path)
        users = self.world.tenant("fabrikam").users.values()
        return {
            user["userPrincipalName"].partition("_contoso.com#EXT#")[0]: user
            for user in users
            if "_contoso.com#EXT#" in user["userPrincipalName"]
        }

    def one(self, number: int) -> GraphObject:
        return self.pushed()[f"person{number}"]

    def demands(self, number: int, version: str = "beta") -> tuple[dict[str, Any], dict[str, Any]]:
        """Provision one person on demand; returns the result and the story."""
        subject = {"objectId": person(number), "objectTypeName": "User"}
        rule = self.schema()["synchronizationRules"][0]["id"]
        body = {"parameters": [{"ruleId": rule, "subjects": [subject]}]}
        found = self.source.ask("POST", f"/{version}{self.path}/provisionOnDemand", body)
        assert found.status == 200, found.body
        return json.loads(found.body["key"]), json.loads(found.body["value"])

    def log(self, wanted: str = "") -> list[dict[str, Any]]:
        query = f"?$filter={wanted}" if wanted else ""
        entries: list[dict[str, Any]] = self.source.get(f"/auditLogs/provisioning{query}")["value"]
        return entries


def a_job(world: Sandbox) -> Push:
    """A configured job that nobody started, with the employees assigned."""
    allow_inbound(world)
    consent_outbound(world)
    source = Asker(world, "contoso")
    app = a_sync_app(source)
    job = source.ask("POST", app.jobs, {"templateId": "Azure2Azure"}).body["id"]
    push = Push(world=world, app=app, path=f"{app.jobs}/{job}")
    push.secrets()
    push.assigns(EMPLOYEES)
    return push


def a_running_job(world: Sandbox) -> Push:
    """A job whose first cycle is over."""
    push = a_job(world)
    push.does("start")
    push.passes(2 * MINUTE)
    assert push.status()["code"] == "Active"
    return push
