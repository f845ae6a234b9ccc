"""State tokens of delta queries: a place in a round enters, opaque text leaves, and back."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.delta import Mark, Scope, Sort
from sandbox.store import Directory
from sandbox.wire import Refusal, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Where a caller stands.

    `since` is where in the change log the round begins, None at the beginning of the directory;
    `until` where it ends, None while the round has not begun. `after` is the last row that was
    answered; `paused` says that the page before was empty for no reason.
    """

    scope: Scope
    epoch: str
    issued: datetime
    since: int | None = None
    until: int | None = None
    after: Mark | None = None
    paused: bool = False


def written(tenant: Directory, token: Token) -> str:
    """Write a token that only this tenant takes back."""
    scope = token.scope
    plain = json.dumps(
        [
            scope.resource,
            [sort.value for sort in scope.sorts],
            scope.select,
            sorted(scope.links),
            sorted(scope.ids) if scope.ids is not None else None,
            token.epoch,
            token.issued.isoformat(),
            token.since,
            token.until,
            token.after,
            token.paused,
        ],
        separators=(",", ":"),
    ).encode()
    sealed = _seal(tenant, plain) + zlib.compress(plain, level=1)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(tenant: Directory, resource: str, text: str) -> Token:
    """Read a token back; one of another tenant or resource is refused like a damaged one."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        plain = zlib.decompress(sealed[4:])
    except (ValueError, binascii.Error, zlib.error):
        raise malformed() from None
    if sealed[:4] != _seal(tenant, plain):
        raise malformed()
    token = _token_of(json.loads(plain))
    if token.scope.resource != resource:
        raise malformed()
    return token


def _token_of(parts: list[Any]) -> Token:
    resource, sorts, select, links, ids, epoch, issued, since, until, after, paused = parts
    scope = Scope(
        resource=resource,
        sorts=tuple(Sort(name) for name in sorts),
        select=None if select is None else tuple(select),
        links=frozenset(links),
        ids=None if ids is None else frozenset(ids),
    )
    return Token(
        scope=scope,
        epoch=epoch,
        issued=datetime.fromisoformat(issued),
        since=since,
        until=until,
        after=None if after is None else (after[0], after[1], after[2]),
        paused=paused,
    )


def _seal(tenant: Directory, plain: bytes) -> bytes:
    return zlib.crc32(tenant.tenant_id.encode() + plain).to_bytes(4)


def malformed() -> Refusal:
    """Make the refusal of a token that nobody here wrote; its code is not documented."""
    return refuse(400, "Request_BadRequest", "Badly formed token.")
