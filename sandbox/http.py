"""HTTP at the edge: requests of any client enter over ASGI, encoded answers leave."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.clock import pass_time
from sandbox.control import control_routes
from sandbox.github import github_routes
from sandbox.guard import OwnPagesOnly
from sandbox.openapi.serving import openapi_routes
from sandbox.page.routes import page_routes
from sandbox.recent import NOBODY
from sandbox.wire import Answer, Dropped, Refusal, Request, refuse

if TYPE_CHECKING:
    from sandbox.world import Sandbox

VERSIONS = ("v1.0", "beta")
_NO_BODY = (204, 304)
_ENCODER = msgspec.json.Encoder()


class _Everything(Convertor[str]):
    """Any rest of a path; Starlette's own `path` ends at a line break, which a key may have."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("everything", _Everything())


class ConnectionDropped(ConnectionResetError):  # noqa: N818 - what happened, in the words of sockets
    """Ends the exchange without an answer; a server then closes the connection."""


def application(sandbox: Sandbox) -> Starlette:
    """Return the sandbox as an ASGI application."""
    graph = _Graph(sandbox)
    identity = _Platform(sandbox)
    routes = [
        *(Route(f"/{version}/{{path:everything}}", graph) for version in VERSIONS),
        *control_routes(sandbox),
        *github_routes(sandbox),
        *openapi_routes(sandbox),
        *page_routes(sandbox),
        Route("/_sandbox/{path:path}", _Wishless()),
        Route("/{path:everything}", identity),
    ]
    return Starlette(routes=routes, middleware=[Middleware(OwnPagesOnly)])


class _Wishless:
    """Everything under `/_sandbox` that no call answers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = f"{scope['method']} {scope['path']}"
        problem = f"{said}: no such call. Expected: one that docs/sandbox.md lists."
        await JSONResponse({"error": problem}, status_code=404)(scope, receive, send)


class _Graph:
    """The Graph endpoints of both versions."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        headers = _headers(scope)
        _, version, path = scope["path"].split("/", 2)
        request: Request | None = None
        try:
            caller = self._sandbox.identity.caller(headers.get("authorization"))
            request = Request(
                method=scope["method"],
                version=version,
                path="/" + path.rstrip("/"),
                query=_query(scope),
                headers=headers,
                body=_decoded(await _body(receive)),
                caller=caller,
                origin=_origin(scope, headers),
            )
            found = self._sandbox.answer(request)
            await pass_time(self._sandbox.clock, self._sandbox.faults.delay(request))
        except Refusal as refused:
            found = self._sandbox.seal(refused.answer, headers)
        if request is None:
            request = Request(
                method=scope["method"], version=version, path=f"/{path}", caller=NOBODY
            )
        self._sandbox.requests.recent.note(
            request, found, at=self._sandbox.clock.now(), seconds=time.perf_counter() - began
        )
        await _send(send, found)


class _Platform:
    """The identity platform and the description of the cloud."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # What is no text names no parameter, and is refused as such.
        text = (await _body(receive)).decode(errors="replace")
        form = dict(parse_qsl(text, keep_blank_values=True))
        headers = _headers(scope)
        answer = self._sandbox.identity.answer(scope["method"], scope["path"], form, headers)
        self._sandbox.requests.tokens += scope["path"].endswith("/token")
        await _send(send, answer)


def _headers(scope: Scope) -> Mapping[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }


def _query(scope: Scope) -> Mapping[str, str]:
    # Whoever does not escape an address sends whatever bytes it has.
    text = scope["query_string"].decode(errors="replace")
    return dict(parse_qsl(text, keep_blank_values=True))


def _origin(scope: Scope, headers: Mapping[str, str]) -> str:
    return f"{scope.get('scheme', 'https')}://{headers.get('host', '127.0.0.1:8443')}"


async def _body(receive: Receive) -> bytes:
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _decoded(body: bytes) -> Any | None:
    if not body:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise refuse(
            400, "BadRequest", f"Unable to read JSON request payload. {problem}."
        ) from problem


def _encoded(answer: Answer) -> bytes:
    if answer.body is None or answer.status in _NO_BODY:
        return b""
    return answer.body if isinstance(answer.body, bytes) else _ENCODER.encode(answer.body)


async def _send(send: Send, found: Answer | Dropped) -> None:
    answer = found.answer if isinstance(found, Dropped) else found
    body = _encoded(answer)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if body:
        headers.setdefault(
            "content-type", "application/json; odata.metadata=minimal; charset=utf-8"
        )
    if answer.status not in _NO_BODY:
        headers["content-length"] = str(len(body))
    if isinstance(found, Dropped):
        # The promise of a body that never comes makes any HTTP server close the connection.
        headers["content-length"] = str(len(body) + 1)
        await _start(send, 200, headers)
        raise ConnectionDropped("The sandbox dropped the connection as it was told to.")
    await _start(send, answer.status, headers)
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, headers: Mapping[str, str]) -> None:
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
