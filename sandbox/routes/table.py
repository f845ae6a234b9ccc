"""All routes in one table."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.routes import (
    applications,
    counts,
    deleted_items,
    deltas,
    groups,
    logs,
    people,
    policies,
    synchronization,
    tenants,
)
from sandbox.routes.route import Route

_LISTINGS: Mapping[str, Route] = {
    **people.ROUTES,
    **groups.ROUTES,
    **applications.ROUTES,
}

# As `GET /users/{}`: every key in the path is a pair of braces.
ROUTES: Mapping[str, Route] = {
    **_LISTINGS,
    **counts.counts(_LISTINGS),
    **deleted_items.ROUTES,
    **policies.ROUTES,
    **tenants.ROUTES,
    **synchronization.ROUTES,
    **logs.ROUTES,
    **deltas.ROUTES,
}
