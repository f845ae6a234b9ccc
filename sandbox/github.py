"""GitHub's issuer of workload tokens: a job's wish enters, the token that its workflow gets leaves.

A workflow job finds the address in `ACTIONS_ID_TOKEN_REQUEST_URL`, its permission to ask in
`ACTIONS_ID_TOKEN_REQUEST_TOKEN`, and appends the audience that it wants. Which job it is stands in
the address here: `/_sandbox/github/token?repository=ORG/REPO&environment=NAME`, with
`&ids=OWNERID:REPOSITORYID` for a repository whose subjects are immutable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from sandbox.world import Sandbox

ISSUER = "https://token.actions.githubusercontent.com"
_REPOSITORY = re.compile(r"([\w.-]+)/([\w.-]+)")
_IDS = re.compile(r"(\d+):(\d+)")
_KNOWN = frozenset({"repository", "environment", "ref", "event", "ids", "audience", "api-version"})


class NoSuchJobError(ValueError):
    """The address names no job; the message says what it should hold."""


def github_routes(sandbox: Sandbox) -> list[Route]:
    """Return the route on which a job asks for its token."""

    async def token(request: Request) -> Response:
        if not request.headers.get("authorization", "").lower().startswith("bearer "):
            return JSONResponse({"message": "Bad credentials"}, status_code=401)
        asked = request.query_params
        try:
            subject = subject_of(asked)
        except NoSuchJobError as problem:
            return JSONResponse({"message": str(problem)}, status_code=400)
        owner = asked["repository"].partition("/")[0]
        audience = asked.get("audience") or f"https://github.com/{owner}"
        value = sandbox.identity.assertion(issuer=ISSUER, subject=subject, audience=audience)
        return JSONResponse({"count": len(value), "value": value})

    return [Route("/_sandbox/github/token", token)]


def subject_of(asked: Mapping[str, str]) -> str:
    """Return the `sub` of a job's token, in the old form, or with ids in the immutable one.

    An environment goes before a reference, and a pull request has neither: see GitHub's reference
    of OpenID Connect, and facts about Entra's federated credentials.

    Raises:
        NoSuchJobError: the repository or the ids are missing or malformed, or a name is unknown.
    """
    unknown = ", ".join(sorted(set(asked) - _KNOWN))
    if unknown:
        raise NoSuchJobError(f"unknown {unknown}. Known: {', '.join(sorted(_KNOWN))}.")
    repository = _REPOSITORY.fullmatch(asked.get("repository", ""))
    if repository is None:
        raise NoSuchJobError("repository: expected ORG/REPO.")
    owner, name = repository.groups()
    if "ids" in asked:
        ids = _IDS.fullmatch(asked["ids"])
        if ids is None:
            raise NoSuchJobError("ids: expected OWNERID:REPOSITORYID.")
        owner, name = f"{owner}@{ids[1]}", f"{name}@{ids[2]}"
    if asked.get("environment"):
        context = f"environment:{asked['environment']}"
    elif asked.get("event") == "pull_request":
        context = "pull_request"
    else:
        context = f"ref:{asked.get('ref') or 'refs/heads/main'}"
    return f"repo:{owner}/{name}:{context}"
