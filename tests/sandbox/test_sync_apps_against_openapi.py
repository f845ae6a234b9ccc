"""What sync apps are made of, held to the schema that Microsoft publishes beside the checkout."""

from __future__ import annotations

import pytest

from sandbox.world import Sandbox
from tests.sandbox.asking import EMPLOYEES, Asker, a_sandbox
from tests.sandbox.compared import problems
from tests.sandbox.linked import (
    SECRETS,
    TEMPLATE,
    SyncApp,
    a_sync_app,
    allow_inbound,
    consent_outbound,
)
from tests.sandbox.published import GRAPH, schema_of

pytestmark = pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")

PRINCIPAL = "/servicePrincipals/{servicePrincipal-id}"
SYNCHRONIZATION = f"{PRINCIPAL}/synchronization"
FEDERATIONS = "/applications/{application-id}/federatedIdentityCredentials"
FEDERATION = {"name": "github", "issuer": "https://i", "subject": "s", "audiences": ["a"]}


@pytest.fixture
def world() -> Sandbox:
    made = a_sandbox()
    allow_inbound(made)
    consent_outbound(made)
    return made


@pytest.fixture
def app(contoso: Asker) -> SyncApp:
    """A sync app with everything that can hang on it."""
    made = a_sync_app(contoso)
    federations = f"/applications/{made.application['id']}/federatedIdentityCredentials"
    asked = [
        ("PUT", made.secrets, {"value": SECRETS}),
        ("POST", made.jobs, {"templateId": "Azure2Azure"}),
        ("POST", made.assigned, made.assignment(EMPLOYEES)),
        ("POST", federations, FEDERATION),
    ]
    for method, path, body in asked:
        assert contoso.ask(method, path, body).status in {201, 204}
    return made


@pytest.mark.parametrize(
    "path",
    [
        "/applications",
        "/applications/{application-id}",
        "/applications/{application-id}/owners",
        FEDERATIONS,
        "/applicationTemplates/{applicationTemplate-id}",
        "/servicePrincipals",
        PRINCIPAL,
        f"{PRINCIPAL}/owners",
        f"{PRINCIPAL}/appRoleAssignedTo",
        f"{SYNCHRONIZATION}/jobs",
        f"{SYNCHRONIZATION}/secrets",
        f"{SYNCHRONIZATION}/templates",
    ],
)
def test_a_read_has_the_published_form(contoso: Asker, app: SyncApp, path: str) -> None:
    address = (
        path.replace("{application-id}", app.application["id"])
        .replace("{servicePrincipal-id}", app.principal["id"])
        .replace("{applicationTemplate-id}", TEMPLATE)
    )

    answer = contoso.ask("GET", address)

    assert answer.status == 200
    assert problems(answer.body, schema_of("get", path, "200"), path) == []


@pytest.mark.parametrize(
    ("path", "part"),
    [(f"{PRINCIPAL}/appRoleAssignedTo", "assigned"), (f"{SYNCHRONIZATION}/jobs", "jobs")],
)
def test_what_hangs_on_an_app_has_the_published_form(contoso: Asker, path: str, part: str) -> None:
    app = a_sync_app(contoso)
    bodies = {"assigned": app.assignment(EMPLOYEES), "jobs": {"templateId": "Azure2Azure"}}

    answer = contoso.ask("POST", getattr(app, part), bodies[part])

    assert answer.status == 201
    assert problems(answer.body, schema_of("post", path, "201"), path) == []


def test_an_instance_of_the_template_has_the_published_form(contoso: Asker) -> None:
    path = "/applicationTemplates/{applicationTemplate-id}/instantiate"

    answer = contoso.ask(
        "POST", f"/applicationTemplates/{TEMPLATE}/instantiate", {"displayName": "x"}
    )

    assert problems(answer.body, schema_of("post", path, "201"), path) == []
