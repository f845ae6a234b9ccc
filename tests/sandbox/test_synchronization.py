from __future__ import annotations

from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import Asker
from tests.sandbox.linked import (
    CONTOSO,
    FABRIKAM,
    SECRETS,
    SyncApp,
    a_sync_app,
    allow_inbound,
    consent_outbound,
)

CLOSED = (400, "AzureActiveDirectoryCrossTenantSyncPolicyCheckFailure")
JOB = {"templateId": "Azure2Azure"}


@pytest.fixture
def app(contoso: Asker) -> SyncApp:
    return a_sync_app(contoso)


def a_job(contoso: Asker, app: SyncApp) -> str:
    made = contoso.ask("POST", app.jobs, JOB)
    assert made.status == 201, made.body
    return f"{app.jobs}/{made.body['id']}"


def state(contoso: Asker, job: str) -> tuple[str, str]:
    found = contoso.get(job)
    return found["schedule"]["state"], found["status"]["code"]


def test_the_documented_order_leads_to_a_running_job(
    world: Sandbox, contoso: Asker, app: SyncApp
) -> None:
    allow_inbound(world)
    consent_outbound(world)
    tried = {"useSavedCredentials": False, **JOB, "credentials": SECRETS}

    tested = contoso.ask("POST", f"{app.jobs}/validateCredentials", tried)
    job = a_job(contoso, app)
    stored = contoso.ask("PUT", app.secrets, {"value": SECRETS})
    started = contoso.ask("POST", f"{job}/start")

    assert (tested.status, stored.status, started.status) == (204, 204, 204)
    assert state(contoso, job) == ("Active", "NotRun")


def test_a_new_job_stands_still_and_is_named_after_its_source(contoso: Asker, app: SyncApp) -> None:
    job = a_job(contoso, app)

    assert state(contoso, job) == ("Disabled", "Paused")
    assert contoso.get(job)["id"].startswith(f"Azure2Azure.{CONTOSO.replace('-', '')}.")
    assert len(contoso.get(app.jobs)["value"]) == 1


def test_a_job_pauses_restarts_and_goes(world: Sandbox, contoso: Asker, app: SyncApp) -> None:
    allow_inbound(world)
    consent_outbound(world)
    contoso.ask("PUT", app.secrets, {"value": SECRETS})
    job = a_job(contoso, app)
    criteria = {"criteria": {"resetScope": "Watermark, Escrows, QuarantineState"}}

    contoso.ask("POST", f"{job}/start")
    contoso.ask("POST", f"{job}/pause")
    paused = state(contoso, job)
    contoso.ask("POST", f"{job}/restart", criteria)

    assert (paused, state(contoso, job)) == (("Disabled", "Paused"), ("Active", "NotRun"))
    assert contoso.ask("DELETE", job).status == 204
    assert contoso.code("GET", job)[0] == 404
    assert len(contoso.get(app.secrets)["value"]) == 2


def test_a_running_job_stays_as_it_is_when_started_again(contoso: Asker, world: Sandbox) -> None:
    allow_inbound(world)
    consent_outbound(world)
    kept = world.tenant("contoso").registrations
    principal = kept.add_native_job(FABRIKAM)
    job = f"/servicePrincipals/{principal}/synchronization/jobs/{next(iter(kept.jobs[principal]))}"
    anybodys = Asker(world, "contoso", permissions=frozenset({"Synchronization.ReadWrite.All"}))

    assert anybodys.ask("POST", f"{job}/start").status == 204
    assert state(contoso, job) == ("Active", "Active")


@pytest.mark.parametrize("verb", ["start", "restart"])
def test_a_job_does_not_start_before_the_target_allows_it(
    world: Sandbox, contoso: Asker, app: SyncApp, verb: str
) -> None:
    consent_outbound(world)
    job = a_job(contoso, app)
    contoso.ask("PUT", app.secrets, {"value": SECRETS})

    early = contoso.code("POST", f"{job}/{verb}")
    allow_inbound(world, allowed=False)
    refused = contoso.code("POST", f"{job}/{verb}")

    assert (early, refused) == (CLOSED, CLOSED)
    assert state(contoso, job) == ("Disabled", "Paused")


def test_a_job_does_not_start_without_the_sources_consent(
    world: Sandbox, contoso: Asker, app: SyncApp
) -> None:
    allow_inbound(world)
    job = a_job(contoso, app)
    contoso.ask("PUT", app.secrets, {"value": SECRETS})

    assert contoso.code("POST", f"{job}/start") == CLOSED


def test_a_job_toward_a_closed_target_is_not_made(contoso: Asker, app: SyncApp) -> None:
    contoso.ask("PUT", app.secrets, {"value": SECRETS})

    assert contoso.code("POST", app.jobs, JOB) == CLOSED


