"""All routes in one table."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.routes import (
    applications,
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

# As `GET /users/{}`: every key in the path is a pair of braces.
ROUTES: Mapping[str, Route] = {
    **people.ROUTES,
    **groups.ROUTES,
    **deleted_items.ROUTES,
    **policies.ROUTES,
    **tenants.ROUTES,
    **applications.ROUTES,
    **synchronization.ROUTES,
    **logs.ROUTES,
    **deltas.ROUTES,
}
