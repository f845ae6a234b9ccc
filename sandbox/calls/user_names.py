"""User principal names: a name enters, a refusal leaves where no user may have it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sandbox.calls.values import invalid
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import refuse

# The characters that graph-docs resources/user allows before the domain.
_LOCAL_PART = re.compile(r"[A-Za-z0-9'.\-_!#^~]+")


def check_name(tenant: Directory, name: str) -> None:
    """Refuse a user principal name that is none, or whose domain the tenant has not verified."""
    local, _, domain = name.rpartition("@")
    if domain.lower() not in tenant.verified_domains:
        raise refuse(
            400,
            "Request_BadRequest",
            "The domain portion of the userPrincipalName property is invalid. "
            "You must use one of the verified domain names in your organization.",
        )
    if not _LOCAL_PART.fullmatch(local):
        raise invalid("userPrincipalName")


def renamed(user: GraphObject, name: str) -> list[Mapping[str, str | None]]:
    """Return a user's identities with another name to sign in by."""
    return [
        {**one, "issuerAssignedId": name} if one["signInType"] == "userPrincipalName" else one
        for one in user.get("identities", ())
    ]
