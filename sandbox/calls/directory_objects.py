"""Deleting an object of whatever type: a request enters, the call for its type answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.calls.applications import delete_application
from sandbox.calls.groups import delete_group
from sandbox.calls.principals import delete_principal
from sandbox.calls.user_writes import delete_user
from sandbox.calls.users import missing
from sandbox.routes.route import Call
from sandbox.store import Directory
from sandbox.wire import Answer, Request


def delete_object(tenant: Directory, request: Request) -> Answer:
    """DELETE /directoryObjects/{id}, which does what deleting the object by its type does."""
    kept = tenant.registrations
    shelves: Iterable[tuple[Mapping[str, Any], Call]] = (
        (tenant.users, delete_user),
        (tenant.groups, delete_group),
        (kept.applications, delete_application),
        (kept.service_principals, delete_principal),
    )
    key = request.keys[0].lower()
    for shelf, delete in shelves:
        if key in shelf:
            return delete(tenant, request.at((key,)))
    raise missing(request.keys[0])
