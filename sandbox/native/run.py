"""One job about to work: a tenant and a job's id enter, everything that its work needs leaves."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.contents import GraphObject
from sandbox.native.attributes import Person
from sandbox.native.events import Job
from sandbox.native.gate import value_of
from sandbox.native.memory import JobMemory, Seen
from sandbox.native.schema import default_schema, user_mapping
from sandbox.native.scoping import Judgement, assigned_users, judge
from sandbox.native.target import Writer
from sandbox.store import Directory

_THRESHOLD = 500  # what the portal proposes


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A job with its source, its target, its schema and its memory."""

    source: Directory
    writer: Writer
    job: Job
    memory: JobMemory
    mapping: GraphObject
    everyone: bool
    most_deletes: int | None

    @property
    def target(self) -> Directory:
        """The tenant that is pushed to."""
        return self.writer.target

    def entitled(self) -> dict[str, bool]:
        """Return who is in scope before filters, and whether by an assignment of their own."""
        given = assigned_users(self.source, self.job.principal_id)
        if self.everyone:
            return {user_id: user_id in given for user_id in self.source.users}
        return dict.fromkeys(given, True)

    def person(self, user_id: str) -> Person | None:
        """Return somebody as the source has them now, deleted or not."""
        user = self.source.users.get(user_id)
        deleted = user is None
        if user is None:
            known = self.memory.seen.get(user_id)
            user = self.source.deleted_users.get(user_id) or (known.user if known else None)
        if user is None:
            return None
        manager = self.source.manager.get(user_id)
        return Person(tenant_id=self.source.tenant_id, user=user, manager=manager, deleted=deleted)

    def state(self, person: Person, *, assigned: bool) -> Seen:
        """Return what an unchanged source says again.

        What the job is set to do is no part of it: that takes effect with a restart.
        """
        return Seen(user=person.user, manager=person.manager, assigned=assigned)

    def judge(self, person: Person, *, assigned: bool) -> Judgement:
        """Judge whether somebody belongs into the target."""
        guests_too = self.source.store.switches.internal_guests_are_synchronized
        return judge(person, self.mapping, assigned=assigned, guests_too=guests_too)

    def flows(self, kind: str) -> bool:
        """Say whether the job adds, updates or deletes at all."""
        return kind in str(self.mapping.get("flowTypes") or "").replace(" ", "").split(",")

    def unique(self, name: str, number: int) -> str:
        """Return an id of this job's own."""
        return str(
            uuid.uuid5(uuid.UUID(self.job.principal_id), f"{self.job.job_id}:{name}{number}")
        )


def memory_of(tenant: Directory, job_id: str) -> JobMemory:
    """Return what a job remembers."""
    return tenant.job_memory.setdefault(job_id, JobMemory())


def schema_of(tenant: Directory, job_id: str) -> GraphObject:
    """Return a job's schema: its own, or the template's."""
    return memory_of(tenant, job_id).schema or default_schema(job_id)


def run_of(tenant: Directory, principal: GraphObject, job_id: str) -> Run:
    """Prepare a job, whose secrets must name a tenant that there is."""
    secrets = tenant.registrations.secrets.get(principal["id"], ())
    target = tenant.store.tenants[str(value_of(secrets, "CompanyId")).lower()]
    off: GraphObject = {"enabled": False}
    return Run(
        source=tenant,
        writer=Writer(target),
        job=Job(
            job_id=job_id,
            principal_id=principal["id"],
            principal_name=principal["displayName"],
            app_id=principal["appId"],
            tenant_id=tenant.tenant_id,
        ),
        memory=memory_of(tenant, job_id),
        mapping=user_mapping(schema_of(tenant, job_id)) or off,
        everyone=(value_of(secrets, "SyncAll") or "").lower() == "true",
        most_deletes=_most_deletes(value_of(secrets, "SyncNotificationSettings")),
    )


def _most_deletes(text: str | None) -> int | None:
    """Read the threshold for deletions out of the secret that is JSON in a text."""
    try:
        settings: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    if not isinstance(settings, Mapping) or settings.get("DeleteThresholdEnabled") is not True:
        return None
    number = settings.get("DeleteThresholdValue", _THRESHOLD)
    return number if type(number) is int else _THRESHOLD
