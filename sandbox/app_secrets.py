"""Secrets of applications: a text enters, what Graph shows of it leaves, or a judgement of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

from sandbox import aadsts

GraphObject = dict[str, Any]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Period(msgspec.Struct, kw_only=True, rename="camel"):
    """When a secret is good."""

    key_id: str
    start_date_time: Moment
    end_date_time: Moment


def password(key_id: str, text: str, *, name: str | None, starts: str, ends: str) -> GraphObject:
    """Make what is shown of a secret: everything but its text."""
    return {
        "customKeyIdentifier": None,
        "displayName": name,
        "endDateTime": ends,
        "hint": text[:3],
        "keyId": key_id,
        "secretText": None,
        "startDateTime": starts,
    }


def passwords_of(app: Mapping[str, Any]) -> list[GraphObject]:
    """Return what is shown of an application's secrets."""
    held = app.get("passwordCredentials") or []
    return [one for one in held if isinstance(one, dict)]


def judge_secret(
    offered: str, *, application: Mapping[str, Any], texts: Mapping[str, str], now: datetime
) -> None:
    """Accept a secret of the application at a time when it is good; `texts` are by key id.

    Raises:
        TokenProblem: when it is none, or is no longer good.
    """
    found = [one for one in _periods(application) if _is(offered, texts.get(one.key_id))]
    if any(one.start_date_time <= now < one.end_date_time for one in found):
        return
    if any(one.end_date_time <= now for one in found):
        raise aadsts.expired_secret(application["appId"])
    raise aadsts.wrong_secret(application["appId"])


def _is(offered: str, text: str | None) -> bool:
    return text is not None and secrets.compare_digest(offered.encode(), text.encode())


def _periods(application: Mapping[str, Any]) -> Iterator[_Period]:
    """Read when each secret is good; what was set by `PATCH` and is none proves nothing."""
    for one in passwords_of(application):
        try:
            yield msgspec.convert(one, _Period)
        except msgspec.ValidationError:
            continue
