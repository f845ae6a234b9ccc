"""GitHub's issuer: which job is meant is in the address, and its token says so."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import jwt
import pytest

from sandbox.github import ISSUER, NoSuchJobError, subject_of
from sandbox.inprocess import InProcessTransport
from sandbox.world import Sandbox

REPOSITORY = {"repository": "contoso/people"}


@pytest.mark.parametrize(
    ("job", "subject"),
    [
        ({"environment": "production"}, "repo:contoso/people:environment:production"),
        ({"ref": "refs/tags/v1"}, "repo:contoso/people:ref:refs/tags/v1"),
        ({}, "repo:contoso/people:ref:refs/heads/main"),
        ({"event": "pull_request"}, "repo:contoso/people:pull_request"),
        (
            {"event": "pull_request", "environment": "preview"},
            "repo:contoso/people:environment:preview",
        ),
        (
            {"ids": "7:42", "environment": "production"},
            "repo:contoso@7/people@42:environment:production",
        ),
    ],
)
def test_a_job_has_the_subject_that_github_gives_it(job: dict[str, str], subject: str) -> None:
    assert subject_of(REPOSITORY | job) == subject


@pytest.mark.parametrize(
    "job", [{}, {"repository": "people"}, REPOSITORY | {"ids": "x"}, REPOSITORY | {"branch": "x"}]
)
def test_an_address_that_names_no_job_is_refused(job: dict[str, str]) -> None:
    with pytest.raises(NoSuchJobError, match=r"expected|Known"):
        subject_of(job)


def asked(**headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        world = Sandbox(estate=[])
        transport = InProcessTransport(world)
        async with httpx.AsyncClient(transport=transport, base_url=world.origin) as client:
            address = "/_sandbox/github/token?repository=contoso/people&audience=somebody"
            return await client.get(address, headers=headers)

    return asyncio.run(ask())


def test_the_token_is_made_out_to_the_audience_that_was_asked_for() -> None:
    told: dict[str, Any] = asked(Authorization="bearer allowed").json()

    claims = jwt.decode(told["value"], options={"verify_signature": False})
    assert (claims["iss"], claims["aud"]) == (ISSUER, "somebody")
    assert told["count"] == len(told["value"])


def test_a_job_without_permission_to_ask_gets_no_token() -> None:
    assert asked().status_code == 401
