"""Calls and answers: what is asked of Graph and what came back, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `path` starts with a slash after the version, and is encoded."""

    method: str = "GET"
    path: str
    body: Any | None = None

    @property
    def reads(self) -> bool:
        """Whether the call may be repeated without a thought."""
        return self.method == "GET"

    @property
    def resource(self) -> str:
        """The path without its options."""
        return self.path.partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def retry_after(self) -> float | None:
        """How many seconds Graph asks us to wait; Graph never answers a date here."""
        told = self.headers.get("retry-after", "")
        return float(told) if told.isdecimal() else None

    def json(self) -> dict[str, Any]:
        """The body as an object.

        Raises:
            msgspec.DecodeError: the body is not one; it may have been cut short.
        """
        return msgspec.json.decode(self.body, type=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A write whose answer never came: it may have taken effect or not."""

    reason: str


class Page:
    """One page of a listing: each object's exact bytes, and the address of the next page."""

    __slots__ = ("body", "next", "values")

    def __init__(self, body: bytes) -> None:
        """Decode the envelope only.

        Raises:
            msgspec.DecodeError: the body is not a page; it must not pass as an empty one.
        """
        envelope = _ENVELOPE.decode(body)
        self.body = body
        self.values = envelope.value
        self.next = envelope.next


class _Envelope(msgspec.Struct):
    value: list[msgspec.Raw]
    next: str | None = msgspec.field(default=None, name="@odata.nextLink")


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def query(path: str, **options: object) -> str:
    """A path with OData options: `query("/users", select="id,mail", top=999)`."""
    written = "&".join(
        f"${name}={quote(str(value), safe=_SAFE)}" for name, value in options.items() if value
    )
    return f"{path}?{written}" if written else path


_SAFE = "$(),/'=;:"


def literal(text: str) -> str:
    """Text as an OData literal."""
    return "'" + text.replace("'", "''") + "'"


def segment(text: str) -> str:
    """Text as one segment of a path."""
    return quote(text, safe="")
