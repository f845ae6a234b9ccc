"""The page's addresses: requests of a browser enter, files and JSON leave.

Nothing of it is a request to Graph, so nothing is counted. The browser is told to load nothing from
anywhere else, and to run no script that is written into the page.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.page.origins import KINDS, Census
from sandbox.page.overview import overview
from sandbox.page.people import people

if TYPE_CHECKING:
    from sandbox.world import Sandbox

_FILES = Path(__file__).parent / "static"
_LOADED = ("icon.svg", "page.css", "page.js", "columns.js", "elements.js")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_routes(sandbox: Sandbox) -> list[Route]:
    """Return the page, its files and what it asks for."""
    census = Census(sandbox.store)

    async def tell(_: Request) -> Response:
        return JSONResponse(overview(sandbox, census), headers=_HEADERS)

    async def who(request: Request) -> Response:
        asked = request.query_params
        known = {tenant.alias: tenant for tenant in sandbox.store.tenants.values()}
        tenant = known.get(asked.get("tenant", ""))
        kind, after = asked.get("from", ""), asked.get("after", "0")
        if tenant is None or kind not in {"", *KINDS} or not _is_place(after):
            problem = (
                f"tenant: expected one of {', '.join(known)}; "
                f"from: expected one of {', '.join(KINDS)}; after: expected a number."
            )
            return JSONResponse({"error": problem}, status_code=400, headers=_HEADERS)
        sandbox.settle()
        found = people(census.of(tenant), asked.get("search", ""), kind, int(after))
        return JSONResponse(found, headers=_HEADERS)

    return [
        Route("/", _file("index.html")),
        *(Route(f"/_sandbox/page/{name}", _file(name)) for name in _LOADED),
        Route("/_sandbox/page/overview", tell),
        Route("/_sandbox/page/people", who),
    ]


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _file(name: str) -> Callable[[Request], Response]:
    def answer(_: Request) -> Response:
        return FileResponse(_FILES / name, headers=_HEADERS)

    return answer
