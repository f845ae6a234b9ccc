"""Federated credentials of applications: trusted workloads enter and leave as Graph's objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.applications import find_application
from sandbox.calls.objects import listed, require_owner, required
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

_RESOURCE = "FederatedIdentityCredential"
_MOST = 20
LONGEST = 600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,119}")
MEMBERS = frozenset({"audiences", "description", "issuer", "name", "subject"})


def _bad(message: str) -> Refusal:
    return refuse(400, "Request_BadRequest", message)


def _held(app: GraphObject) -> list[GraphObject]:
    held: list[GraphObject] = app.setdefault("federatedIdentityCredentials", [])
    return held


def _tail(app: GraphObject) -> str:
    return f"applications('{app['id']}')/federatedIdentityCredentials"


def _owned(tenant: Directory, request: Request) -> GraphObject:
    app = find_application(tenant, request)
    require_owner(tenant, request, app["id"])
    return app


def _named(app: GraphObject, name: str) -> bool:
    return any(credential["name"] == name for credential in _held(app))


def _prefers_creation(request: Request) -> bool:
    return request.headers.get("prefer", "").lower() == "create-if-missing"


def _find(app: GraphObject, key: str) -> GraphObject:
    """Return a credential by its id, or by `name=`."""
    name, _, value = key.rpartition("=")
    if name not in {"", "name"}:
        # Which answer Graph has for another key is not documented.
        raise _bad(f"'{name}' is no key of a federated identity credential.")
    for credential in _held(app):
        if credential.get(name or "id") == value:
            return credential
    raise missing(value)


def list_federations(tenant: Directory, request: Request) -> Answer:
    """GET /applications/{id}/federatedIdentityCredentials."""
    app = find_application(tenant, request)
    return listed(request, _tail(app), list(_held(app)))


def get_federation(tenant: Directory, request: Request) -> Answer:
    """GET /applications/{id}/federatedIdentityCredentials/{id}."""
    app = find_application(tenant, request)
    return odata.entity(request, _find(app, request.keys[1]), tail=_tail(app))


def create_federation(tenant: Directory, request: Request) -> Answer:
    """POST /applications/{id}/federatedIdentityCredentials."""
    app = _owned(tenant, request)
    return _made(tenant, request, app, body_of(request.body))


def _made(tenant: Directory, request: Request, app: GraphObject, body: Mapping[str, Any]) -> Answer:
    if "id" in body:
        raise _bad("Property 'id' is read-only and cannot be set.")
    name = required(body, "name", _RESOURCE)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _bad("Invalid value specified for property 'name'.")
    credential: GraphObject = {"description": None, "audiences": None, **body}
    _check(credential, _held(app))
    if _named(app, name):
        raise _taken(f"{_RESOURCE} with name {name} already exists.")
    if len(_held(app)) >= _MOST:
        # The limit is documented, the code is not.
        raise _bad(f"An application has at most {_MOST} federated identity credentials.")
    credential["id"] = tenant.new_id("federatedIdentityCredential")
    _held(app).append(credential)
    return odata.entity(request, credential, tail=_tail(app), status=201)


def patch_federation(tenant: Directory, request: Request) -> Answer:
    """PATCH /applications/{id}/federatedIdentityCredentials/{id}; the name cannot change.

    Under `name=` and with `Prefer: create-if-missing` it makes the credential that is not there.
    """
    app = _owned(tenant, request)
    body = body_of(request.body)
    by, _, name = request.keys[1].rpartition("=")
    if by == "name" and _prefers_creation(request) and not _named(app, name):
        return _made(tenant, request, app, {**body, "name": name})
    credential = _find(app, request.keys[1])
    for fixed in ("id", "name"):
        if body.get(fixed, credential[fixed]) != credential[fixed]:
            raise _bad(f"Property '{fixed}' is read-only and cannot be set.")
    others = [one for one in _held(app) if one is not credential]
    _check({**credential, **body}, others)
    credential.update(body)
    return Answer(status=204)


def delete_federation(tenant: Directory, request: Request) -> Answer:
    """DELETE /applications/{id}/federatedIdentityCredentials/{id}."""
    app = _owned(tenant, request)
    _held(app).remove(_find(app, request.keys[1]))
    return Answer(status=204)


def _check(credential: Mapping[str, Any], others: Iterable[GraphObject]) -> None:
    for name in sorted(set(credential) - MEMBERS - {"id"}):
        raise _bad(f"Invalid property '{name}'.")
    audiences = credential["audiences"]
    if not isinstance(audiences, list) or len(audiences) != 1:
        raise _bad("The property 'audiences' must have exactly one value.")
    if not isinstance(credential["description"], str | None):
        raise _bad("Invalid value specified for property 'description'.")
    texts = {"audiences": audiences[0]} | {
        name: required(credential, name, _RESOURCE) for name in ("issuer", "subject")
    }
    for name, value in texts.items():
        if not isinstance(value, str) or len(value) > LONGEST:
            raise _bad(f"Invalid value specified for property '{name}'.")
    pair = (texts["issuer"], texts["subject"])
    if any((one["issuer"], one["subject"]) == pair for one in others):
        raise _taken(f"{_RESOURCE} with the same issuer and subject already exists.")


def _taken(message: str) -> Refusal:
    return refuse(409, "Request_MultipleObjectsWithSameKeyValue", message)
