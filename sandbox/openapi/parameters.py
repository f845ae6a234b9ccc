"""What stands in addresses and headers: a route enters, its described parameters leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.odata import LARGEST_PAGE
from sandbox.openapi.answers import KINDS, kind_of
from sandbox.openapi.forms import TEXT, Schema, one_of
from sandbox.openapi.paths import by_end, keys_of

_SELECT = ("$select",)
_PAGE = ("$select", "$filter", "$top", "$skiptoken", "$count", "$orderby", "$search")
_LOG = ("$select", "$filter", "$top", "$skiptoken", "$orderby")
_PAGES = (
    "/appRoleAssignedTo",
    "/appRoleAssignments",
    "/applicationTemplates",
    "/applications",
    "/crossTenantPartners",
    "/crossTenantSyncPolicyPartners",
    "/directReports",
    "/graph.group",
    "/graph.servicePrincipal",
    "/graph.user",
    "/groups",
    "/memberOf",
    "/members",
    "/multiTenantOrganization/tenants",
    "/servicePrincipals",
    "/transitiveMemberOf",
    "/transitiveMembers",
)
_SELECTED = (
    "/applications/{}",
    "/crossTenantAccessPolicy",
    "/crossTenantAccessPolicy/default",
    "/domains",
    "/domains/{}",
    "/groups/{}",
    "/joinRequest",
    "/manager",
    "/multiTenantOrganization",
    "/multiTenantOrganization/tenants/{}",
    "/multiTenantOrganizationIdentitySynchronization",
    "/multiTenantOrganizationPartnerConfiguration",
    "/organization",
    "/organization/{}",
    "/servicePrincipals/{}",
)
# The query options that reading a path takes, by the longest end that stands here.
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_PAGES, _PAGE),
    **dict.fromkeys(_SELECTED, _SELECT),
    "/users": (*_PAGE, "$expand"),
    "/users/{}": (*_SELECT, "$expand"),
    "/partners": (*_PAGE, "$expand"),
    "/partners/{}": (*_SELECT, "$expand"),
    "/$count": ("$filter", "$search"),
    "/delta": ("$select", "$filter", "$deltatoken", "$skiptoken"),
    "/auditLogs/directoryAudits": _LOG,
    "/auditLogs/provisioning": _LOG,
    "/directoryRoles/{}/members": (),
    "/deletedItems/{}/graph.group": (),
    "/deletedItems/{}/graph.user": (),
}
_EXPANDED = {"user": "manager", "partner": "identitySynchronization"}
_SAID: Mapping[str, tuple[str, Schema]] = {
    "$count": ("Counts all objects; needs `ConsistencyLevel`.", {"type": "boolean"}),
    "$deltatoken": ("Where the last round ended, or `latest`.", TEXT),
    "$expand": ("What comes with each object.", TEXT),
    "$filter": ("Which objects.", TEXT),
    "$orderby": ("In which order.", TEXT),
    "$search": ("Which objects have a word; needs `ConsistencyLevel`.", TEXT),
    "$select": ("Which properties, with commas between.", TEXT),
    "$skiptoken": ("Where the last page ended.", TEXT),
    "$top": ("How many on a page.", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}),
}


def parameters_of(name: str, version: str) -> list[dict[str, Any]]:
    """Return the parameters of a route: keys, query options and headers."""
    method, _, path = name.partition(" ")
    keys: list[dict[str, Any]] = [
        {
            "name": key,
            "in": "path",
            "required": True,
            "description": said,
            "schema": {**TEXT, "minLength": 1},
        }
        for key, said in keys_of(path)
    ]
    options = by_end(path, _OPTIONS, ()) if method == "GET" else ()
    written = [_option(option, path, version) for option in options]
    return [*keys, *written, *_headers(method, path, options)]


def _option(option: str, path: str, version: str) -> dict[str, Any]:
    kind = kind_of(path)
    said, schema = _SAID[option]
    described: dict[str, Any] = {"name": option, "in": "query", "description": said}
    if option == "$expand":
        return {**described, "schema": one_of({_EXPANDED[kind]})}
    names = KINDS[kind](version).get("properties", {}) if option == "$select" else {}
    if not names:
        return {**described, "schema": schema}
    known = {"type": "array", "items": one_of(set(names)), "minItems": 1}
    return {**described, "schema": known, "style": "form", "explode": False}


def _headers(method: str, path: str, options: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if "$search" in options:
        yield _header("ConsistencyLevel", "Allows advanced queries.", "eventual")
    if path.endswith("/delta"):
        yield _header("Prefer", "Only what changed.", "return=minimal")
    if method == "PATCH" and path.endswith("/federatedIdentityCredentials/{}"):
        yield _header("Prefer", "Makes what is missing.", "create-if-missing")


def _header(name: str, said: str, value: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": said, "schema": one_of({value})}
