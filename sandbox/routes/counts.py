"""Routes of numbers: the routes of listings enter, those that count what they list leave."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls.counting import counted
from sandbox.routes.route import Route

_COUNTED = (
    "/applications",
    "/groups",
    "/groups/{}/members",
    "/groups/{}/transitiveMembers",
    "/servicePrincipals",
    "/users",
    "/users/{}/directReports",
    "/users/{}/memberOf",
    "/users/{}/transitiveMemberOf",
)


def counts(listings: Mapping[str, Route]) -> dict[str, Route]:
    """Return the routes of `$count`; who may list may count."""
    found: dict[str, Route] = {}
    for path in _COUNTED:
        listing = listings[f"GET {path}"]
        found[f"GET {path}/$count"] = Route(counted(listing.call), listing.permissions)
    return found
