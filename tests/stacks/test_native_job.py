"""With Entra's engine a link carries Entra's own job, which waits for the target."""

from __future__ import annotations

import json
from typing import Any

from tests.stacks.worlds import ONE, Lookups, declared

NATIVE = ONE.replace("sync: {", "sync: {engine: entra, ")
CLOSED = Lookups(off=("fabrikam: userSyncInbound.isSyncAllowed",))


def settings(text: str) -> dict[str, Any]:
    found = declared(text).one("SynchronizationSecret").inputs["credentials"]
    return {one["key"]: one["value"] for one in found}


def test_the_job_is_entra_s_and_runs_when_the_target_is_ready() -> None:
    found = declared(NATIVE).one("SynchronizationJob").inputs

    assert found == {
        "enabled": True,
        "servicePrincipalId": "id of contoso-to-fabrikam",
        "templateId": "Azure2Azure",
    }


def test_the_job_stays_disabled_with_a_warning_while_a_tenant_does_not_allow_it() -> None:
    engine = declared(NATIVE, lookups=CLOSED)

    assert engine.one("SynchronizationJob").inputs["enabled"] is False
    (warning,) = engine.warnings
    assert "fabrikam: userSyncInbound.isSyncAllowed" in warning


def test_the_job_of_a_paused_link_stays_disabled_without_a_warning() -> None:
    paused = f"{NATIVE}links: [{{link: contoso -> fabrikam, paused: true}}]\n"

    engine = declared(paused, lookups=CLOSED)

    assert engine.one("SynchronizationJob").inputs["enabled"] is False
    assert engine.warnings == []


def test_the_job_comes_after_everything_it_needs() -> None:
    after = {one.partition(" ")[0] for one in declared(NATIVE).one("SynchronizationJob").after}

    assert {one.rpartition(":")[2] for one in after} == {
        "AppRoleAssignment",
        "IdentitySync",
        "Partner",
        "ServicePrincipal",
        "SynchronizationSecret",
    }


def test_the_settings_name_the_target_and_its_policy() -> None:
    found = settings(NATIVE)

    assert found["CompanyId"] == "8fbb86ab-dfa2-55d1-b1cc-3aabe20b4fd1"
    assert found["AuthenticationType"] == "SyncPolicy"
    assert found["SyncAll"] == "false"


def test_everyone_in_scope_is_the_job_s_own_setting() -> None:
    assert settings(NATIVE.replace("{assigned: {groups: [employees]}}", "{all: true}"))[
        "SyncAll"
    ] == ("true")


def test_the_number_of_deletes_that_stops_the_job_is_the_topology_s() -> None:
    text = NATIVE.replace("entra, ", "entra, thresholds: {deletes: {count: 7}}, ")

    found = json.loads(settings(text)["SyncNotificationSettings"])

    assert found["DeleteThresholdEnabled"] is True
    assert found["DeleteThresholdValue"] == 7


def test_the_name_of_an_app_with_a_job_does_not_forbid_to_start_it() -> None:
    found = declared(NATIVE).one("ApplicationFromTemplate").inputs

    assert found["displayName"] == "Tenantry: contoso to fabrikam"


def test_without_entra_s_engine_there_is_no_job() -> None:
    assert declared(ONE).of_kind("SynchronizationJob") == []
