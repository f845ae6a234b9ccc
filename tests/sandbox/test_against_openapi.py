"""Every answer, held to the schema that Microsoft publishes beside the checkout."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from tests.sandbox.asking import EMPLOYEES, Asker, a_sandbox
from tests.sandbox.compared import problems
from tests.sandbox.published import GRAPH, schema_of

pytestmark = pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")

ONE = sandbox_id("user:fabrikam:1")
CONTOSO = sandbox_id("tenant:contoso")
PARTNERS = "/policies/crossTenantAccessPolicy/partners"
INVITE = {
    "invitedUserEmailAddress": "ada@contoso.com",
    "inviteRedirectUrl": "https://myapplications.microsoft.com",
}


def prepared() -> Asker:
    asker = Asker(a_sandbox())
    asker.ask("POST", PARTNERS, {"tenantId": CONTOSO})
    allow = {"userSyncInbound": {"isSyncAllowed": True}}
    asker.ask("PUT", f"{PARTNERS}/{CONTOSO}/identitySynchronization", allow)
    asker.ask("DELETE", "/users/person2@fabrikam.com")
    asker.world.tenant("fabrikam").set_manager(ONE, sandbox_id("user:fabrikam:0"))
    return asker


READS = [
    ("/users", "/users?$select=id,identities,onPremisesExtensionAttributes,otherMails,userType"),
    ("/users/{user-id}", f"/users/{ONE}"),
    ("/users/{user-id}/manager", f"/users/{ONE}/manager"),
    ("/directory/deletedItems/graph.user", "/directory/deletedItems/graph.user"),
    ("/organization", "/organization"),
    ("/domains", "/domains"),
    ("/applications", "/applications"),
    ("/servicePrincipals", "/servicePrincipals"),
    ("/policies/authorizationPolicy", "/policies/authorizationPolicy"),
    ("/policies/crossTenantAccessPolicy", "/policies/crossTenantAccessPolicy"),
    ("/policies/crossTenantAccessPolicy/default", "/policies/crossTenantAccessPolicy/default"),
    (PARTNERS, f"{PARTNERS}?$expand=identitySynchronization"),
    (
        f"{PARTNERS}/{{crossTenantAccessPolicyConfigurationPartner-tenantId}}/identitySynchronization",
        f"{PARTNERS}/{CONTOSO}/identitySynchronization",
    ),
]


@pytest.mark.parametrize(("path", "address"), READS)
def test_a_read_has_the_published_form(path: str, address: str) -> None:
    answer = prepared().ask("GET", address)

    assert answer.status == 200
    assert problems(answer.body, schema_of("get", path, "200"), path) == []


def test_groups_have_the_published_form() -> None:
    asker = Asker(a_sandbox(), "contoso")
    group = asker.ask("GET", f"/groups/{EMPLOYEES}")
    members = asker.ask("GET", f"/groups/{EMPLOYEES}/members")

    assert problems(group.body, schema_of("get", "/groups/{group-id}", "200"), "group") == []
    schema = schema_of("get", "/groups/{group-id}/members", "200")
    assert problems(members.body, schema, "members") == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/invitations", INVITE),
        ("/applications", {"displayName": "Stamp"}),
        (PARTNERS, {"tenantId": sandbox_id("tenant:northwind")}),
    ],
)
def test_what_is_made_has_the_published_form(path: str, body: dict[str, Any]) -> None:
    answer = prepared().ask("POST", path, body)

    assert answer.status == 201
    assert problems(answer.body, schema_of("post", path, "201"), path) == []


def test_the_comparison_finds_what_is_wrong() -> None:
    answer = prepared().ask("POST", "/invitations", INVITE).body

    found = problems(
        answer | {"sendInvitationMessage": "no", "shoeSize": 44},
        schema_of("post", "/invitations", "201"),
        "invitation",
    )

    assert len(found) == 2


def test_an_error_has_the_published_form() -> None:
    answer = prepared().ask("GET", "/users/nobody")

    assert problems(answer.body, schema_of("get", "/users/{user-id}", "404"), "error") == []
    assert set(answer.body["error"]) == {"code", "message", "innerError"}


def documented() -> list[dict[str, Any]]:
    if not GRAPH.exists():
        return []
    lines = (GRAPH / "doc-examples.jsonl").read_text().splitlines()
    wanted = ("/policies/crossTenantAccessPolicy", "/invitations", "/policies/authorizationPolicy")
    return [
        example
        for example in map(json.loads, lines)
        if example["version"] == "v1.0"
        and example["path"].startswith(wanted)
        and "/templates" not in example["path"]
        and example["status"] in {200, 201, 204}
    ]


def replayed(example: dict[str, Any]) -> int:
    """Ask what the documentation asks, in a tenant that is as the documentation presumes."""
    asker = Asker(a_sandbox())
    path = example["path"]
    for name in ("{sourceTenantId}", "{targetTenantId}"):
        path = path.replace(name, CONTOSO)
    parts = path.split("/")
    if "partners" in parts and len(parts) > parts.index("partners") + 1:
        asker.ask("POST", PARTNERS, {"tenantId": parts[parts.index("partners") + 1]})
        if parts[-1] == "identitySynchronization" and example["method"] != "PUT":
            asker.ask("PUT", path, {"userSyncInbound": {"isSyncAllowed": False}})
    body = json.loads(json.dumps(example["request_body"]).replace("{sourceTenantId}", CONTOSO))
    return asker.ask(example["method"], path, body).status


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(one, id=f"{number} {one['method']} {one['path']}")
        for number, one in enumerate(documented())
    ],
)
def test_documented_requests_get_the_documented_status(example: dict[str, Any]) -> None:
    if "admin@fabrikam.com" in json.dumps(example["request_body"]):
        example["request_body"]["invitedUserEmailAddress"] = "admin@elsewhere.com"

    assert replayed(example) == example["status"]
