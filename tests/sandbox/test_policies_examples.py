"""The documentation's requests on policies and organizations, asked of the sandbox."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.organized import ORGANIZATION, add, found, of, three_tenants, tid
from tests.sandbox.published import GRAPH

POLICY = "/policies/crossTenantAccessPolicy"
PARTNERS = f"{POLICY}/partners"
OTHER = tid("wingtip")
WANTED = (
    POLICY,
    "/policies/authorizationPolicy",
    "/policies/deletedItems",
    "/invitations",
    ORGANIZATION,
)
PLACEHOLDERS = {
    "{ownerTenantId}": tid("contoso"),
    "{memberTenantIdB}": tid("wingtip"),
    "{memberTenantIdD}": tid("tailspin"),
    "{sourceTenantId}": OTHER,
    "{targetTenantId}": OTHER,
    "{tenantId}": OTHER,
    "admin@fabrikam.com": "admin@elsewhere.com",
}
# The documentation's own mistakes: no such property, no person to reset, and a body that no
# schema has.
IMPOSSIBLE = ('guestUserRole"', "<<ID for the user")
MISSHAPEN = (
    ("/policies/crossTenantAccessPolicy", "v1.0"),
    ("/policies/crossTenantAccessPolicy", "beta"),
    ("/invitations", "beta"),
)


def documented() -> list[dict[str, Any]]:
    if not GRAPH.exists():
        return []
    lines = (GRAPH / "doc-examples.jsonl").read_text().splitlines()
    wanted = [line for line in lines if not any(mark in line for mark in IMPOSSIBLE)]
    for mark, real in PLACEHOLDERS.items():
        wanted = [line.replace(mark, real) for line in wanted]
    return [one for one in map(json.loads, wanted) if one["path"].startswith(WANTED)]


def presumed(example: dict[str, Any]) -> Any:
    """Contoso as an example presumes it: what it reads or changes is there, what it makes not."""
    path, method = example["path"], example["method"]
    world = three_tenants()
    contoso = of(world, "contoso")
    parts = path.strip("/").split("/")
    if path.startswith((PARTNERS, "/policies/deletedItems")) and len(parts) > 2:
        _presume_policies(contoso, example, parts)
    if path.startswith(ORGANIZATION) and method != "PUT":
        found(contoso)
        if parts[-1] not in {"tenants", "joinRequest"} and not _refused(example):
            add(contoso, "wingtip" if parts[-1] == OTHER else "tailspin")
    return contoso


def _refused(example: dict[str, Any]) -> bool:
    return "error" in (example["response_body"] or {})


def _presume_policies(contoso: Any, example: dict[str, Any], parts: list[str]) -> None:
    deleted = parts[1] == "deletedItems"
    key = next((part for part in parts[3:] if part != "restore"), OTHER)
    if not deleted and len(parts) < 4:
        return
    partner = f"{PARTNERS}/{key}"
    sync = f"{partner}/identitySynchronization"
    contoso.ask("POST", PARTNERS, {"tenantId": key})
    if deleted or (parts[-1] == "identitySynchronization" and _presumes_sync(example)):
        contoso.ask("PUT", sync, {"userSyncInbound": {"isSyncAllowed": False}})
    if deleted:
        contoso.ask("DELETE", sync)
        if parts[2] == "crossTenantPartners":
            contoso.ask("DELETE", partner)


def _presumes_sync(example: dict[str, Any]) -> bool:
    return bool(example["method"] != "PUT" or example["status"] == 409)


def missing(expected: Any, answered: Any, where: str) -> list[str]:
    """The members that the documentation shows and the answer lacks."""
    if isinstance(expected, dict) and isinstance(answered, dict):
        return [
            one
            for name, value in expected.items()
            if "@" not in name and name not in {"innerError", "details"}
            for one in (
                missing(value, answered[name], f"{where}.{name}")
                if name in answered
                else [f"{where}.{name}"]
            )
        ]
    if isinstance(expected, list) and isinstance(answered, list) and expected and answered:
        return missing(expected[0], answered[0], f"{where}[]")
    return []


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(one, id=f"{number} {one['version']} {one['method']} {one['path']}")
        for number, one in enumerate(documented())
    ],
)
def test_a_documented_request_gets_the_documented_answer(example: dict[str, Any]) -> None:
    prefix = "" if example["version"] == "v1.0" else "/beta"
    expected = example["response_body"]

    path = prefix + example["path"].rstrip("/")
    answer = presumed(example).ask(example["method"], path, example["request_body"])

    if example["status"]:
        assert answer.status == example["status"], answer.body
    else:
        assert (answer.status in {200, 201, 204}) is not _refused(example), answer.body
    if expected and (example["path"], example["version"]) not in MISSHAPEN:
        assert missing(expected, answer.body, example["path"]) == []
