"""Who may steer the sandbox from a browser: a request enters, and goes on or is refused with 403.

The control API asks for no token, so a page from elsewhere must not reach it: neither by asking
across origins, nor by a name of its own that it lets point to this machine (DNS rebinding), which
makes it look like the same origin. Programs send no `Origin`, and name the machine as it is.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_OWN = "/_sandbox"


class OwnPagesOnly:
    """Lets only the sandbox's own page and programs of this machine reach the control API."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http" and scope["path"].startswith(_OWN):
            problem = _problem(scope["scheme"], Headers(scope=scope))
            if problem:
                await JSONResponse({"error": problem}, status_code=403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _problem(scheme: str, headers: Headers) -> str | None:
    """Say what is foreign about a request, if anything is."""
    host = headers.get("host", "")
    if not _is_loopback(host):
        return (
            f"Host: found {host!r}. Expected: 127.0.0.1, [::1] or localhost; ask under that name."
        )
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"{scheme}://{host}".lower():
        return (
            f"Origin: found {origin!r}. Expected: none, or {scheme}://{host}, which is this page."
        )
    return None


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
