"""Where the documents are fetched: a version of Graph enters, its description leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.openapi.document import VERSIONS, document

if TYPE_CHECKING:
    from sandbox.world import Sandbox


def openapi_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes of the documents, one for each version."""

    async def described(request: Request) -> Response:
        version = request.url.path.rpartition("/")[2].removesuffix(".json")
        return JSONResponse(document(version, sandbox.origin))

    return [Route(f"/_sandbox/openapi/{version}.json", described) for version in VERSIONS]
