"""What a job did with one person: facts enter, an entry of the provisioning log leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from sandbox.clock import stamp
from sandbox.logs import Modified
from sandbox.native.attributes import BOTH_SIDES, SOURCE_ONLY, Person, Value
from sandbox.native.memory import Problem
from sandbox.native.schema import DIRECTORY_IDS, SOURCE, TARGET
from sandbox.native.scoping import Judgement

REDUNDANT = "RedundantExport"
NOT_ENTITLED = "NotEffectivelyEntitled"


class Verb(Enum):
    """What is done with somebody; the value is the log's `provisioningAction`."""

    ADD = "create"
    UPDATE = "update"
    RESTORE = "restore"
    DISABLE = "disable"
    DELETE = "delete"
    STAGE = "stagedDelete"
    SKIP = "other"

    @property
    def action(self) -> str:
        """The log's word; it has none for a restore, which is an update there."""
        return "update" if self is Verb.RESTORE else self.value

    @property
    def word(self) -> str:
        """The word that steps are named with."""
        match self:
            case Verb.ADD:
                return "Add"
            case Verb.DELETE | Verb.STAGE:
                return "Delete"
            case Verb.SKIP:
                return "Skip"
            case _:
                return "Update"


class Job(NamedTuple):
    """The job and the service principal that a log entry names."""

    job_id: str
    principal_id: str
    principal_name: str
    app_id: str
    tenant_id: str


class Step(NamedTuple):
    """One step on somebody's way into the target."""

    name: str
    kind: str
    status: str
    description: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a job did with one person in one cycle."""

    at: datetime
    job: Job
    cycle: str
    verb: Verb
    person: Person
    judgement: Judgement
    known: bool
    target_id: str | None = None
    matched: bool = False
    reason: str | None = None
    problem: Problem | None = None
    modified: tuple[Modified, ...] = ()

    @property
    def status(self) -> str:
        """The log's word for how it went."""
        if self.problem is not None:
            return "failure"
        return "skipped" if self.verb in {Verb.SKIP, Verb.STAGE} else "success"

    def steps(self) -> list[Step]:
        """Return the way that the person went."""
        steps = [self._import(), self._scoping()]
        if self.matched:
            steps.append(self._match())
        if self.verb is Verb.SKIP:
            return [*steps, self._skip()]
        word = self.verb.word
        done = f"User '{self.person.name}' will be {_DONE[self.verb]} in {TARGET}"
        steps.append(Step(f"EntrySynchronization{word}", "processing", "success", done, {}))
        if self.verb is not Verb.STAGE:
            steps.append(self._export(f"EntryExport{word}"))
        return steps

    def _import(self) -> Step:
        kind = "Delete" if self.person.deleted else "Update" if self.known else "Add"
        return Step(
            f"EntryImport{kind}",
            "import",
            "success",
            f"Received User '{self.person.name}' change of type ({kind}) from {SOURCE}",
            {
                name: _text(self.person.value(name))
                for name in ("objectId", *BOTH_SIDES, *SOURCE_ONLY)
                if self.person.value(name) is not None
            },
        )

    def _scoping(self) -> Step:
        return Step(
            "EntrySynchronizationScoping",
            "scoping",
            "success",
            "Determine if User in scope by evaluating against each scoping filter",
            self.judgement.details(),
        )

    def _match(self) -> Step:
        return Step(
            "EntryImport",
            "matching",
            "success",
            f"Retrieved User '{self.person.name}' from {TARGET}",
            {"id": self.target_id or ""},
        )

    def _skip(self) -> Step:
        return Step(
            "EntrySynchronizationSkip",
            "export" if self.reason == REDUNDANT else "processing",
            "skipped",
            _WHY.get(self.reason or "", f"User '{self.person.name}' was skipped"),
            {"SkipReason": self.reason or ""},
        )

    def _export(self, name: str) -> Step:
        failed = self.problem is not None
        happened = (
            f"Failed to {_TRIED[self.verb]} User '{self.person.name}' in {TARGET}"
            if failed
            else f"User '{self.person.name}' was {_DONE[self.verb]} in {TARGET}"
        )
        identifier = {"ReportableIdentifier": self.person.name}
        return Step(name, "export", "failure" if failed else "success", happened, identifier)

    def error(self) -> dict[str, Any] | None:
        """Return Graph's `errorInformation`."""
        if self.problem is None:
            return None
        return {
            "errorCode": self.problem.code,
            "errorCategory": "nonServiceFailure",
            "reason": self.problem.message,
            "recommendedAction": None,
            "additionalDetails": None,
        }

    def shown(self, number: int, unique: str) -> dict[str, Any]:
        """Return it as Graph's `provisioningObjectSummary`."""
        job = self.job
        return {
            "id": unique,
            "activityDateTime": stamp(self.at),
            # A page shows the target's id here, the reference that of the job's own tenant.
            "tenantId": job.tenant_id,
            "jobId": job.job_id,
            "cycleId": self.cycle,
            "changeId": f"{unique[:24]}{number:012x}",
            "provisioningAction": self.verb.action,
            "durationInMilliseconds": 0,
            "servicePrincipal": {"id": job.principal_id, "displayName": job.principal_name},
            "sourceSystem": {"id": DIRECTORY_IDS[SOURCE], "displayName": SOURCE, "details": {}},
            "targetSystem": {
                "id": DIRECTORY_IDS[TARGET],
                "displayName": TARGET,
                "details": {
                    "ApplicationId": job.app_id,
                    "ServicePrincipalId": job.principal_id,
                    "ServicePrincipalDisplayName": job.principal_name,
                },
            },
            "initiatedBy": {
                "id": "",
                "displayName": "Azure AD Provisioning Service",
                "initiatorType": "system",
            },
            "sourceIdentity": self._source_identity(),
            "targetIdentity": {
                "id": self.target_id or "",
                "displayName": "",
                "identityType": "User",
                "details": {},
            },
            "provisioningStatusInfo": {
                "status": self.status,
                "errorInformation": self.error(),
            },
            "provisioningSteps": [_shown_step(step) for step in self.steps()],
            "modifiedProperties": [one.shown() for one in self.modified],
        }

    def _source_identity(self) -> dict[str, Any]:
        user = self.person.user
        return {
            "id": user["id"],
            "displayName": user.get("displayName") or "",
            "identityType": "User",
            "details": {
                "id": user["id"],
                "odatatype": "User",
                "DisplayName": user.get("displayName") or "",
                "UserPrincipalName": self.person.name,
            },
        }


def _shown_step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "provisioningStepType": step.kind,
        "status": step.status,
        "description": step.description,
        "details": step.details,
    }


def _text(value: Value) -> str:
    return ",".join(value) if isinstance(value, list) else value or ""


_DONE = {
    Verb.ADD: "created",
    Verb.UPDATE: "updated",
    Verb.RESTORE: "restored",
    Verb.DISABLE: "disabled",
    Verb.DELETE: "deleted",
    Verb.STAGE: "deleted",
    Verb.SKIP: "skipped",
}
_TRIED = {
    Verb.ADD: "create",
    Verb.UPDATE: "update",
    Verb.RESTORE: "restore",
    Verb.DISABLE: "disable",
    Verb.DELETE: "delete",
    Verb.STAGE: "delete",
    Verb.SKIP: "skip",
}
_WHY = {
    REDUNDANT: "The state of the user in both the source and target systems already match.",
    NOT_ENTITLED: "The user is not in the scope of the job, or not active in the source.",
}
