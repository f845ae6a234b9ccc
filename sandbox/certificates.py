"""The sandbox's HTTPS identity: a directory enters, a certificate and a bundle to trust leave."""

from __future__ import annotations

import os
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import certifi
import trustme
from cryptography.exceptions import UnsupportedAlgorithm

from sandbox.keys import SigningKey

NAMES = ("127.0.0.1", "localhost", "::1")
# Far enough that a certificate made once outlives the checkout; trustme would choose 2038 as well.
_EXPIRES = datetime(2037, 1, 1, tzinfo=UTC)


class HomeError(Exception):
    """A directory that cannot be used; the message names the file, and says what to do."""


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
    """Make the certificates if the directory has none that are complete.

    Raises:
        HomeError: when the directory cannot be written, or the server's certificate is none.
    """
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if all(_is_filled(path) for path in (home.authority, home.server, home.bundle)):
            _check(home.server)
            return
        _make(home)
    except OSError as problem:
        raise HomeError(
            f"{home.path}: cannot be used ({problem.strerror}). Choose another with --home."
        ) from problem


def _is_filled(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _check(server: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(server)
    except ssl.SSLError as problem:
        raise HomeError(
            f"{server}: found no private key and certificate. Delete the file; the next start "
            "makes new ones."
        ) from problem


def _make(home: Home) -> None:
    authority = trustme.CA(organization_name="Tenantry sandbox")
    server = authority.issue_cert(*NAMES, organization_name="Tenantry sandbox", not_after=_EXPIRES)
    _write(home.server, server.private_key_and_cert_chain_pem.bytes())
    _write(home.authority, authority.cert_pem.bytes())
    # The bundle comes last: who finds it finds the certificates that it speaks for.
    _write(home.bundle, Path(certifi.where()).read_bytes() + b"\n" + authority.cert_pem.bytes())


def signing_key(home: Home) -> SigningKey:
    """Return the key of this directory, so that tokens outlive a restart.

    Raises:
        HomeError: when the file has no key.
    """
    if home.signing_key.exists():
        try:
            return SigningKey.from_pem(home.signing_key.read_bytes())
        except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
            raise HomeError(
                f"{home.signing_key}: found no RSA key. Delete the file; the next start makes a "
                "new key, and earlier tokens are void."
            ) from problem
    key = SigningKey.generate()
    _write(home.signing_key, key.pem())
    return key


def remember_origin(home: Home, origin: str) -> None:
    """Note where the sandbox listens, for the shells that are pointed at it."""
    _write(home.origin, f"{origin}\n".encode())


def remembered_origin(home: Home) -> str | None:
    """Return where the sandbox that was started here last listens."""
    return home.origin.read_text(encoding="utf-8").strip() if home.origin.exists() else None


def forget_origin(home: Home, origin: str, before: str | None) -> None:
    """Point shells at the sandbox that was started before, unless another one was since."""
    if before is not None and remembered_origin(home) == origin:
        remember_origin(home, before)


def remember_azuread(home: Home, port: int | None) -> None:
    """Note where the azuread provider listens, or that there is none."""
    _write(home.azuread, f"{port or ''}\n".encode())


def remembered_azuread(home: Home, otherwise: int) -> int | None:
    """Return the port of the azuread provider that was started here last, or None if none was.

    Raises:
        HomeError: when the file has no port.
    """
    if not home.azuread.exists():
        return otherwise
    noted = home.azuread.read_text(encoding="utf-8", errors="replace").strip()
    if noted and not noted.isdecimal():
        raise HomeError(
            f"{home.azuread}: found {noted[:20]!r}. Expected: a port. Delete the file, and start "
            "the sandbox again."
        )
    return int(noted) if noted else None


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).replace(path)
