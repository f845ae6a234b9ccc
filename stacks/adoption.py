"""Sources and titles enter; the sync apps that stand there under these titles leave.

The azuread provider makes an application, an assignment and a job without looking whether they
are there. Killed between a request and its checkpoint, it would make them again. So the program
looks first, and names what it finds as an import: what the state knows already is not touched by
that, and what it does not know is taken up. An app is found by its template and its whole title,
and only when it is the only one: which of two is meant is for a person to say (`tenantry check`
names both).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from reconcile.errors import NotFoundError
from reconcile.graph.apps import SYNC_TEMPLATE
from reconcile.graph.calls import Page, literal, query, segment
from reconcile.graph.client import GraphClient
from reconcile.model.links import Engine
from reconcile.model.tenants import ObjectId

_ROLE = "msiam_access"
_NO_ROLE = ObjectId("00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sync app that stands: object ids, and what hangs on it.

    The `…_import` members are ids as the azuread provider takes and keeps them.
    """

    application: ObjectId
    principal: ObjectId
    client_id: str
    role: str
    assignments: Mapping[ObjectId, str]
    jobs: Sequence[str]

    @property
    def principal_path(self) -> str:
        """The principal as the provider names it."""
        return f"/servicePrincipals/{self.principal}"

    @property
    def app_import(self) -> str:
        """The import id of the instance of the template."""
        path = f"{SYNC_TEMPLATE}/instantiate/{self.application}/{self.principal}"
        return f"/applicationTemplates/{path}"

    def assignment_import(self, assigned: ObjectId) -> str | None:
        """The import id of somebody's assignment; None of somebody who is not assigned."""
        known = self.assignments.get(assigned)
        return None if known is None else f"{self.principal_path}/appRoleAssignedTo/{known}"

    @property
    def job_import(self) -> str | None:
        """The import id of the app's only job; None without one, or with several."""
        if len(self.jobs) != 1:
            return None
        return f"{self.principal_path}/synchronization/jobs/{self.jobs[0]}"


async def find_apps(client: GraphClient, titles: Mapping[str, Engine]) -> dict[str, Found]:
    """The sync apps of a tenant, by those of the titles that exactly one of them has.

    With each title comes the engine of its link: only Entra's has a job to look for.
    """
    principals = await _instances(client, "/servicePrincipals", "id,appId,displayName,appRoles")
    named = Counter(one["displayName"] for one in principals)
    wanted = [one for one in principals if one["displayName"] in titles]
    if not wanted:
        return {}
    applications = {
        one["appId"]: ObjectId(one["id"])
        for one in await _instances(client, "/applications", "id,appId")
    }
    found = {}
    for one in wanted:
        name, application = one["displayName"], applications.get(one["appId"])
        # A principal without its application is a remnant, and the provider cannot import it.
        if named[name] == 1 and application is not None:
            found[name] = await _found(client, one, application, titles[name])
    return found


def role_for_people(roles: Iterable[Mapping[str, Any]]) -> str:
    """The role that people are assigned; an application without roles has the default one.

    `roles` are `appRoles` of a service principal, in Graph's names.
    """
    offered = [
        one for one in roles if one["isEnabled"] and "User" in (one["allowedMemberTypes"] or ())
    ]
    chosen = sorted(offered, key=lambda one: (one["displayName"] != _ROLE, str(one["id"])))
    return str(chosen[0]["id"]) if chosen else _NO_ROLE


async def _instances(client: GraphClient, path: str, select: str) -> list[Mapping[str, Any]]:
    """What was made of Entra's template."""
    wanted = f"applicationTemplateId eq {literal(SYNC_TEMPLATE)}"
    return await _all(client, query(path, filter=wanted, select=select))


async def _found(
    client: GraphClient, principal: Mapping[str, Any], application: ObjectId, engine: Engine
) -> Found:
    path = f"/servicePrincipals/{segment(principal['id'])}"
    role = role_for_people(principal.get("appRoles") or ())
    jobs = await _all(client, f"{path}/synchronization/jobs") if engine is Engine.ENTRA else []
    return Found(
        application=application,
        principal=ObjectId(principal["id"]),
        client_id=principal["appId"],
        role=role,
        assignments={
            ObjectId(str(one["principalId"]).lower()): one["id"]
            for one in await _all(client, f"{path}/appRoleAssignedTo")
            if one["appRoleId"] == role
        },
        jobs=[one["id"] for one in jobs],
    )


async def _all(client: GraphClient, path: str) -> list[Mapping[str, Any]]:
    """Every object of a listing; none where the thing it hangs on is gone meanwhile."""
    try:
        return [
            msgspec.json.decode(raw)
            async for page in client.pages(path, Page)
            for raw in page.values
        ]
    except NotFoundError:
        return []
