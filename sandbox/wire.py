"""The shapes between the sandbox's parts: a decoded request enters a call, an answer leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def plain_id(key: str) -> str:
    """Return an object's id as the directory writes it; in other letters it is the same id."""
    return key.lower() if _GUID.fullmatch(key) else key


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What an app-only access token says about the application that holds it."""

    tenant_id: str
    app_id: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One Graph request after its token was accepted, alone or out of a `$batch`.

    `path` is decoded and has neither version nor query; header names are lower case; `keys` are the
    object ids that the router found in the path, and `allowed_by` the permissions of which the
    route takes one.
    """

    method: str
    version: str
    path: str
    caller: Caller
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    inner: bool = False
    origin: str = "https://127.0.0.1:8443"
    keys: tuple[str, ...] = ()
    allowed_by: frozenset[str] = frozenset()

    @property
    def eventual(self) -> bool:
        """Whether the caller accepts answers from the index store (advanced queries)."""
        return self.headers.get("consistencylevel", "").lower() == "eventual"

    def asking(self, query: Mapping[str, str]) -> Request:
        """Return the same request with another query."""
        return replace(self, query=query)

    def at(self, keys: tuple[str, ...], allowed_by: frozenset[str] | None = None) -> Request:
        """Return the same request with what a route says about it, or with other ids only."""
        allowed_by = self.allowed_by if allowed_by is None else allowed_by
        return replace(self, keys=keys, allowed_by=allowed_by)


@dataclass(slots=True, kw_only=True)
class Answer:
    """A Graph answer before it is encoded.

    `body` is plain JSON data, None for no content, or bytes that leave as they are.
    """

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An answer that is lost with the connection, whether its writes were done or not."""

    answer: Answer


class Refusal(Exception):  # noqa: N818 - the word of the field; it is an answer, not a fault of the sandbox
    """Carries a refusing answer out of the depth of a call."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer that the caller receives."""
        super().__init__(answer.status, answer.body)
        self.answer = answer


def refusal(status: int, code: str, message: str, **inner: Any) -> Answer:
    """Make Graph's error body; the request's ids and date are filled in when the answer leaves."""
    details = inner.pop("details", None)
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["details"] = details
    error["innerError"] = dict(inner)
    return Answer(status=status, body={"error": error})


def refuse(status: int, code: str, message: str, **inner: Any) -> Refusal:
    """Make the exception that ends a call with Graph's error body."""
    return Refusal(refusal(status, code, message, **inner))
