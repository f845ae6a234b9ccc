"""Requests told apart by the object they are about: recorded or sent ones enter, sequences leave.

Ids differ between two runs, and so does the order in which an engine treats resources that do not
depend on each other. Under names for the ids, and one resource at a time, nothing else may differ,
but how often a read was repeated.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from tests.sandbox_plugin.stacks import Request

TRACE = Path(__file__).parents[2].parent / "shared" / "graph" / "azuread-provider-trace.jsonl"

_MADE = {
    "applications": "app",
    "servicePrincipals": "principal",
    "groups": "group",
    "federatedIdentityCredentials": "trust",
    "appRoleAssignedTo": "assignment",
    "jobs": "job",
}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_Said = tuple[str, str, str]


def recording() -> dict[str, list[Request]]:
    """What the official provider was seen to send, phase by phase."""
    phases: dict[str, list[Request]] = defaultdict(list)
    for line in TRACE.read_text(encoding="utf-8").splitlines():
        seen = json.loads(line)
        phases[seen["phase"]].append(
            Request(
                method=seen["method"],
                path=seen["path"],
                body=_bytes(seen.get("request")),
                answer=_bytes(seen.get("response")),
            )
        )
    return phases


def _bytes(value: Any) -> bytes:
    return b"" if value is None else json.dumps(value).encode()


def by_resource(phases: Mapping[str, Sequence[Request]]) -> dict[str, dict[str, list[_Said]]]:
    """The requests of each phase about each object, in order, repetitions once."""
    names: dict[str, str] = {}
    told: dict[str, dict[str, list[_Said]]] = {}
    for phase, requests in phases.items():
        for request in requests:
            _learn(request, names)
        sequences: dict[str, list[_Said]] = defaultdict(list)
        for request in requests:
            said = (request.method, _named(request.path, names), _content(request, names))
            sequences[_about(said, request, names)].append(said)
        told[phase] = {
            about: [one for one, _ in groupby(said)] for about, said in sequences.items()
        }
    return told


def _learn(request: Request, names: dict[str, str]) -> None:
    """Name the ids that an answer brought."""
    if request.method != "POST" or not request.answer.startswith(b"{"):
        return
    answer = json.loads(request.answer)
    if request.path.endswith("/instantiate"):
        names[answer["application"]["id"]] = "sync-app"
        names[answer["servicePrincipal"]["id"]] = "sync-principal"
    elif made := _MADE.get(request.path.rpartition("/")[2]):
        names[answer["id"]] = made
        if "appId" in answer and made == "app":
            names[answer["appId"]] = "app-id"
        for owner in json.loads(request.body).get("owners@odata.bind", []):
            names[owner.rpartition("/")[2]] = "caller"


def _named(text: str, names: Mapping[str, str]) -> str:
    """Write names where ids are."""
    plain = unquote_plus(text)
    for identity, name in names.items():
        plain = plain.replace(identity, f"<{name}>")
    plain = re.sub(r"https://127\.0\.0\.1:\d+", "<origin>", plain)
    return re.sub(rf"(/|TERRAFORM_UPDATE_){_ID.pattern}(?=/oauth2|\"|$)", r"\1<any>", plain)


def _content(request: Request, names: Mapping[str, str]) -> str:
    """A body in one order of its members; what is made up at random is left out."""
    if not request.body or request.path.endswith("/token"):
        return ""
    body = json.loads(request.body)
    if "mailNickname" in body:
        body["mailNickname"] = "<any>"
    for pair in body.get("value", []):
        pair["value"] = "<company>" if _ID.fullmatch(pair["value"]) else pair["value"]
    return _named(json.dumps(body, sort_keys=True), names)


def _about(said: _Said, request: Request, names: Mapping[str, str]) -> str:
    """Name the object that a request is about; a creation is about what it made."""
    method, path, _ = said
    place = path.partition("?")[0]
    for part in ("federatedIdentityCredentials", "appRoleAssignedTo", "jobs", "secrets"):
        if f"/{part}" in place:
            return part
    if method == "POST" and place.endswith("/instantiate"):
        return "<sync-app>"
    if method == "POST" and (made := _MADE.get(place.rpartition("/")[2])):
        return f"<{made}>"
    found = re.search(r"<[a-z-]+>", place)
    return found[0] if found and found[0] != "<any>" else place
