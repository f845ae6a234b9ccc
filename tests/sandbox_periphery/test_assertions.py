"""Signed tokens as proof: what a certificate's holder and a workload may show, and what not."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate

from sandbox.clock import ManualClock
from sandbox.estate import PLACES, demo_estate
from sandbox.identity import JWT_BEARER
from sandbox.seeds import sandbox_id
from sandbox.wire import Answer
from sandbox.world import ORIGIN, Sandbox

TENANT = PLACES["contoso"].tenant_id
APP = sandbox_id("app:contoso:reconciler")
ENDPOINT = f"/{TENANT}/oauth2/v2.0/token"
ISSUER, AUDIENCE = "https://token.actions.githubusercontent.com", "api://AzureADTokenExchange"
SUBJECT = "repo:contoso/identity:environment:production"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(clock: ManualClock) -> Sandbox:
    return Sandbox(clock, estate=demo_estate(people=3, awkward=False))


def present(world: Sandbox, assertion: str, client_id: str = APP) -> Answer:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_assertion": assertion,
        "client_assertion_type": JWT_BEARER,
        "scope": f"{ORIGIN}/.default",
    }
    return world.identity.answer("POST", ENDPOINT, form, {})


def application(world: Sandbox) -> dict[str, Any]:
    found = world.tenant("contoso").registrations.application_of(APP)
    assert found is not None
    return found


def trust(world: Sandbox) -> None:
    application(world)["federatedIdentityCredentials"] = [
        {"issuer": ISSUER, "subject": SUBJECT, "audiences": [AUDIENCE]}
    ]


def brought(world: Sandbox, **changed: str) -> str:
    told = {"issuer": ISSUER, "subject": SUBJECT, "audience": AUDIENCE}
    return world.identity.assertion(**told | changed)


def made(expires: datetime | None = None) -> tuple[Certificate, RSAPrivateKey]:
    issued = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert(
        "reconciler", key_type=trustme.KeyType.RSA, not_after=expires
    )
    certificate = load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return certificate, key


@cache
def lasting() -> tuple[Certificate, RSAPrivateKey]:
    return made()


def register(world: Sandbox, certificate: Certificate) -> None:
    spelled = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    application(world)["keyCredentials"] = [{"key": spelled}]


def signed(
    world: Sandbox,
    pair: tuple[Certificate, RSAPrivateKey],
    *,
    headers: Mapping[str, Any] | None = None,
    **changed: Any,
) -> str:
    certificate, key = pair
    now = int(world.clock.now().timestamp())
    claims = {"iss": APP, "sub": APP, "aud": ORIGIN + ENDPOINT, "nbf": now, "exp": now + 60}
    thumbprint = base64.urlsafe_b64encode(certificate.fingerprint(SHA256())).decode()
    own = {"x5t#S256": thumbprint} if headers is None else dict(headers)
    return jwt.encode(claims | changed, key, algorithm="RS256", headers=own)


def unchecked(header: Mapping[str, Any], claims: Any) -> str:
    """A token in form only, with whatever its parts say."""
    parts = [json.dumps(part).encode() for part in (header, claims)]
    spelled = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in [*parts, b"sig"]]
    return ".".join(spelled)


def test_a_trusted_workload_gets_a_token(world: Sandbox) -> None:
    trust(world)

    assert present(world, brought(world)).status == 200


@pytest.mark.parametrize("part", ["issuer", "subject", "audience"])
def test_another_workload_gets_none(world: Sandbox, part: str) -> None:
    trust(world)

    answer = present(world, brought(world, **{part: "https://example.com"}))

    assert answer.body["error_codes"] == [70021]


def test_clocks_may_differ_by_less_than_five_minutes(world: Sandbox, clock: ManualClock) -> None:
    trust(world)
    assertion = brought(world)

    clock.advance(600 + 299)
    late = present(world, assertion)
    clock.advance(1)

    assert late.status == 200
    assert present(world, assertion).body["error_codes"] == [700024]


def test_a_token_of_a_clock_that_is_a_little_fast_is_taken(world: Sandbox) -> None:
    trust(world)
    moment = int(world.clock.now().timestamp())
    register(world, lasting()[0])

    ahead = [signed(world, lasting(), nbf=moment + seconds) for seconds in (300, 301)]

    assert [present(world, assertion).status for assertion in ahead] == [200, 401]


@pytest.mark.parametrize(
    "assertion",
    [
        "nonsense",
        "",
        "a.b.c",
        unchecked({"alg": "RS256"}, {"iss": APP, "exp": "tomorrow"}),
        unchecked({"alg": "RS256"}, {"iss": APP, "exp": 1, "nbf": "now"}),
        unchecked({"alg": "RS256"}, {"iss": APP, "exp": None}),
        unchecked({"alg": "RS256", "x5t": 5}, {"iss": APP, "exp": 1}),
        unchecked({"alg": "RS256"}, {"iss": [APP], "exp": 1}),
        unchecked({"alg": "RS256"}, {"iss": APP, "aud": [1], "exp": 1}),
        unchecked({"alg": "RS256"}, [APP]),
    ],
)
def test_nonsense_is_refused(world: Sandbox, assertion: str) -> None:
    assert present(world, assertion).body["error_codes"] == [50027]


def test_a_registered_certificate_proves_the_application(world: Sandbox) -> None:
    register(world, lasting()[0])

    assert present(world, signed(world, lasting())).status == 200


def test_a_certificate_may_be_named_by_the_short_thumbprint(world: Sandbox) -> None:
    certificate, _ = lasting()
    register(world, certificate)
    # The short one is SHA-1 by definition.
    short = base64.urlsafe_b64encode(certificate.fingerprint(SHA1())).decode()

    headers = {"x5t": short}

    assert present(world, signed(world, lasting(), headers=headers)).status == 200


def test_an_unregistered_certificate_proves_nothing(world: Sandbox) -> None:
    assert present(world, signed(world, lasting())).body["error_codes"] == [700027]


@pytest.mark.parametrize("key", ["hello", "%%%", "", 5, None])
def test_a_registered_key_that_is_no_certificate_proves_nothing(
    world: Sandbox, key: object
) -> None:
    application(world)["keyCredentials"] = [{"key": key}, 7]

    assert present(world, signed(world, lasting())).body["error_codes"] == [700027]


def test_an_expired_certificate_proves_nothing(world: Sandbox, clock: ManualClock) -> None:
    pair = made(expires=datetime.now(UTC) + timedelta(days=900))
    register(world, pair[0])
    clock.advance((pair[0].not_valid_after_utc - clock.now()).total_seconds())

    answer = present(world, signed(world, pair))

    assert answer.body["error_codes"] == [700027]
    assert "expired" in answer.body["error_description"]


@pytest.mark.parametrize(
    "audience",
    [
        f"{ORIGIN}/contoso.com/oauth2/v2.0/token",
        f"{ORIGIN}/CONTOSO.COM/oauth2/v2.0/token",
        f"{ORIGIN}/{TENANT}/v2.0",
        [f"{ORIGIN}/{TENANT}/oauth2/v2.0/token"],
    ],
)
def test_an_assertion_may_mean_the_tenant_by_each_of_its_names(
    world: Sandbox, audience: object
) -> None:
    register(world, lasting()[0])

    assert present(world, signed(world, lasting(), aud=audience)).status == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": f"{ORIGIN}/fabrikam.com/oauth2/v2.0/token"},
        {"aud": ORIGIN},
        {"sub": sandbox_id("app:contoso:reader")},
    ],
)
def test_an_assertion_that_means_something_else_is_refused(
    world: Sandbox, changed: Mapping[str, Any]
) -> None:
    register(world, lasting()[0])

    answer = present(world, signed(world, lasting(), **changed))

    assert answer.body["error_codes"] == [700023]


def test_an_assertion_may_write_the_clients_id_in_capitals(world: Sandbox) -> None:
    register(world, lasting()[0])
    capital = APP.upper()

    answer = present(world, signed(world, lasting(), iss=capital, sub=capital), capital)

    assert answer.status == 200


def test_a_deleted_application_proves_nothing(world: Sandbox) -> None:
    registrations = world.tenant("contoso").registrations
    register(world, lasting()[0])
    registrations.delete_application(application(world)["id"])

    assert present(world, signed(world, lasting())).body["error_codes"] == [700016]
