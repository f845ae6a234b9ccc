"""Who may call what: a route and an application's permissions enter, a yes or a 403 leaves."""

from __future__ import annotations

from sandbox.routes.route import Route
from sandbox.wire import Refusal, Request, refuse

INSUFFICIENT = "Insufficient privileges to complete the operation."


def denied(message: str = INSUFFICIENT) -> Refusal:
    """Make the refusal for a caller without the right."""
    return refuse(403, "Authorization_RequestDenied", message)


def require(request: Request, route: Route) -> None:
    """Refuse a caller that holds none of the route's permissions."""
    if not request.caller.permissions & route.permissions:
        raise denied()