def test_a_target_that_is_no_tenant_is_refused(contoso: Asker, app: SyncApp) -> None:
    nowhere = {"key": "CompanyId", "value": sandbox_id("nowhere")}
    body = {"credentials": [nowhere], **JOB}

    refused = contoso.code("POST", f"{app.jobs}/validateCredentials", body)

    assert refused == (400, "ExternalTenantNotFound")


def test_a_job_without_a_target_does_not_start(contoso: Asker, app: SyncApp) -> None:
    job = a_job(contoso, app)

    assert contoso.code("POST", f"{job}/start")[0] == 400
    assert contoso.code("POST", f"{job}/validateCredentials", {"useSavedCredentials": True}) == (
        400,
        "Request_BadRequest",
    )


def test_only_the_applications_own_template_makes_jobs(contoso: Asker, app: SyncApp) -> None:
    made = contoso.ask("POST", "/applications", {"displayName": "Plain"}).body
    plain = contoso.ask("POST", "/servicePrincipals", {"appId": made["appId"]}).body["id"]
    jobs = f"/servicePrincipals/{plain}/synchronization/jobs"
    templates = f"{app.path}/synchronization/templates"

    assert contoso.code("POST", app.jobs, {"templateId": "BoxOutDelta"})[0] == 400
    assert contoso.code("POST", jobs, JOB)[0] == 400
    assert contoso.ids(templates) == ["Azure2Azure"]
    assert contoso.get(f"{templates}/Azure2Azure")["factoryTag"] == "Azure2Azure"
    assert contoso.code("GET", f"{templates}/BoxOutDelta")[0] == 404


def test_a_list_of_secrets_replaces_the_one_before(contoso: Asker, app: SyncApp) -> None:
    contoso.ask("PUT", app.secrets, {"value": SECRETS})

    contoso.ask("PUT", app.secrets, {"value": [{"key": "SyncAll", "value": "false"}]})

    assert contoso.get(app.secrets)["value"] == [{"key": "SyncAll", "value": "false"}]


def test_an_empty_value_deletes_a_secret(contoso: Asker, app: SyncApp) -> None:
    contoso.ask("PUT", app.secrets, {"value": [{**pair, "value": ""} for pair in SECRETS]})

    assert contoso.get(app.secrets)["value"] == []


def test_credentials_come_back_as_a_star(world: Sandbox, contoso: Asker, app: SyncApp) -> None:
    password = {"key": "Password", "value": "hunter2"}
    contoso.ask("PUT", app.secrets, {"value": [*SECRETS, password]})

    told = contoso.get(app.secrets)["value"]
    world.store.switches.secrets_all_hidden = True
    hidden = contoso.get(app.secrets)["value"]

    assert told == [*SECRETS, {"key": "Password", "value": "*"}]
    assert {pair["value"] for pair in hidden} == {"*"}


@pytest.mark.parametrize(
    "value",
    [None, {}, ["x"], [{"key": "Shoe", "value": "44"}], [{"key": "CompanyId", "value": None}]],
)
def test_secrets_that_cannot_be_are_refused(contoso: Asker, app: SyncApp, value: Any) -> None:
    assert contoso.code("PUT", app.secrets, {"value": value})[0] == 400


def test_a_restart_names_known_scopes(contoso: Asker, app: SyncApp) -> None:
    job = a_job(contoso, app)

    assert contoso.code("POST", f"{job}/restart", {"criteria": {"resetScope": "Shoes"}}) == (
        400,
        "Request_BadRequest",
    )


def test_jobs_of_others_need_the_permission_for_all_jobs(contoso: Asker, world: Sandbox) -> None:
    principal = world.tenant("contoso").registrations.add_native_job(FABRIKAM)
    jobs = f"/servicePrincipals/{principal}/synchronization/jobs"
    job = contoso.get(jobs)["value"][0]["id"]

    def pauses(permission: str) -> int:
        asker = Asker(world, "contoso", permissions=frozenset({permission}))
        return asker.ask("POST", f"{jobs}/{job}/pause").status

    assert pauses("Synchronization.Read.All") == 403
    assert pauses("Application.ReadWrite.OwnedBy") == 403
    assert pauses("Synchronization.ReadWrite.All") == 204


@pytest.mark.parametrize("wide", ["Application.ReadWrite.All", "Directory.ReadWrite.All"])
def test_what_opens_other_calls_does_not_open_the_jobs_of_others(
    contoso: Asker, world: Sandbox, wide: str
) -> None:
    principal = world.tenant("contoso").registrations.add_native_job(FABRIKAM)
    both = frozenset({"Application.ReadWrite.OwnedBy", wide})
    asker = Asker(world, "contoso", permissions=both)
    path = f"/servicePrincipals/{principal}/synchronization/secrets"

    assert asker.ask("PUT", path, {"value": SECRETS}).status == 403
