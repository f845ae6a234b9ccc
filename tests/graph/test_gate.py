from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from reconcile.graph.gate import native_job
from reconcile.model.tenants import TenantId
from tests.graph.scripted import Meeting, meet

TARGET = "8fbb86ab-dfa2-55d1-b1cc-3aabe20b4fd1"
RUNNING = {"schedule": {"state": "Active"}, "status": {"code": "Active"}}
PAUSED = {"schedule": {"state": "Disabled"}, "status": {"code": "Paused"}}


def answers(job: Mapping[str, Any] | None, company: str) -> list[Any]:
    """A tenant with one configuration of Entra's own."""

    def reply(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/jobs"):
            return httpx.Response(200, json={"value": [job] if job else []})
        if path.endswith("/secrets"):
            keys = [{"key": "AuthenticationType", "value": "SyncPolicy"}]
            return httpx.Response(
                200, json={"value": [*keys, {"key": "CompanyId", "value": company}]}
            )
        return httpx.Response(200, json={"value": [{"id": "sp", "displayName": "To Fabrikam"}]})

    return [reply]


@pytest.mark.parametrize(
    ("job", "company", "expected"),
    [
        (RUNNING, TARGET, "To Fabrikam"),
        (RUNNING, TARGET.upper(), "To Fabrikam"),
        (RUNNING, "another", None),
        (PAUSED, TARGET, None),
        (None, TARGET, None),
    ],
)
def test_entras_own_job_counts_when_it_runs_to_the_same_target(
    job: Mapping[str, Any] | None, company: str, expected: str | None
) -> None:
    async def play(meeting: Meeting) -> str | None:
        return await native_job(meeting.client, TenantId(TARGET))

    assert meet(answers(job, company), play) == expected
