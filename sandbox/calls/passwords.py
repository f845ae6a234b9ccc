"""Secrets of applications: wishes enter, a new secret leaves once and is never shown again."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta

from sandbox import odata
from sandbox.calls.applications import find_application
from sandbox.calls.objects import require_owner
from sandbox.calls.user_rules import body_of
from sandbox.clock import stamp
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

# How long a secret lives whose end nobody names; see graph-docs api application-addpassword.
_LIFE = timedelta(days=2 * 365)


def add_password(tenant: Directory, request: Request) -> Answer:
    """POST /applications/{id}/addPassword.

    The identity platform does not take it: tokens are for the applications of the seed.
    """
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    body = body_of(request.body) if request.body is not None else {}
    wish = body_of(body.get("passwordCredential") or {})
    for name in ("displayName", "endDateTime", "startDateTime"):
        if not isinstance(wish.get(name), str | None):
            raise refuse(
                400, "Request_BadRequest", f"Invalid value specified for property '{name}'."
            )
    now = tenant.clock.now()
    key = tenant.new_id("passwordCredential")
    text = base64.b85encode(uuid.uuid5(uuid.UUID(key), "secret").bytes * 2).decode()
    credential = {
        "customKeyIdentifier": None,
        "displayName": wish.get("displayName"),
        "endDateTime": wish.get("endDateTime") or stamp(now + _LIFE),
        "hint": text[:3],
        "keyId": key,
        "startDateTime": wish.get("startDateTime") or stamp(now),
    }
    held = app.get("passwordCredentials", [])
    app["passwordCredentials"] = [*held, {**credential, "secretText": None}]
    context = odata.context(request, "microsoft.graph.passwordCredential")
    shown = {"@odata.context": context, **credential, "secretText": text}
    return Answer(status=200, body=shown)


def remove_password(tenant: Directory, request: Request) -> Answer:
    """POST /applications/{id}/removePassword."""
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    key = body_of(request.body).get("keyId")
    held = app.get("passwordCredentials", [])
    kept = [one for one in held if one.get("keyId") != key]
    if len(kept) == len(held):
        raise refuse(400, "Request_BadRequest", f"No password credential found with keyId '{key}'.")
    app["passwordCredentials"] = kept
    return Answer(status=204)
