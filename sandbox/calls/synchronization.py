"""Entra's own synchronization jobs: requests enter, jobs, templates and secrets leave.

What jobs do is in `sandbox.native`. Their start is refused for the reasons for which Entra's own
test of the connection fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.objects import listed, require_owner
from sandbox.calls.principals import find_principal
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.logs import Actor, Audit
from sandbox.native import forms, schedule
from sandbox.native.gate import closed
from sandbox.native.run import memory_of
from sandbox.native.schema import default_schema
from sandbox.store import Directory
from sandbox.sync_jobs import (
    JOB_TEMPLATE,
    SECRET_KEYS,
    SYNC_TEMPLATE,
    kept_secrets,
    shown_secrets,
    target_of,
)
from sandbox.wire import Answer, Refusal, Request, refuse

RESET_SCOPES = frozenset(
    {
        "None",
        "ConnectorDataStore",
        "Escrows",
        "Watermark",
        "QuarantineState",
        "Full",
        "ForceDeletes",
    }
)
_FULL = frozenset({"ConnectorDataStore", "Escrows", "Watermark", "QuarantineState"})
# What a restart without criteria means, as in the portal.
_PLAIN = frozenset({"Escrows", "Watermark", "QuarantineState"})
# `None` starts a job in quarantine, as the call for starting does.
_LIFTING = frozenset({"None", "QuarantineState"})


def _bad(message: str) -> Refusal:
    return refuse(400, "Request_BadRequest", message)


def formed(value: Any, form: Any) -> None:
    """Refuse what does not have the form of a request's body."""
    try:
        forms.require(value, form)
    except forms.FormError as problem:
        raise _bad(f"The request cannot be read. {problem}.") from problem


def tail(principal: Mapping[str, Any], name: str) -> str:
    """Return the context's tail of what belongs to a service principal's synchronization."""
    return f"servicePrincipals('{principal['id']}')/synchronization/{name}"


def written(tenant: Directory, request: Request) -> GraphObject:
    """Return the service principal of a request that writes, if the caller may."""
    principal = find_principal(tenant, request)
    require_owner(tenant, request, principal["id"])
    return principal


def note(tenant: Directory, request: Request, principal: GraphObject, activity: str) -> None:
    """Write into the audit log what a caller did with a service principal's synchronization."""
    app_id = request.caller.app_id
    caller = tenant.registrations.principal_of(app_id) or {}
    tenant.audits.add(
        Audit(
            at=tenant.clock.now(),
            category="ProvisioningManagement",
            activity=activity,
            service="Account Provisioning",
            actor=Actor(app_id, caller.get("displayName", ""), caller.get("id")),
            target_type="ServicePrincipal",
            target_id=principal["id"],
            target_name=principal["displayName"],
        )
    )


