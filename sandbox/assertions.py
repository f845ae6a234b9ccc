"""Judges client assertions: a signed token and its application enter, at most a refusal leaves."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_der_x509_certificate

from sandbox import aadsts
from sandbox.keys import UNJUDGED, SigningKey


def judge_assertion(
    assertion: str,
    *,
    application: Mapping[str, Any],
    token_endpoint: str,
    key: SigningKey,
    now: datetime,
) -> None:
    """Accept an assertion signed with the application's certificate, or a federated workload's.

    The sandbox's own key stands for the key of every outside issuer.

    Raises:
        TokenProblem: when the assertion proves nothing.
    """
    try:
        claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
        header = jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError:
        raise aadsts.malformed_assertion() from None
    if claims.get("iss") == application["appId"]:
        _judge_certificate(assertion, header, application)
        if claims.get("aud") != token_endpoint or claims.get("sub") != application["appId"]:
            raise aadsts.misdirected_assertion()
    else:
        _judge_workload(assertion, claims, application, key)
    if not claims.get("nbf", 0) <= now.timestamp() < claims.get("exp", 0):
        raise aadsts.untimely_assertion()


def _judge_certificate(
    assertion: str, header: Mapping[str, Any], application: Mapping[str, Any]
) -> None:
    registered = [key["key"] for key in application.get("keyCredentials") or [] if key.get("key")]
    certificates = [load_der_x509_certificate(base64.b64decode(key)) for key in registered]
    known = next((found for found in certificates if _names(header, found)), None)
    if known is None:
        raise aadsts.unknown_certificate("The key was not found.")
    public = known.public_key()
    if not isinstance(public, RSAPublicKey):
        raise aadsts.unknown_certificate("The key used is not an RSA key.")
    try:
        jwt.decode(assertion, public, algorithms=["RS256", "PS256"], options=UNJUDGED)
    except jwt.InvalidTokenError:
        raise aadsts.unknown_certificate("The signature does not fit the key.") from None


def _names(header: Mapping[str, Any], certificate: Certificate) -> bool:
    """Tell whether a token's header names this certificate, by either kind of thumbprint."""
    spelled = certificate.public_bytes(Encoding.DER)
    # Older clients name a certificate by SHA-1 in `x5t`; it finds the key, and proves nothing.
    short = hashlib.sha1(spelled).digest()  # noqa: S324
    prints = {"x5t": short, "x5t#S256": hashlib.sha256(spelled).digest()}
    return any(
        header.get(name, "").rstrip("=") == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        for name, digest in prints.items()
    )


def _judge_workload(
    assertion: str, claims: Mapping[str, Any], application: Mapping[str, Any], key: SigningKey
) -> None:
    try:
        key.verify(assertion)
    except jwt.InvalidTokenError:
        raise aadsts.malformed_assertion() from None
    issuer, subject, audience = claims.get("iss"), claims.get("sub"), claims.get("aud")
    presented = set(audience) if isinstance(audience, list) else {audience}
    for trusted in application.get("federatedIdentityCredentials") or []:
        same = trusted["issuer"] == issuer and trusted["subject"] == subject
        if same and presented & set(trusted["audiences"]):
            return
    raise aadsts.unknown_workload(issuer, subject, audience)
