from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
import pytest
import trustme
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from sandbox.clock import ManualClock
from sandbox.estate import PLACES, SANDBOX_SECRET, demo_estate
from sandbox.identity import JWT_BEARER
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
    assert caller.permissions == world.tenant("contoso").credentials[APP].permissions


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


class TestAssertions:
    issuer, audience = "https://token.actions.githubusercontent.com", "api://AzureADTokenExchange"
    subject = "repo:contoso/identity:environment:production"

    def application(self, world: Sandbox) -> dict[str, Any]:
        applications = world.tenant("contoso").registrations.applications.values()
        return next(app for app in applications if app["appId"] == APP)

    def trust(self, world: Sandbox) -> None:
        self.application(world)["federatedIdentityCredentials"] = [
            {"issuer": self.issuer, "subject": self.subject, "audiences": [self.audience]}
        ]

    def present(self, world: Sandbox, assertion: str) -> Answer:
        return ask(
            world,
            client_secret=None,
            client_assertion=assertion,
            client_assertion_type=JWT_BEARER,
        )

    def brought(self, world: Sandbox, **changed: str) -> str:
        told = {"issuer": self.issuer, "subject": self.subject, "audience": self.audience}
        return world.identity.assertion(**told | changed)

    def test_a_trusted_workload_gets_a_token(self, world: Sandbox) -> None:
        self.trust(world)

        assert self.present(world, self.brought(world)).status == 200

    @pytest.mark.parametrize("part", ["issuer", "subject", "audience"])
    def test_another_workload_gets_none(self, world: Sandbox, part: str) -> None:
        self.trust(world)

        answer = self.present(world, self.brought(world, **{part: "https://example.com"}))

        assert answer.body["error_codes"] == [70021]

    def test_an_old_assertion_is_refused(self, world: Sandbox, clock: ManualClock) -> None:
        self.trust(world)
        assertion = self.brought(world)

        clock.advance(601)

        assert self.present(world, assertion).body["error_codes"] == [700024]

    def test_nonsense_is_refused(self, world: Sandbox) -> None:
        assert self.present(world, "nonsense").body["error_codes"] == [50027]

    def signed(self, world: Sandbox, clock: ManualClock, *, registered: bool) -> str:
        made = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert(
            "reconciler", key_type=trustme.KeyType.RSA
        )
        certificate = load_pem_x509_certificate(made.cert_chain_pems[0].bytes())
        if registered:
            spelled = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
            self.application(world)["keyCredentials"] = [{"key": spelled}]
        now = int(clock.now().timestamp())
        thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(SHA256())).decode()
        return jwt.encode(
            {"iss": APP, "sub": APP, "aud": ORIGIN + ENDPOINT, "nbf": now, "exp": now + 60},
            load_pem_private_key(made.private_key_pem.bytes(), None),  # type: ignore[arg-type]
            algorithm="RS256",
            headers={"x5t#S256": thumbprint},
        )

    def test_a_registered_certificate_proves_the_application(
        self, world: Sandbox, clock: ManualClock
    ) -> None:
        assertion = self.signed(world, clock, registered=True)

        assert self.present(world, assertion).status == 200

    def test_an_unregistered_certificate_proves_nothing(
        self, world: Sandbox, clock: ManualClock
    ) -> None:
        assertion = self.signed(world, clock, registered=False)

        assert self.present(world, assertion).body["error_codes"] == [700027]
