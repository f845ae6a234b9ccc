"""Who may sign in with which secret, and what consent to Microsoft Graph then allows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.clock import ManualClock, stamp
from sandbox.consent import GRAPH_APP_ID, PERMISSIONS
from sandbox.estate import (
    ADMINISTRATOR_PERMISSIONS,
    PLACES,
    RECONCILER_PERMISSIONS,
    SANDBOX_SECRET,
    demo_estate,
)
from sandbox.routes.table import ROUTES
from sandbox.seeds import sandbox_id
from sandbox.snapshots import freeze
from sandbox.wire import Answer
from sandbox.world import ORIGIN, Sandbox
from tests.sandbox.asking import Asker

TENANT = PLACES["contoso"].tenant_id
READER = sandbox_id("app:contoso:reader")
GRAPH = f"/servicePrincipals(appId='{GRAPH_APP_ID}')"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def contoso(clock: ManualClock) -> Asker:
    world = Sandbox(clock, estate=demo_estate(people=3, awkward=False))
    return Asker(world, "contoso", permissions=ADMINISTRATOR_PERMISSIONS, app="administrator")


def sign_in(world: Sandbox, secret: str = SANDBOX_SECRET, client_id: str = READER) -> Answer:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
        "scope": f"{ORIGIN}/.default",
    }
    return world.identity.answer("POST", f"/{TENANT}/oauth2/v2.0/token", form, {})


def refused(answer: Answer) -> int:
    (code,) = answer.body["error_codes"]
    return int(code)


def permissions(world: Sandbox, answer: Answer) -> frozenset[str]:
    return world.identity.caller(f"Bearer {answer.body['access_token']}").permissions


def an_application(contoso: Asker) -> dict[str, Any]:
    app = contoso.ask("POST", "/applications", {"displayName": "Night shift"}).body
    assert isinstance(app, dict)
    return app


def a_principal(contoso: Asker, app_id: str) -> str:
    return str(contoso.ask("POST", "/servicePrincipals", {"appId": app_id}).body["id"])


def a_secret(contoso: Asker, object_id: str, **wish: Any) -> Any:
    path = f"/applications/{object_id}/addPassword"
    return contoso.ask("POST", path, {"passwordCredential": wish}).body


def grant(contoso: Asker, principal_id: str, permission: str) -> Answer:
    graph = contoso.get(GRAPH)
    (role,) = (one["id"] for one in graph["appRoles"] if one["value"] == permission)
    body = {"principalId": principal_id, "resourceId": graph["id"], "appRoleId": role}
    return contoso.ask("POST", f"/servicePrincipals/{principal_id}/appRoleAssignments", body)


def reader(contoso: Asker) -> str:
    principal = contoso.get(f"/servicePrincipals(appId='{READER}')")
    return f"/servicePrincipals/{principal['id']}"


def the_readers_application(contoso: Asker) -> str:
    return str(contoso.get(f"/applications(appId='{READER}')")["id"])


def test_the_list_of_permissions_is_what_the_calls_ask_for() -> None:
    assert frozenset().union(*(route.permissions for route in ROUTES.values())) == PERMISSIONS


def test_a_new_application_signs_in_once_it_has_a_principal(contoso: Asker) -> None:
    app = an_application(contoso)
    secret = a_secret(contoso, app["id"])["secretText"]

    before = sign_in(contoso.world, secret, app["appId"])
    a_principal(contoso, app["appId"])

    assert refused(before) == 700016
    assert permissions(contoso.world, sign_in(contoso.world, secret, app["appId"])) == frozenset()


def test_a_permission_is_consented_to_by_an_assignment(contoso: Asker) -> None:
    app = an_application(contoso)
    secret = a_secret(contoso, app["id"])["secretText"]

    answer = grant(contoso, a_principal(contoso, app["appId"]), "User.Read.All")

    assert answer.status == 201
    token = sign_in(contoso.world, secret, app["appId"])
    assert permissions(contoso.world, token) == {"User.Read.All"}


def test_what_the_first_applications_may_do_is_assigned(contoso: Asker) -> None:
    shown = {role["id"]: role["value"] for role in contoso.get(GRAPH)["appRoles"]}
    reconciler = sandbox_id("app:contoso:reconciler")

    held = contoso.get(f"/servicePrincipals(appId='{reconciler}')/appRoleAssignments")["value"]

    assert {shown[one["appRoleId"]] for one in held} == RECONCILER_PERMISSIONS
    assert {one["resourceDisplayName"] for one in held} == {"Microsoft Graph"}


def test_consent_that_is_withdrawn_is_missing_in_the_next_token(contoso: Asker) -> None:
    before = sign_in(contoso.world)
    (held,) = contoso.get(f"{reader(contoso)}/appRoleAssignments")["value"]

    contoso.ask("DELETE", f"{reader(contoso)}/appRoleAssignments/{held['id']}")

    assert permissions(contoso.world, sign_in(contoso.world)) == frozenset()
    assert permissions(contoso.world, before) == {"User.Read.All"}


def test_consent_in_one_tenant_is_none_in_another(contoso: Asker) -> None:
    fabrikam = contoso.world.tenant("fabrikam").registrations

    (held,) = contoso.get(f"{reader(contoso)}/appRoleAssignments")["value"]
    contoso.ask("DELETE", f"{reader(contoso)}/appRoleAssignments/{held['id']}")

    assert fabrikam.granted(sandbox_id("app:fabrikam:reader")) == {"User.Read.All"}


def test_an_added_secret_is_good_until_its_end(contoso: Asker, clock: ManualClock) -> None:
    end = clock.now() + timedelta(days=1)
    app = the_readers_application(contoso)
    secret = a_secret(contoso, app, endDateTime=stamp(end))["secretText"]

    clock.advance(86_399)
    in_time = sign_in(contoso.world, secret)
    clock.advance(1)

    assert in_time.status == 200
    assert refused(sign_in(contoso.world, secret)) == 7000222


def test_a_secret_is_not_good_before_its_start(contoso: Asker, clock: ManualClock) -> None:
    start = clock.now() + timedelta(days=1)
    app = the_readers_application(contoso)
    secret = a_secret(contoso, app, startDateTime=stamp(start))["secretText"]

    early = sign_in(contoso.world, secret)
    clock.advance(86_400)

    assert refused(early) == 7000215
    assert sign_in(contoso.world, secret).status == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"endDateTime": "tomorrow"},
        {"endDateTime": 5},
        {"startDateTime": "2026-01-01"},
        {"endDateTime": "0001-01-01T00:00:00+14:00"},
        {"displayName": 5},
    ],
)
def test_a_wish_for_a_secret_that_means_nothing_is_refused(
    contoso: Asker, wish: dict[str, Any]
) -> None:
    path = f"/applications/{the_readers_application(contoso)}/addPassword"

    assert contoso.code("POST", path, {"passwordCredential": wish}) == (400, "Request_BadRequest")


def test_a_removed_secret_is_refused(contoso: Asker) -> None:
    app = the_readers_application(contoso)
    (first,) = contoso.get(f"/applications/{app}")["passwordCredentials"]

    contoso.ask("POST", f"/applications/{app}/removePassword", {"keyId": first["keyId"]})

    assert refused(sign_in(contoso.world)) == 7000215


@pytest.mark.parametrize("secret", ["", "sandbox"])
def test_a_secret_that_was_only_described_proves_nothing(contoso: Asker, secret: str) -> None:
    described = {
        "keyId": sandbox_id("secret:described"),
        "startDateTime": "2020-01-01T00:00:00Z",
        "endDateTime": "2999-01-01T00:00:00Z",
    }
    path = f"/applications/{the_readers_application(contoso)}"
    assert contoso.ask("PATCH", path, {"passwordCredentials": [described]}).status == 204

    assert refused(sign_in(contoso.world, secret)) == 7000215


def test_no_answer_shows_a_secret_again(contoso: Asker) -> None:
    secret = a_secret(contoso, the_readers_application(contoso))["secretText"]

    assert secret not in str(contoso.get("/applications"))
    assert SANDBOX_SECRET not in str(contoso.get("/applications"))


def test_a_deleted_application_is_unknown(contoso: Asker) -> None:
    contoso.ask("DELETE", f"/applications/{the_readers_application(contoso)}")

    assert refused(sign_in(contoso.world)) == 700016


def test_an_application_whose_principal_is_deleted_is_unknown(contoso: Asker) -> None:
    contoso.ask("DELETE", reader(contoso))

    assert refused(sign_in(contoso.world)) == 700016


def test_an_application_whose_principal_is_disabled_is_refused(contoso: Asker) -> None:
    contoso.ask("PATCH", reader(contoso), {"accountEnabled": False})

    assert refused(sign_in(contoso.world)) == 7000112


@pytest.mark.parametrize(("method", "body"), [("DELETE", None), ("PATCH", {"appRoles": []})])
def test_what_consent_hangs_on_stays(contoso: Asker, method: str, body: Any) -> None:
    assert contoso.code(method, GRAPH, body) == (400, "Request_BadRequest")


def test_a_person_is_given_no_application_permission(contoso: Asker) -> None:
    graph = contoso.get(GRAPH)
    person = contoso.ids("/users")[0]
    body = {
        "principalId": person,
        "resourceId": graph["id"],
        "appRoleId": graph["appRoles"][0]["id"],
    }

    assert contoso.ask("POST", f"/users/{person}/appRoleAssignments", body).status == 400


def test_a_snapshot_keeps_secrets_and_consent(contoso: Asker) -> None:
    secret = a_secret(contoso, the_readers_application(contoso))["secretText"]
    frozen = freeze(contoso.world.store)
    other = Sandbox(contoso.world.clock, estate=[])

    other.restore(frozen)

    assert permissions(other, sign_in(other, secret)) == {"User.Read.All"}