def list_templates(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/templates; only Entra to Entra has one here."""
    principal = find_principal(tenant, request)
    return listed(request, tail(principal, "templates"), _templates(principal))


def get_template(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/templates/{id}."""
    principal = find_principal(tenant, request)
    for template in _templates(principal):
        if template["id"] == request.keys[1]:
            return odata.entity(request, template, tail=tail(principal, "templates"))
    raise missing(request.keys[1])


def get_template_schema(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/templates/{id}/schema."""
    template = get_template(tenant, request).body
    principal = find_principal(tenant, request)
    place = f"templates('{template['id']}')/schema"
    return odata.entity(request, default_schema(template["id"]), tail=tail(principal, place))


def _templates(principal: GraphObject) -> list[GraphObject]:
    if principal["applicationTemplateId"] != SYNC_TEMPLATE:
        return []
    return [
        {
            "id": JOB_TEMPLATE,
            "applicationId": SYNC_TEMPLATE,
            "default": True,
            "description": None,
            "discoverable": True,
            "factoryTag": JOB_TEMPLATE,
            "metadata": [],
        }
    ]


def list_jobs(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/jobs."""
    principal = find_principal(tenant, request)
    value = list(tenant.registrations.jobs.get(principal["id"], {}).values())
    return listed(request, tail(principal, "jobs"), value)


def find_job(tenant: Directory, request: Request, principal: GraphObject) -> GraphObject:
    """Return the job that a request names."""
    job = tenant.registrations.jobs.get(principal["id"], {}).get(request.keys[1])
    if job is None:
        raise missing(request.keys[1])
    return job


def get_job(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/jobs/{id}."""
    principal = find_principal(tenant, request)
    job = find_job(tenant, request, principal)
    return odata.entity(request, job, tail=tail(principal, "jobs"))


def create_job(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals/{id}/synchronization/jobs; the documented order has no secrets yet.

    Where there are secrets, the target that they name must be ready.
    """
    principal = written(tenant, request)
    template = body_of(request.body).get("templateId")
    if template not in [known["id"] for known in _templates(principal)]:
        raise _bad(f"The template '{template}' is not one of the application's.")
    target = target_of(tenant.registrations.secrets.get(principal["id"], ()))
    if target is not None:
        _require_open(tenant, target)
    job = tenant.registrations.add_job(principal["id"])
    note(tenant, request, principal, "Add provisioning configuration")
    return odata.entity(request, job, tail=tail(principal, "jobs"), status=201)


def delete_job(tenant: Directory, request: Request) -> Answer:
    """DELETE /servicePrincipals/{id}/synchronization/jobs/{id}; accounts and secrets stay."""
    principal = written(tenant, request)
    job = find_job(tenant, request, principal)
    del tenant.registrations.jobs[principal["id"]][job["id"]]
    tenant.job_memory.pop(job["id"], None)
    note(tenant, request, principal, "Delete provisioning configuration")
    return Answer(status=204)


def start_job(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals/{id}/synchronization/jobs/{id}/start."""
    principal = written(tenant, request)
    job = find_job(tenant, request, principal)
    _require_connection(tenant, tenant.registrations.secrets.get(principal["id"], ()))
    if job["schedule"]["state"] != "Active" or job["status"]["quarantine"]:
        schedule.start(tenant, principal["id"], job["id"])
        note(tenant, request, principal, "Enable/start provisioning configuration")
    return Answer(status=204)


def pause_job(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals/{id}/synchronization/jobs/{id}/pause."""
    principal = written(tenant, request)
    job = find_job(tenant, request, principal)
    schedule.pause(tenant, principal["id"], job["id"])
    note(tenant, request, principal, "Disable/pause provisioning configuration")
    return Answer(status=204)


def restart_job(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals/{id}/synchronization/jobs/{id}/restart."""
    principal = written(tenant, request)
    job = find_job(tenant, request, principal)
    scopes = _reset_scopes(request)
    _require_connection(tenant, tenant.registrations.secrets.get(principal["id"], ()))
    memory = memory_of(tenant, job["id"])
    memory.force_deletes = "ForceDeletes" in scopes
    if "Watermark" in scopes:
        memory.forget(pairs="ConnectorDataStore" in scopes)
    if "Escrows" in scopes:
        memory.escrows.clear()
    lifts = not _LIFTING.isdisjoint(scopes)
    schedule.start(tenant, principal["id"], job["id"], lifts=lifts)
    note(tenant, request, principal, "Enable/restart provisioning configuration")
    return Answer(status=204)


def _reset_scopes(request: Request) -> frozenset[str]:
    body = body_of(request.body or {})
    formed(body, forms.Restart)
    said = str((body.get("criteria") or {}).get("resetScope") or "").split(",")
    scopes = frozenset(part.strip() for part in said) - {""}
    if not RESET_SCOPES.issuperset(scopes):
        raise _bad("Invalid value specified for property 'resetScope'.")
    if "Full" in scopes:
        scopes |= _FULL
    return scopes or _PLAIN


def validate_credentials(tenant: Directory, request: Request) -> Answer:
    """POST /servicePrincipals/{id}/synchronization/jobs[/{id}]/validateCredentials."""
    principal = written(tenant, request)
    if len(request.keys) > 1:
        find_job(tenant, request, principal)
    body = body_of(request.body)
    saved = body.get("useSavedCredentials")
    pairs = (
        tenant.registrations.secrets.get(principal["id"], ())
        if saved
        else _pairs(body.get("credentials"), "credentials")
    )
    _require_connection(tenant, pairs)
    return Answer(status=204)


def list_secrets(tenant: Directory, request: Request) -> Answer:
    """GET /servicePrincipals/{id}/synchronization/secrets; documented on beta, seen on v1.0.

    Credentials come back as a star. Whether Graph hides what is none, such as the target's id, is
    not documented: here it does not, unless `store.switches` says so.
    """
    principal = find_principal(tenant, request)
    value = shown_secrets(
        tenant.registrations.secrets.get(principal["id"], ()),
        all_hidden=tenant.store.switches.secrets_all_hidden,
    )
    return listed(request, tail(principal, "secrets"), value)


def put_secrets(tenant: Directory, request: Request) -> Answer:
    """PUT /servicePrincipals/{id}/synchronization/secrets, which replaces the whole list."""
    principal = written(tenant, request)
    pairs = _pairs(body_of(request.body).get("value"), "value")
    tenant.registrations.secrets[principal["id"]] = kept_secrets(pairs)
    note(tenant, request, principal, "Update provisioning setting or credentials")
    return Answer(status=204)


def _pairs(said: Any, name: str) -> list[GraphObject]:
    formed(said, list[forms.Secret])
    pairs: list[GraphObject] = said
    if not SECRET_KEYS.issuperset(pair["key"] for pair in pairs):
        raise _bad(f"Invalid value specified for property '{name}'.")
    return pairs


def _require_connection(tenant: Directory, pairs: Iterable[Mapping[str, Any]]) -> None:
    target = target_of(pairs)
    if target is None:
        # Which code Graph has for this is not documented.
        raise _bad("The credentials name no target: 'CompanyId' is missing.")
    _require_open(tenant, target)


def _require_open(tenant: Directory, target_id: str) -> None:
    """Refuse while the two tenants' policies do not let the source push to the target."""
    problem = closed(tenant, target_id)
    if problem is not None:
        raise refuse(400, problem.code, problem.message)
