"""Snapshots by the control API: names and files enter, tenants as they were leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.keeping import bring_back
from sandbox.snapshots import SnapshotError, freeze
from sandbox.store_file import StoreFileError, decode_store, encode_store

if TYPE_CHECKING:
    from sandbox.world import Sandbox


def snapshot_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes that take snapshots of one sandbox, and restore them."""
    shelf = _Shelf(sandbox)
    return [
        Route("/_sandbox/snapshot", _guarded(shelf.taken), methods=["GET"]),
        Route("/_sandbox/snapshot", _guarded(shelf.brought), methods=["PUT"]),
        Route("/_sandbox/snapshots", _guarded(shelf.names), methods=["GET"]),
        Route("/_sandbox/snapshots/{name}", _guarded(shelf.named), methods=["PUT"]),
        Route("/_sandbox/snapshots/{name}/restore", _guarded(shelf.again), methods=["POST"]),
    ]


def _guarded(answer: Callable[[Request, bytes], Response]) -> Callable[[Request], Any]:
    async def guarded(request: Request) -> Response:
        try:
            return answer(request, await request.body())
        except (SnapshotError, StoreFileError) as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)

    return guarded


class _Shelf:
    """Snapshots that live as long as the process, and files on their way."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._named: dict[str, bytes] = {}

    def taken(self, _: Request, __: bytes) -> Response:
        """Answer with a file."""
        self._sandbox.settle()
        whole = encode_store(freeze(self._sandbox.store), self._sandbox.clock.now())
        return Response(whole, media_type="application/octet-stream")

    def brought(self, _: Request, body: bytes) -> Response:
        """Restore a file."""
        bring_back(self._sandbox, decode_store("snapshot", body))
        self._sandbox.begin_anew()
        return self._tenants()

    def names(self, _: Request, __: bytes) -> Response:
        """Name the snapshots in memory."""
        return JSONResponse({"snapshots": list(self._named)})

    def named(self, request: Request, __: bytes) -> Response:
        """Take a snapshot under a name."""
        self._sandbox.settle()
        self._named[request.path_params["name"]] = freeze(self._sandbox.store)
        return self.names(request, b"")

    def again(self, request: Request, __: bytes) -> Response:
        """Restore the snapshot of a name."""
        name = request.path_params["name"]
        if name not in self._named:
            known = ", ".join(self._named) or "none"
            raise SnapshotError(f"snapshot: none is named {name!r}. Named: {known}.")
        self._sandbox.go_back(self._named[name])
        return self._tenants()

    def _tenants(self) -> Response:
        tenants = self._sandbox.store.tenants.values()
        people = {tenant.alias: len(tenant.users) for tenant in tenants}
        return Response(msgspec.json.encode({"people": people}), media_type="application/json")
