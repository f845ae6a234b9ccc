"""Routes of delta queries."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls.deltas import delta_of
from sandbox.routes.route import Route, any_of

_READ_APPS = any_of(
    "Application.Read.All Application.ReadWrite.All Application.ReadWrite.OwnedBy "
    "Directory.Read.All Directory.ReadWrite.All"
)

ROUTES: Mapping[str, Route] = {
    "GET /users/delta": Route(
        delta_of("users"),
        any_of("User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"),
    ),
    "GET /groups/delta": Route(
        delta_of("groups"),
        any_of(
            "Group.Read.All Group.ReadBasic.All Group.ReadWrite.All GroupMember.Read.All "
            "Directory.Read.All Directory.ReadWrite.All"
        ),
    ),
    "GET /applications/delta": Route(delta_of("applications"), _READ_APPS),
    "GET /servicePrincipals/delta": Route(delta_of("servicePrincipals"), _READ_APPS),
    # In no published table; whoever may read the whole directory may follow it.
    "GET /directoryObjects/delta": Route(
        delta_of("directoryObjects"), any_of("Directory.Read.All Directory.ReadWrite.All")
    ),
}
