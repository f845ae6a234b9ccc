"""Judges client assertions: a signed token and its application enter, at most a refusal leaves."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_der_x509_certificate

from sandbox import aadsts
from sandbox.keys import UNJUDGED, SigningKey

# How far clocks may differ. Nobody documents what Entra forgives; its own libraries forgive this.
SKEW_SECONDS = 300
_Number = int | float


class _Claims(msgspec.Struct):
    """What a token says that is judged here."""

    iss: str = ""
    sub: str = ""
    aud: str | list[str] = ""
    nbf: _Number = 0
    exp: _Number = 0

    @property
    def audiences(self) -> set[str]:
        return set(self.aud) if isinstance(self.aud, list) else {self.aud}


class _Header(msgspec.Struct):
    """How a token names its certificate, by either kind of thumbprint."""

    short: str = msgspec.field(default="", name="x5t")
    long: str = msgspec.field(default="", name="x5t#S256")


class _Key(msgspec.Struct):
    """A certificate among an application's `keyCredentials`."""

    key: str


def judge_assertion(
    assertion: str,
    *,
    application: Mapping[str, Any],
    audiences: Collection[str],
    key: SigningKey,
    now: datetime,
) -> None:
    """Accept an assertion signed with the application's certificate, or a federated workload's.

    `audiences` are the names, in small letters, of the endpoint that a certificate's holder may
    mean. The sandbox's own key stands for the key of every outside issuer.

    Raises:
        TokenProblem: when the assertion proves nothing.
    """
    header, claims = _read(assertion)
    app_id = application["appId"]
    if claims.iss.lower() == app_id:
        _judge_certificate(assertion, header, application, now)
        meant = {audience.lower() for audience in claims.audiences}
        if not meant & set(audiences) or claims.sub.lower() != app_id:
            raise aadsts.misdirected_assertion()
    else:
        _judge_workload(assertion, claims, application, key)
    moment = now.timestamp()
    if not claims.nbf - SKEW_SECONDS <= moment < claims.exp + SKEW_SECONDS:
        raise aadsts.untimely_assertion()


def _read(assertion: str) -> tuple[_Header, _Claims]:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
        header = jwt.get_unverified_header(assertion)
        return msgspec.convert(header, _Header), msgspec.convert(claims, _Claims)
    except (jwt.InvalidTokenError, msgspec.ValidationError, RecursionError, ValueError):
        raise aadsts.malformed_assertion() from None


def _judge_certificate(
    assertion: str, header: _Header, application: Mapping[str, Any], now: datetime
) -> None:
    known = next((found for found in _certificates(application) if _names(header, found)), None)
    if known is None:
        raise aadsts.unknown_certificate("The key was not found.")
    public = known.public_key()
    if not isinstance(public, RSAPublicKey):
        raise aadsts.unknown_certificate("The key used is not an RSA key.")
    try:
        jwt.decode(assertion, public, algorithms=["RS256", "PS256"], options=UNJUDGED)
    except jwt.InvalidTokenError:
        raise aadsts.unknown_certificate("The signature does not fit the key.") from None
    if not known.not_valid_before_utc <= now < known.not_valid_after_utc:
        raise aadsts.unknown_certificate("The key used is expired.")


def _certificates(application: Mapping[str, Any]) -> Iterator[Certificate]:
    """Read the certificates of an application; a key that is none proves nothing."""
    for held in application.get("keyCredentials") or []:
        try:
            key = msgspec.convert(held, _Key).key
            yield load_der_x509_certificate(base64.b64decode(key))
        except (msgspec.ValidationError, ValueError):
            continue


def _names(header: _Header, certificate: Certificate) -> bool:
    """Tell whether a token's header names this certificate."""
    spelled = certificate.public_bytes(Encoding.DER)
    # Older clients name a certificate by SHA-1 in `x5t`; it finds the key, and proves nothing.
    short = hashlib.sha1(spelled).digest()  # noqa: S324
    prints = ((header.short, short), (header.long, hashlib.sha256(spelled).digest()))
    return any(
        said.rstrip("=") == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        for said, digest in prints
    )


def _judge_workload(
    assertion: str, claims: _Claims, application: Mapping[str, Any], key: SigningKey
) -> None:
    try:
        key.verify(assertion)
    except jwt.InvalidTokenError:
        raise aadsts.malformed_assertion() from None
    for trusted in application.get("federatedIdentityCredentials") or []:
        same = trusted["issuer"] == claims.iss and trusted["subject"] == claims.sub
        if same and claims.audiences & set(trusted["audiences"]):
            return
    raise aadsts.unknown_workload(claims.iss, claims.sub, claims.aud)
