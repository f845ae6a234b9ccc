"""The documentation's examples: a line of the file enters, an example and its judgement leave."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from tests.sandbox.published import GRAPH

# Why an example is not replayed, in the order in which the reasons are tried.
DELEGATED = re.compile(r"^/me(/|$)")
NOT_IN_SCOPE = re.compile(
    r"^/(roleManagement|subscribedSkus|tenantRelationships/delegatedAdmin)"
    r"|/licenseDetails|/scopedMembers|^/directoryRoles/delta|acquireAccessToken|getUserOwnedObjects",
    re.IGNORECASE,
)
OTHER_PRODUCTS = (
    "assignedLicenses",
    "customSecurityAttributes",
    "hasMembersWithLicenseErrors",
    "msLearnCourses",
    "signInActivity",
    "allowExternalSenders",
    "planner",
    # Customers who sign in with names of their own, in Azure AD B2C.
    "facebook.com",
)
# The gallery has one template, and Microsoft's connectors are not simulated.
OTHER_APPS = (
    "229946b9",
    "8adf8e6e",
    "_AD2AAD",
    "_Group",
    "_ADto3P",
    "templates/Slack",
    "BoxOutDelta",
    # A connector's own user name and password, where this template has a tenant.
    "user@domain.com",
)
# The documentation's own mistakes, by the number of the line: answers that belong to another
# request (13, 47, 49, 50), bodies that no schema has (159, 197, 200, 201), a status that other
# pages on the same call deny (73, 113, 115), an option that does not exist (363), members of
# beta that v1.0's schema does not have (107, 183, 288), members of applications of a Graph before
# v1.0 (7, 18, 19), a member that is misspelled (48), properties that a request must select and
# does not (355).
DOC_ERRORS = frozenset({7, 13, 18, 19, 47, 48, 49, 50, 73, 107, 113, 115})
DOC_ERRORS |= {159, 183, 197, 200, 201, 288, 355, 363}
# What is no reason where the example replays all the same: a mark in its text may mislead.
EXCUSES = frozenset({"doc-error", "not-in-scope", "other-product", "other-template"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One request of the documentation and what it shows as the answer."""

    number: int
    version: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any
    status: int | None
    answer: Any
    name: str

    @property
    def call(self) -> str:
        """The call in the words of the table: keys become braces."""
        return f"{self.method} {'/'.join(_plain(part) for part in self.path.split('/'))}"


def _plain(part: str) -> str:
    keyed = re.search(r"\{|\[|[0-9a-f]{8}-|=|^[A-Za-z0-9_-]{30,}-\d$|^Slack$", part)
    return "{}" if keyed else part


def _read(number: int, line: str) -> Example:
    given = json.loads(line)
    return Example(
        number=number,
        version=given["version"],
        method=given["method"],
        path=given["path"].rstrip("/"),
        query=urlsplit(given["url"]).query,
        headers={name.lower(): value for name, value in (given["request_headers"] or {}).items()},
        body=given["request_body"],
        status=given["status"],
        answer=given["response_body"],
        name=given["name"] or "",
    )


@cache
def examples() -> tuple[Example, ...]:
    """Return all examples, or none where the documentation is not beside the checkout."""
    path = GRAPH / "doc-examples.jsonl"
    if not path.exists():
        return ()
    return tuple(_read(n, line) for n, line in enumerate(path.read_text().splitlines()))


def excluded(example: Example) -> str | None:
    """Return the reason code of an example that is not replayed."""
    whole = f"{example.path}?{example.query} {example.name} {json.dumps(example.body)}"
    reasons = {
        "delegated": bool(DELEGATED.match(example.path)),
        "not-in-scope": bool(NOT_IN_SCOPE.search(example.path)),
        "other-product": any(mark in whole for mark in OTHER_PRODUCTS),
        "other-template": any(mark in whole for mark in OTHER_APPS),
        "doc-error": example.number in DOC_ERRORS,
        "no-response-documented": example.status is None and not example.answer,
    }
    return next((code for code, applies in reasons.items() if applies), None)
