"""The identity platform's key: claims enter, RS256 tokens and a JSON Web Key Set leave."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options

# Who verifies a token judges its times by the sandbox's clock, which is not the system's.
UNJUDGED: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
}


class SigningKey:
    """An RSA key with the id that tokens name it by."""

    def __init__(self, private: RSAPrivateKey) -> None:
        """Take a private key and derive its id from the public part."""
        self._private = private
        self._public = private.public_key()
        spelled = self._public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = (
            base64.urlsafe_b64encode(hashlib.sha256(spelled).digest()[:20]).decode().rstrip("=")
        )

    @classmethod
    def generate(cls) -> SigningKey:
        """Make a new key."""
        return cls(generate_private_key(public_exponent=65537, key_size=2048))

    @classmethod
    def from_pem(cls, pem: bytes) -> SigningKey:
        """Read a key that `pem` wrote.

        Raises:
            ValueError: when the text is not an unencrypted RSA private key.
        """
        private = load_pem_private_key(pem, password=None)
        if not isinstance(private, RSAPrivateKey):
            raise ValueError("The signing key is not an RSA key.")  # noqa: TRY004
        return cls(private)

    def pem(self) -> bytes:
        """Write the private key, so that tokens stay valid when the sandbox starts again."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Sign claims as a JSON Web Token."""
        return jwt.encode(
            dict(claims), self._private, algorithm="RS256", headers={"kid": self.key_id}
        )

    def verify(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that this key signed, without judging times and audience.

        Raises:
            jwt.InvalidTokenError: when it is no token, or another key signed it.
        """
        claims: dict[str, Any] = jwt.decode(
            token, self._public, algorithms=["RS256"], options=UNJUDGED
        )
        return claims

    def key_set(self) -> dict[str, Any]:
        """Return the public key as the document that `jwks_uri` names."""
        key = json.loads(RSAAlgorithm.to_jwk(self._public))
        published = {"kty": "RSA", "use": "sig", "kid": self.key_id, "n": key["n"], "e": key["e"]}
        return {"keys": [published]}


@cache
def process_key() -> SigningKey:
    """Return one key for all sandboxes of a process: making one takes a tenth of a second."""
    return SigningKey.generate()
