"""The sandbox's HTTPS identity: a directory enters, a certificate and a bundle to trust leave."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import certifi
import trustme

from sandbox.keys import SigningKey

NAMES = ("127.0.0.1", "localhost", "::1")
# Far enough that a certificate made once outlives the checkout; trustme would choose 2038 as well.
_EXPIRES = datetime(2037, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a sandbox keeps what must stay the same between two starts."""

    path: Path

    @property
    def authority(self) -> Path:
        """The certificate of the sandbox's own authority, whose key is never stored."""
        return self.path / "ca.pem"

    @property
    def bundle(self) -> Path:
        """The public roots and our authority: what `SSL_CERT_FILE` names."""
        return self.path / "bundle.pem"

    @property
    def server(self) -> Path:
        """The server's private key and certificate."""
        return self.path / "server.pem"

    @property
    def signing_key(self) -> Path:
        """The key that tokens are signed with."""
        return self.path / "signing-key.pem"

    @property
    def origin(self) -> Path:
        """The address of the sandbox that was started here last."""
        return self.path / "origin"

    @property
    def azuread(self) -> Path:
        """The port of the azuread provider that was started here last; empty if none was."""
        return self.path / "azuread"


def prepare(home: Home) -> None:
    """Make the certificates if the directory has none that are complete."""
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if all(path.exists() for path in (home.authority, home.server, home.bundle)):
        return
    authority = trustme.CA(organization_name="Tenantry sandbox")
    server = authority.issue_cert(*NAMES, organization_name="Tenantry sandbox", not_after=_EXPIRES)
    _write(home.server, server.private_key_and_cert_chain_pem.bytes())
    _write(home.authority, authority.cert_pem.bytes())
    # The bundle comes last: who finds it finds the certificates that it speaks for.
    _write(home.bundle, Path(certifi.where()).read_bytes() + b"\n" + authority.cert_pem.bytes())


def signing_key(home: Home) -> SigningKey:
    """Return the key of this directory, so that tokens outlive a restart."""
    if home.signing_key.exists():
        return SigningKey.from_pem(home.signing_key.read_bytes())
    key = SigningKey.generate()
    _write(home.signing_key, key.pem())
    return key


def remember_origin(home: Home, origin: str) -> None:
    """Note where the sandbox listens, for the shells that are pointed at it."""
    _write(home.origin, f"{origin}\n".encode())


def remembered_origin(home: Home) -> str | None:
    """Return where the sandbox that was started here last listens."""
    return home.origin.read_text(encoding="utf-8").strip() if home.origin.exists() else None


def remember_azuread(home: Home, port: int | None) -> None:
    """Note where the azuread provider listens, or that there is none."""
    _write(home.azuread, f"{port or ''}\n".encode())


def remembered_azuread(home: Home, otherwise: int) -> int | None:
    """Return the port of the azuread provider that was started here last, or None if none was."""
    if not home.azuread.exists():
        return otherwise
    noted = home.azuread.read_text(encoding="utf-8").strip()
    return int(noted) if noted else None


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).replace(path)
