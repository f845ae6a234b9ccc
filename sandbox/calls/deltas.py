"""Delta queries: a first request or a token enters, a page of changes with a link leaves."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sandbox import odata
from sandbox.calls.delta_objects import Telling
from sandbox.calls.delta_options import SORTS, scope_of, tracked_names
from sandbox.contents import GraphObject
from sandbox.delta import KEPT_FOR_DELTA, Row, Scope, Stretch, first_after
from sandbox.delta_tokens import Token, read, written
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refusal

_ABOUT_A_PAGE = 200
_REPLAYED = 5
_REPEATED = 3
_NEVER = datetime.min.replace(tzinfo=UTC)
_SKIP, _DELTA, _LATEST = "$skiptoken", "$deltatoken", "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Awkward:
    """How much of what Microsoft warns of happens: sizes of pages, and chances."""

    pages: tuple[int, int]
    empty: float
    repeat: float
    replay: float
    plain: bool = False


# Microsoft documents that all of this happens, not how often.
_LEVELS = (
    _Awkward(pages=(_ABOUT_A_PAGE, _ABOUT_A_PAGE), empty=0, repeat=0, replay=0, plain=True),
    _Awkward(pages=(160, _ABOUT_A_PAGE), empty=0.05, repeat=0.1, replay=0.25),
    _Awkward(pages=(2, 9), empty=0.4, repeat=0.7, replay=0.8),
)


def delta_of(resource: str) -> Callable[[Directory, Request], Answer]:
    """Return the call GET /{resource}/delta."""

    def delta(tenant: Directory, request: Request) -> Answer:
        tenant.observe()
        text = _token_text(request)
        if text and text.lower() != _LATEST:
            token = read(tenant, resource, text)
            if _expired(tenant, token):
                return gone(tenant, request, token.scope)
            return _page(tenant, request, token)
        expands = tenant.store.switches.delta_expands_members
        scope = scope_of(request, resource, expands=expands)
        token = Token(scope=scope, epoch=tenant.log.epoch, issued=tenant.clock.now())
        if not text:
            return _page(tenant, request, token)
        latest = replace(token, since=tenant.position)
        return _answered(request, resource, [], _DELTA, written(tenant, latest))

    return delta


def _token_text(request: Request) -> str:
    options = {name.lower(): value for name, value in request.query.items()}
    return options.get(_SKIP) or options.get(_DELTA) or ""


def _expired(tenant: Directory, token: Token) -> bool:
    """Say whether the log no longer has, or never had, what the token counts on."""
    log = tenant.log
    since = token.until if token.since is None else token.since
    return (
        token.epoch != log.epoch
        or since is None
        or not log.start <= since <= log.end
        or tenant.clock.now() - token.issued > KEPT_FOR_DELTA
    )


def gone(tenant: Directory, request: Request, scope: Scope) -> Answer:
    """Answer that a token has expired, and where to begin anew with the same options."""
    is_gone = tenant.store.switches.expired_delta_is_gone
    # The code is documented for an expired token, not which status has it; the words are ours.
    answer = refusal(
        410 if is_gone else 400,
        "syncStateNotFound",
        "The delta token is expired and its state is not kept. Synchronize everything again.",
    )
    if is_gone:
        answer.headers["Location"] = _link(request, scope.resource, _DELTA, "") + _options(scope)
    return answer


def gone_early(tenant: Directory, request: Request) -> Answer:
    """Answer as if a request's token had expired, whose series it names all the same.

    Raises:
        Refusal: when the token is damaged, or another tenant's or resource's.
    """
    asked = request.path.strip("/").partition("/")[0].lower()
    resource = next(resource for resource in SORTS if resource.lower() == asked)
    return gone(tenant, request, read(tenant, resource, _token_text(request)).scope)


def _options(scope: Scope) -> str:
    """Write the options of a series as its first request had them."""
    text = ""
    if scope.select is not None:
        text += f"&$select={quote(','.join([*scope.select, *sorted(scope.links)]), safe=',')}"
    clauses = [f"id eq '{one}'" for one in sorted(scope.ids or ())]
    if scope.sorts != SORTS[scope.resource]:
        clauses = [f"isof('microsoft.graph.{sort.value}')" for sort in scope.sorts]
    return text + (f"&$filter={quote(' or '.join(clauses))}" if clauses else "")


def _page(tenant: Directory, request: Request, token: Token) -> Answer:
    """Answer a round's next page; what is awkward in it is the same for the same token."""
    resource = token.scope.resource
    chance = random.Random(written(tenant, replace(token, issued=_NEVER, epoch="")))
    level = _LEVELS[tenant.store.switches.delta_awkwardness]
    if token.until is None:
        token = _begun(tenant, token, level, chance)
    if not token.paused and chance.random() < level.empty:
        paused = replace(token, paused=True)
        return _answered(request, resource, [], _SKIP, written(tenant, paused))
    rows = tenant.rounds.rows(
        tenant, _stretch(token), tracked_names(token.scope), deleted=not level.plain
    )
    start = first_after(rows, token.after)
    page = rows[start : start + chance.randint(*level.pages)]
    told = _told(tenant, request, token, _repeated(rows, start, level, chance) + page)
    if not level.plain:
        chance.shuffle(told)
    if start + len(page) < len(rows):
        onward = replace(token, after=page[-1].mark, paused=False)
        return _answered(request, resource, told, _SKIP, written(tenant, onward))
    tenant.rounds.done(_stretch(token))
    onward = Token(
        scope=token.scope, epoch=token.epoch, issued=tenant.clock.now(), since=token.until
    )
    return _answered(request, resource, told, _DELTA, written(tenant, onward))


def _told(tenant: Directory, request: Request, token: Token, rows: list[Row]) -> list[GraphObject]:
    telling = Telling(
        tenant=tenant,
        view=tenant.listed,
        scope=token.scope,
        version=request.version,
        first=token.since is None,
        minimal="return=minimal" in request.headers.get("prefer", "").replace(" ", ""),
    )
    return telling.objects(rows)


def _begun(tenant: Directory, token: Token, level: _Awkward, chance: random.Random) -> Token:
    """Fix where a round ends; it may begin earlier than asked, which replays a few changes."""
    since = token.since
    if since is not None and chance.random() < level.replay:
        since = max(tenant.log.start, since - chance.randint(1, _REPLAYED))
    return replace(token, since=since, until=max(tenant.position, token.since or 0))


def _stretch(token: Token) -> Stretch:
    assert token.until is not None  # noqa: S101 - a round that is read has begun
    return Stretch(scope=token.scope, since=token.since, until=token.until)


def _repeated(rows: list[Row], start: int, level: _Awkward, chance: random.Random) -> list[Row]:
    """Choose rows of earlier pages that are told once more."""
    if not start or chance.random() >= level.repeat:
        return []
    return [rows[chance.randrange(start)] for _ in range(chance.randint(1, _REPEATED))]


def _answered(
    request: Request, resource: str, told: list[GraphObject], kind: str, text: str
) -> Answer:
    chosen = odata.canonical(request).query.get("$select", "").replace(" ", "")
    link = "@odata.nextLink" if kind == _SKIP else "@odata.deltaLink"
    body: dict[str, Any] = {
        "@odata.context": odata.context(request, f"{resource}({chosen})" if chosen else resource),
        link: _link(request, resource, kind, text),
        "value": told,
    }
    return Answer(status=200, body=body)


def _link(request: Request, resource: str, kind: str, text: str) -> str:
    return f"{request.origin}/{request.version}/{resource}/delta?{kind}={text}"
