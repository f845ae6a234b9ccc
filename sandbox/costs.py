"""What a Graph request costs: the request enters, what it draws from each quota leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.numbers import whole_number
from sandbox.routing import parts_of
from sandbox.wire import Request

# The published costs of reads; whatever is not listed costs 1. The first pattern that fits counts.
_READS = tuple(
    (re.compile(pattern, re.IGNORECASE), cost)
    for pattern, cost in (
        (r"/users(/delta(\(\))?)?$", 2),
        (r"/applications$", 2),
        (r"/applications/[^/]+/extensionProperties$", 2),
        (r"/groups/[^/]+/members(/graph\.\w+)?$", 3),
        (r"/groups/[^/]+/transitiveMembers(/graph\.\w+)?$", 5),
        (r"/(users|groups|directoryObjects)/[^/]+/(memberOf|transitiveMemberOf|ownedObjects)", 2),
        (r"/users/[^/]+/licenseDetails$", 2),
        (r"/oauth2PermissionGrants$", 2),
        (r"/servicePrincipals/[^/]+/appRoleAssignments$", 2),
        (r"/subscribedSkus$", 3),
        (r"/contracts$", 3),
    )
)
# Actions that are sent as POST and read.
_QUESTIONS = {
    "getbyids": 3,
    "checkmembergroups": 4,
    "checkmemberobjects": 4,
    "getmembergroups": 2,
    "getmemberobjects": 2,
}
_SMALL_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one request draws from the quotas."""

    units: int
    writes: int = 0
    invitations: int = 0
    reports: int = 0
    demands: int = 0


def cost_of(request: Request, *, invitations_draw_writes: bool) -> Cost:
    """Return the published cost of a request."""
    # However a path is spelled, it costs the same.
    parts = parts_of(request.path)
    path, action = "/" + "/".join(parts), parts[-1].removeprefix("graph.").lower()
    if request.method == "GET":
        units = _corrected(
            next((cost for known, cost in _READS if known.match(path)), 1), request.query
        )
        return Cost(units=units, reports=int(parts[0].lower() == "auditlogs"))
    if action in _QUESTIONS:
        return Cost(units=_QUESTIONS[action])
    if path.lower() == "/invitations":
        return Cost(units=1, writes=int(invitations_draw_writes), invitations=1)
    return Cost(units=1, writes=1, demands=int(action == "provisionondemand"))


def _corrected(units: int, query: Mapping[str, str]) -> int:
    """Apply the corrections for `$select`, `$expand` and small pages; nothing is free."""
    query = {name.lower(): value for name, value in query.items()}
    units -= "$select" in query
    units += "$expand" in query
    top = whole_number(query.get("$top", ""))
    units -= top is not None and top < _SMALL_PAGE
    return max(units, 1)
