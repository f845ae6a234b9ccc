from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import jwt
import pytest

from sandbox.clock import ManualClock
from sandbox.estate import PLACES, RECONCILER_PERMISSIONS, SANDBOX_SECRET, demo_estate
from sandbox.keys import SigningKey, process_key
from sandbox.seeds import sandbox_id
from sandbox.wire import Answer, Refusal
from sandbox.world import ORIGIN, Sandbox

TENANT = PLACES["contoso"].tenant_id
APP = sandbox_id("app:contoso:reconciler")
ENDPOINT = f"/{TENANT}/oauth2/v2.0/token"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(clock: ManualClock) -> Sandbox:
    return Sandbox(clock, estate=demo_estate(people=3, awkward=False))


def ask(world: Sandbox, path: str = ENDPOINT, **changed: str | None) -> Answer:
    form: dict[str, str | None] = {
        "grant_type": "client_credentials",
        "client_id": APP,
        "client_secret": SANDBOX_SECRET,
        "scope": f"{ORIGIN}/.default",
        **changed,
    }
    said = {name: value for name, value in form.items() if value is not None}
    return world.identity.answer("POST", path, said, {"client-request-id": "c0ffee"})


def test_the_right_secret_buys_a_token_with_the_granted_permissions(world: Sandbox) -> None:
    answer = ask(world)

    caller = world.identity.caller(f"Bearer {answer.body['access_token']}")
    assert answer.body["expires_in"] == 3599
    assert caller.app_id == APP
    assert caller.permissions == RECONCILER_PERMISSIONS


def test_a_client_may_write_its_id_in_capitals(world: Sandbox) -> None:
    answer = ask(world, client_id=APP.upper())

    assert world.identity.caller(f"Bearer {answer.body['access_token']}").app_id == APP


def test_a_tenant_may_be_named_by_a_domain(world: Sandbox) -> None:
    assert ask(world, "/Contoso.COM/oauth2/v2.0/token").status == 200


@pytest.mark.parametrize("resource", [ORIGIN, "https://graph.microsoft.com"])
def test_a_token_names_the_resource_it_was_asked_for(world: Sandbox, resource: str) -> None:
    token = ask(world, scope=f"{resource}/.default").body["access_token"]

    assert process_key().verify(token)["aud"] == resource


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, 7000215),
        ({"client_secret": None}, 401, 7000218),
        ({"client_id": TENANT}, 400, 700016),
        ({"client_id": None}, 400, 900144),
        ({"client_id": sandbox_id("app:fabrikam:reconciler")}, 400, 700016),
        ({"grant_type": "password"}, 400, 70003),
        ({"scope": "User.Read.All"}, 400, 1002012),
        ({"scope": "https://example.com/.default"}, 400, 500011),
    ],
)
def test_each_refusal_has_the_number_that_clients_look_for(
    world: Sandbox, changed: Mapping[str, str | None], status: int, code: int
) -> None:
    answer = ask(world, ENDPOINT, **changed)

    assert answer.status == status
    assert answer.body["error_codes"] == [code]
    assert answer.body["error_description"].startswith(f"AADSTS{code}: ")
    assert answer.body["correlation_id"] == "c0ffee"


def test_an_unknown_tenant_is_refused_by_token_and_discovery(world: Sandbox) -> None:
    token = ask(world, "/nowhere.example/oauth2/v2.0/token")
    discovery = world.identity.answer(
        "GET", "/nowhere.example/v2.0/.well-known/openid-configuration", {}, {}
    )

    assert token.body["error_codes"] == discovery.body["error_codes"] == [90002]


def test_discovery_leads_to_the_key_that_verifies_tokens(world: Sandbox) -> None:
    found = world.identity.answer("GET", f"/{TENANT}/v2.0/.well-known/openid-configuration", {}, {})
    path = found.body["jwks_uri"].removeprefix(ORIGIN)

    (published,) = world.identity.answer("GET", path, {}, {}).body["keys"]
    token = ask(world).body["access_token"]
    claims = jwt.decode(
        token,
        jwt.PyJWK(published).key,
        algorithms=["RS256"],
        audience=ORIGIN,
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )

    assert claims["iss"] == found.body["issuer"]
    assert jwt.get_unverified_header(token)["kid"] == published["kid"]


def test_a_token_expires_by_the_sandboxs_clock(world: Sandbox, clock: ManualClock) -> None:
    token = world.identity.issue(TENANT, APP)
    assert world.identity.caller(f"Bearer {token}").tenant_id == TENANT

    clock.advance(timedelta(hours=1).total_seconds())

    with pytest.raises(Refusal) as refused:
        world.identity.caller(f"Bearer {token}")
    assert refused.value.answer.status == 401
    assert "expired" in refused.value.answer.body["error"]["message"]


def foreign_token() -> str:
    return SigningKey.generate().sign({"aud": ORIGIN, "tid": TENANT, "appid": APP, "roles": []})


@pytest.mark.parametrize(
    "authorization", [None, "", "Basic abc", "Bearer", "Bearer not.a.token", "Bearer FOREIGN"]
)
def test_whatever_is_no_token_of_ours_is_unauthenticated(
    world: Sandbox, authorization: str | None
) -> None:
    header = authorization and authorization.replace("FOREIGN", foreign_token())

    with pytest.raises(Refusal) as refused:
        world.identity.caller(header)

    answer = refused.value.answer
    assert answer.body["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_permission_granted_later_needs_a_new_token(world: Sandbox) -> None:
    reader = sandbox_id("app:contoso:reader")

    token = world.identity.issue(TENANT, reader)

    assert world.identity.caller(f"Bearer {token}").permissions == {"User.Read.All"}
