"""Jobs at work and their logs, held to what Microsoft publishes beside the checkout."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.contents import GraphObject
from tests.sandbox.asking import a_sandbox
from tests.sandbox.compared import problems
from tests.sandbox.linked import FABRIKAM
from tests.sandbox.published import GRAPH, schema_of
from tests.sandbox.pushing import Push, a_running_job, person

pytestmark = pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")

SYNCHRONIZATION = "/servicePrincipals/{servicePrincipal-id}/synchronization"
JOB = f"{SYNCHRONIZATION}/jobs/{{synchronizationJob-id}}"
TEMPLATE = f"{SYNCHRONIZATION}/templates/{{synchronizationTemplate-id}}"


def a_told_story() -> Push:
    """A job that did everything once, and is in quarantine."""
    push = a_running_job(a_sandbox())
    push.world.tenant("fabrikam").authorization_policy["allowInvitesFrom"] = "none"
    push.threshold(0)
    push.changes(1, jobTitle="Lead")
    push.leaves(2)
    push.joins(11)
    push.passes()
    push.demands(4)
    return push


@pytest.mark.parametrize(
    "path",
    [
        f"{SYNCHRONIZATION}/jobs",
        JOB,
        f"{JOB}/schema",
        f"{JOB}/schema/functions()",
        f"{JOB}/schema/filterOperators()",
        f"{SYNCHRONIZATION}/templates",
        TEMPLATE,
        f"{TEMPLATE}/schema",
        f"{TEMPLATE}/schema/functions()",
        "/auditLogs/provisioning",
        "/auditLogs/directoryAudits",
    ],
)
def test_a_read_has_the_published_form(path: str) -> None:
    push = a_told_story()
    address = (
        path.replace("{servicePrincipal-id}", push.app.principal["id"])
        .replace("{synchronizationJob-id}", push.path.rsplit("/", 1)[-1])
        .replace("{synchronizationTemplate-id}", "Azure2Azure")
    )

    answer = push.source.ask("GET", address)

    assert answer.status == 200, answer.body
    assert problems(answer.body, schema_of("get", path, "200"), path) == []


def test_what_was_asked_of_a_job_has_the_published_form() -> None:
    push = a_told_story()
    rule = push.schema()["synchronizationRules"][0]["id"]
    subject = {"objectId": person(3), "objectTypeName": "User"}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("provisionOnDemand", {"parameters": [{"ruleId": rule, "subjects": [subject]}]}),
        ("schema/parseExpression", {"expression": 'Join(" ", [a], "b")'}),
        ("schema/parseExpression", {"expression": "("}),
    ]

    found = [push.source.ask("POST", f"{push.path}/{verb}", body).body for verb, body in asked]

    for (verb, _), body in zip(asked, found, strict=True):
        assert problems(body, schema_of("post", f"{JOB}/{verb}", "200"), verb) == []


def documented() -> list[dict[str, Any]]:
    if not GRAPH.exists():
        return []
    lines = (GRAPH / "doc-examples.jsonl").read_text().splitlines()
    return [
        one
        for one in map(json.loads, lines)
        if ("/synchronization/" in one["path"] and one["path"].startswith("/servicePrincipals"))
        or one["path"] == "/auditLogs/provisioning"
        or one["path"] == "/auditLogs/directoryAudits"
    ]


# What is told of another template's jobs, in the words of the only one that is simulated.
OTHERS = {"BoxOutDelta": "Azure2Azure", "Slack": "Azure2Azure"}
# A page's Salesforce credentials do not connect two tenants.
CREDENTIALS = [{"key": "CompanyId", "value": FABRIKAM}]


def address_in(push: Push, example: dict[str, Any]) -> str:
    """Write an example's address with this world's service principal, job and template."""
    url = example["url"].removeprefix("https://graph.microsoft.com").rstrip("/")
    path, _, query = str(url).partition("?")
    parts = path.split("/")
    if "servicePrincipals" in parts:
        parts[parts.index("servicePrincipals") + 1] = push.app.principal["id"]
    if "jobs" in parts[:-1] and parts[parts.index("jobs") + 1] != "validateCredentials":
        parts[parts.index("jobs") + 1] = push.path.rsplit("/", 1)[-1]
    parts = [OTHERS.get(part, part) for part in parts]
    query = query.replace("{servicePrincipalId}", push.app.principal["id"])
    query = query.replace("2023-07-30", "2026-01-05").replace("2023-07-31", "2026-01-06")
    if '"failure"' in json.dumps(example["response_body"]):
        # The page shows somebody who failed.
        query = "$filter=provisioningStatusInfo/status eq 'failure'"
    return f"{'/'.join(parts)}?{query}"


def body_in(push: Push, example: dict[str, Any]) -> GraphObject | None:
    """Write an example's body with this world's rule, person and target."""
    said = example["request_body"]
    if said is None:
        return None
    body: GraphObject = json.loads(json.dumps(said).replace("{targetTenantId}", FABRIKAM))
    if "templateId" in body:
        body["templateId"] = "Azure2Azure"
    if example["path"].endswith("validateCredentials"):
        body["credentials"] = CREDENTIALS
    for parameter in body.get("parameters", ()):
        parameter["ruleId"] = push.schema()["synchronizationRules"][0]["id"]
        parameter["subjects"][0]["objectId"] = person(3)
    return body


def absent(theirs: Any, own: Any, where: str) -> list[str]:
    """The members of a documented answer that ours does not have."""
    if isinstance(theirs, dict) and isinstance(own, dict):
        # Details are as free as the attributes of the people in them; so is one old spelling.
        told = {name for name in theirs if name not in {"Type", "initiatingType"}}
        missing = [f"{where}.{name}" for name in sorted(told - set(own) - {"@odata.context"})]
        return missing + [
            found
            for name in sorted(told & set(own) - {"details"})
            for found in absent(theirs[name], own[name], f"{where}.{name}")
        ]
    if isinstance(theirs, list) and isinstance(own, list):
        pairs = zip(theirs, own, strict=False)
        return [found for one, other in pairs for found in absent(one, other, f"{where}[]")]
    return []


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(one, id=f"{number} {one['method']} {one['version']} {one['path']}")
        for number, one in enumerate(documented())
    ],
)
def test_a_documented_request_gets_the_documented_answer(example: dict[str, Any]) -> None:
    push = a_told_story()
    address, body = address_in(push, example), body_in(push, example)

    answer = push.source.ask(example["method"], address, body)

    # One page shows a 200 where a job is made, and the reference of every other version a 201.
    wanted = (
        201
        if example["path"].endswith("/jobs") and example["method"] == "POST"
        else example["status"]
    )
    assert answer.status == (wanted or 200), answer.body
    shown = example["response_body"] or {}
    # A page prints one entry of the audit log where the log is asked for.
    single = example["path"].endswith("directoryAudits") and "value" not in shown
    if not single and "Salesforce" not in json.dumps(shown) and "Slack" not in json.dumps(shown):
        assert absent(shown, answer.body or {}, "answer") == []
