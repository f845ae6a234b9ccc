"""Entra's applications for synchronization: a tenant and a link enter, the link's sync app leaves.

An app is found by its template and by the link's tag, never by what a stack remembers. The tag is
written after the app was made, so a run that was killed between the two leaves an app with the
link's name and no tag: it is seen too, because it would be a second one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from reconcile.errors import PermanentError
from reconcile.graph.calls import Page, literal, query, segment
from reconcile.graph.client import GraphClient
from reconcile.model.links import LinkName
from reconcile.model.tenants import ObjectId

SYNC_TEMPLATE = "518e5f48-1fc8-4c48-9387-9fdf28b0dfe7"
"""Entra's application template for cross-tenant synchronization."""

_STANDING_STILL = frozenset({"Paused", "NotConfigured"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncApp:
    """An instance of the template, by its service principal: `id` is the principal's."""

    id: str
    app_id: str
    name: str
    tags: frozenset[str]

    def belongs_to(self, link: LinkName) -> bool:
        """Whether it carries the link's tag or bears the link's name."""
        named = self.name == link.title or self.name.startswith(f"{link.title} (")
        return named or link.tag in self.tags

    def __str__(self) -> str:
        return f'"{self.name}" ({self.app_id})'


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Somebody who is assigned to an app: a group or a user."""

    id: ObjectId
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeJob:
    """A job of Entra's own, by its status code; `runs` tells whether it pushes by itself."""

    id: str
    code: str
    runs: bool


async def sync_apps(client: GraphClient) -> tuple[SyncApp, ...]:
    """Every instance of Entra's template in the tenant, sorted by name."""
    path = query(
        "/servicePrincipals",
        filter=f"applicationTemplateId eq {literal(SYNC_TEMPLATE)}",
        select="id,appId,displayName,tags",
    )
    found = [
        _sync_app(msgspec.json.decode(raw))
        async for page in client.pages(path, Page)
        for raw in page.values
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.app_id)))


def _sync_app(principal: Mapping[str, Any]) -> SyncApp:
    return SyncApp(
        id=str(principal["id"]),
        app_id=str(principal.get("appId") or principal["id"]),
        name=str(principal.get("displayName") or principal["id"]),
        tags=frozenset(principal.get("tags") or ()),
    )


def of_link(apps: Sequence[SyncApp], link: LinkName) -> SyncApp:
    """The one app of a link among those of its source.

    Raises:
        PermanentError: there is none, or there are several; the message names what was seen.
    """
    found = [one for one in apps if one.belongs_to(link)]
    if len(found) == 1 and link.tag in found[0].tags:
        return found[0]
    if len(found) == 1:
        text = (
            f"{link.source}: {found[0]} bears the link's name and lacks the tag {link.tag}. "
            "`pulumi up` takes it up if it has the whole name that the link's app should have; "
            "delete it if that makes another."
        )
    elif found:
        listed = ", ".join(
            f"{one} {'tagged' if link.tag in one.tags else 'without the tag'}" for one in found
        )
        text = (
            f"{link.source}: {len(found)} sync apps, the link has one: {listed}. Keep the one "
            "that the stack's outputs name and delete the others in the tenant."
        )
    else:
        others = ", ".join(map(str, apps)) or "none"
        text = (
            f"{link.source}: no sync app carries the tag {link.tag}. Of Entra's template there "
            f"are: {others}. Make it with `pulumi up`."
        )
    raise PermanentError(text, tenant=link.source)


async def assigned_to(client: GraphClient, app: SyncApp) -> tuple[Assigned, ...]:
    """The groups and users that are assigned to an app."""
    path = f"/servicePrincipals/{segment(app.id)}/appRoleAssignedTo"
    found = [
        msgspec.json.decode(raw) async for page in client.pages(path, Page) for raw in page.values
    ]
    return tuple(
        Assigned(
            id=ObjectId(str(one["principalId"]).lower()),
            kind=str(one.get("principalType") or "").lower(),
            name=str(one.get("principalDisplayName") or one["principalId"]),
        )
        for one in found
        if one.get("principalType") != "ServicePrincipal"
    )


async def jobs_of(client: GraphClient, app: SyncApp) -> tuple[NativeJob, ...]:
    """Entra's own jobs of an app."""
    path = f"/servicePrincipals/{segment(app.id)}/synchronization/jobs"
    return tuple(
        [
            _native_job(msgspec.json.decode(raw))
            async for page in client.pages(path, Page)
            for raw in page.values
        ]
    )


def _native_job(job: Mapping[str, Any]) -> NativeJob:
    schedule = (job.get("schedule") or {}).get("state")
    code = str((job.get("status") or {}).get("code") or "unknown")
    runs = schedule != "Disabled" and code not in _STANDING_STILL
    return NativeJob(id=str(job.get("id") or ""), code=code, runs=runs)
