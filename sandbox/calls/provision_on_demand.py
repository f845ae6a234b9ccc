"""One person at once: a request enters, what the job did with them leaves."""

from __future__ import annotations

import json
from typing import Any

from sandbox import odata
from sandbox.calls.synchronization import find_job, formed, written
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.clock import stamp
from sandbox.contents import GraphObject
from sandbox.native import forms
from sandbox.native.demand import provision
from sandbox.native.events import Event, Step
from sandbox.native.gate import closed, value_of
from sandbox.native.memory import Problem
from sandbox.native.run import Run, run_of, schema_of
from sandbox.native.schema import SOURCE, TARGET
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

# What the tutorial of cross-tenant synchronization shows on v1.0.
_STATUS_KEY = "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo"


def _bad(message: str) -> Refusal:
    return refuse(400, "Request_BadRequest", message)


def provision_on_demand(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals/{id}/synchronization/jobs/{id}/provisionOnDemand."""
    principal = written(tenant, request)
    job = find_job(tenant, request, principal)
    subject = _subject(request, schema_of(tenant, job["id"]))
    secrets = tenant.registrations.secrets.get(principal["id"], ())
    target_id = (value_of(secrets, "CompanyId") or "").lower()
    problem = closed(tenant, target_id)
    if problem is not None:
        raise refuse(400, problem.code, problem.message)
    if subject["objectTypeName"].lower() != "user":
        problem = Problem("EntityTypeNotSupported", "The job does not synchronize groups.")
        return _answer(request, _key("Failure", problem), {"provisioningSteps": []})
    run = run_of(tenant, principal, job["id"])
    event = provision(run, str(subject["objectId"]))
    if event is None:
        raise missing(str(subject["objectId"]))
    return _answer(request, _key_of(event), _value(run, event))


def _subject(request: Request, schema: GraphObject) -> dict[str, Any]:
    body = body_of(request.body)
    formed(body, forms.Demand)
    parameters = body.get("parameters") or []
    if len(parameters) != 1:
        raise _bad("The property 'parameters' must hold one rule with its subjects.")
    rules = [rule.get("id") for rule in schema["synchronizationRules"]]
    if parameters[0].get("ruleId") not in rules:
        raise _bad(f"The job has no rule '{parameters[0].get('ruleId')}'.")
    subjects = parameters[0].get("subjects") or []
    if len(subjects) != 1:
        raise _bad("The property 'subjects' must hold one object.")
    subject: dict[str, Any] = subjects[0]
    if not subject.get("objectId") or not subject.get("objectTypeName"):
        raise _bad("A subject needs an 'objectId' and an 'objectTypeName'.")
    return subject


def _key(result: str, problem: Problem | None) -> str:
    details = {"errorCode": problem.code, "errorMessage": problem.message} if problem else {}
    return json.dumps({"result": result, "details": details}, separators=(",", ":"))


def _key_of(event: Event) -> str:
    if event.status == "skipped":
        reason = event.steps()[-1]
        return _key("Skipped", Problem(event.reason or "", reason.description))
    return _key("Failure" if event.problem else "Success", event.problem)


def _answer(request: Request, key: str, value: dict[str, Any]) -> Answer:
    """Answer in the two forms that Microsoft shows: a tutorial's on v1.0, the reference's on beta.

    The two pages differ in the key, and in whether the value is in a list.
    """
    shown: Any = value if request.version == "beta" else [value]
    body = {
        "@odata.context": odata.context(request, "microsoft.graph.stringKeyStringValuePair"),
        "key": key if request.version == "beta" else _STATUS_KEY,
        "value": json.dumps(shown, separators=(",", ":"), ensure_ascii=False),
    }
    return Answer(status=200, body=body)


def _value(run: Run, event: Event) -> dict[str, Any]:
    moment = stamp(event.at)
    error = event.error() or {}
    return {
        "action": event.verb.action.capitalize(),
        "changeId": run.unique("demand", run.memory.demands),
        "startTime": moment,
        "endTime": moment,
        "modifiedProperties": [one.shown() for one in event.modified],
        "provisioningSteps": [_step(step, moment) for step in event.steps()],
        "reportableIdentifier": event.person.name,
        "statusInfo": {
            "status": event.status.capitalize(),
            "errorCode": error.get("errorCode"),
            "reason": error.get("reason"),
            "additionalDetails": None,
            "errorCategory": error.get("errorCategory"),
            "recommendedAction": None,
        },
        "sourceIdentity": _identity(event.person.user["id"]),
        "sourceSystem": {"id": None, "name": SOURCE, "details": None},
        "targetIdentity": _identity(event.target_id),
        "targetSystem": {"id": None, "name": TARGET, "details": None},
    }


def _identity(object_id: str | None) -> dict[str, Any]:
    return {"id": object_id, "type": "User", "displayName": None, "details": None}


def _step(step: Step, moment: str) -> dict[str, Any]:
    return {
        "name": step.name,
        "type": step.kind.capitalize(),
        "status": step.status.capitalize(),
        "description": step.description,
        "timestamp": moment,
        "details": step.details,
    }
