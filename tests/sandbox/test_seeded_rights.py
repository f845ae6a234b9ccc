"""The demonstration's reconciler application can do what the stacks do, and no more."""

from __future__ import annotations

import pytest

from sandbox.clock import ManualClock
from sandbox.estate import RECONCILER_PERMISSIONS, demo_estate
from sandbox.seeds import sandbox_id
from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, Asker
from tests.sandbox.linked import (
    FABRIKAM,
    PARTNERS,
    SECRETS,
    SyncApp,
    a_sync_app,
    allow_inbound,
)

FEDERATION = {"name": "github", "issuer": "https://i", "subject": "s", "audiences": ["a"]}


@pytest.fixture
def contoso() -> Asker:
    world = Sandbox(ManualClock(), estate=demo_estate(people=20, awkward=False))
    allow_inbound(world)
    return Asker(world, "contoso", permissions=RECONCILER_PERMISSIONS, app="reconciler")


@pytest.fixture
def app(contoso: Asker) -> SyncApp:
    return a_sync_app(contoso)


def test_it_makes_a_sync_app_and_assigns_a_group(contoso: Asker, app: SyncApp) -> None:
    tagged = contoso.ask("PATCH", app.path, {"tags": ["tenantry:contoso->fabrikam"]})
    assigned = contoso.ask("POST", app.assigned, app.assignment(EMPLOYEES))

    assert (tagged.status, assigned.status) == (204, 201)
    assert contoso.ask("DELETE", f"{app.assigned}/{assigned.body['id']}").status == 204


def test_it_keeps_the_native_job_of_its_own_app(contoso: Asker, app: SyncApp) -> None:
    consent = {"automaticUserConsentSettings": {"outboundAllowed": True}}
    contoso.ask("POST", PARTNERS, {"tenantId": FABRIKAM, **consent})

    stored = contoso.ask("PUT", app.secrets, {"value": SECRETS})
    job = contoso.ask("POST", app.jobs, {"templateId": "Azure2Azure"})
    started = contoso.ask("POST", f"{app.jobs}/{job.body['id']}/start")

    assert (stored.status, job.status, started.status) == (204, 201, 204)


def test_it_trusts_workloads_in_its_own_name(contoso: Asker) -> None:
    def trusts(name: str) -> int:
        owned = sandbox_id("application:" + sandbox_id(f"app:contoso:{name}"))
        path = f"/applications/{owned}/federatedIdentityCredentials"
        return contoso.ask("POST", path, FEDERATION).status

    assert (trusts("reconciler"), trusts("administrator")) == (201, 403)
