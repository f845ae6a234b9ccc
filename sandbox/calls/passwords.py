"""Secrets of applications: wishes enter, a new secret leaves once and is never shown again."""

from __future__ import annotations

import base64
import uuid
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sandbox import odata
from sandbox.app_secrets import Moment, password, passwords_of
from sandbox.calls.applications import find_application
from sandbox.calls.objects import require_owner
from sandbox.calls.user_rules import body_of
from sandbox.clock import stamp
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

# How long a secret lives whose end nobody names; see graph-docs api application-addpassword.
_LIFE = timedelta(days=2 * 365)


class _Wish(msgspec.Struct, kw_only=True, rename="camel"):
    """What may be said of a new secret; everything else of it is Graph's to say."""

    display_name: str | None = None
    start_date_time: Moment | None = None
    end_date_time: Moment | None = None


class _Said(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of a wish for a secret."""

    password_credential: _Wish | None = None


def add_password(tenant: Directory, request: Request) -> Answer:
    """POST /applications/{id}/addPassword."""
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    wish = _wish(body_of(request.body) if request.body is not None else {})
    now = tenant.clock.now()
    key = tenant.new_id("passwordCredential")
    text = base64.b85encode(uuid.uuid5(uuid.UUID(key), "secret").bytes * 2).decode()
    shown = password(
        key,
        text,
        name=wish.display_name,
        starts=_stamp("startDateTime", wish.start_date_time or now),
        ends=_stamp("endDateTime", wish.end_date_time or now + _LIFE),
    )
    tenant.registrations.keep_password(app, shown, text)
    context = odata.context(request, "microsoft.graph.passwordCredential")
    return Answer(status=200, body={"@odata.context": context, **shown, "secretText": text})


def _wish(body: Any) -> _Wish:
    try:
        return msgspec.convert(body, _Said).password_credential or _Wish()
    except msgspec.ValidationError as problem:
        raise _bad(str(problem)) from problem


def _stamp(name: str, moment: datetime) -> str:
    try:
        return stamp(moment)
    except OverflowError as problem:
        raise _bad(f"{name}: {problem}") from problem


def _bad(problem: str) -> Refusal:
    return refuse(400, "Request_BadRequest", f"Invalid value specified for a property. {problem}.")


def remove_password(tenant: Directory, request: Request) -> Answer:
    """POST /applications/{id}/removePassword."""
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    key = body_of(request.body).get("keyId")
    if not isinstance(key, str) or not any(one.get("keyId") == key for one in passwords_of(app)):
        raise refuse(400, "Request_BadRequest", f"No password credential found with keyId '{key}'.")
    tenant.registrations.forget_passwords(app, [key])
    return Answer(status=204)
