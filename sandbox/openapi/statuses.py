"""With which statuses calls answer: a route enters, its successes and its refusals leave."""

from __future__ import annotations

from collections.abc import Mapping

REFUSALS: Mapping[int, str] = {
    400: "The request cannot be understood, or breaks a rule of the directory.",
    401: "The token is missing, malformed or expired.",
    403: "The token lacks a permission, or the caller may not touch this object.",
    404: "Something that the request names is not there.",
    405: "This version of Graph has the path, but not with this method.",
    409: "Another object has this key.",
    410: "The token of a delta query is too old; the `Location` begins anew.",
    429: "A quota is used up; `Retry-After` says for how long.",
    501: "`notSupported`: Graph has this, the sandbox does not simulate it.",
}
_BY_METHOD = {"GET": 200, "DELETE": 204, "PATCH": 204, "PUT": 204, "POST": 201}
# What the end of a path says about the success of a POST that makes nothing.
_DONE = frozenset(
    {
        "$ref",
        "pause",
        "removePassword",
        "resetToDefaultSettings",
        "resetToSystemDefault",
        "restart",
        "start",
        "validateCredentials",
    }
)
_TOLD = frozenset(
    {"$batch", "addPassword", "discover", "provisionOnDemand", "restore", "revokeSignInSessions"}
)
_MTO = "/tenantRelationships/multiTenantOrganization"
_SUCCESSES: Mapping[str, tuple[int, ...]] = {
    f"PUT {_MTO}": (201,),
    "PATCH /policies/b2bManagementPolicies/{}": (200,),
    # With `Prefer: create-if-missing` a credential is made.
    "PATCH /applications/{}/federatedIdentityCredentials/{}": (201, 204),
}
# Routes without a key that can miss something all the same: an organization, or who is bound.
_MISSING = frozenset(
    {
        f"PATCH {_MTO}",
        f"GET {_MTO}/tenants",
        f"POST {_MTO}/tenants",
        "POST /applications",
        "POST /directoryRoles",
        "POST /groups",
        "POST /invitations",
        "POST /servicePrincipals",
    }
)
_TAKEN = frozenset(
    {
        "POST /applications/{}/federatedIdentityCredentials",
        "PATCH /applications/{}/federatedIdentityCredentials/{}",
        "POST /servicePrincipals",
        "POST /policies/crossTenantAccessPolicy/partners",
        "PUT /policies/crossTenantAccessPolicy/partners/{}/identitySynchronization",
        "POST /policies/deletedItems/crossTenantPartners/{}/restore",
        "POST /policies/deletedItems/crossTenantSyncPolicyPartners/{}/restore",
    }
)
_ON_V1_ONLY = "PATCH /policies/authorizationPolicy"


def successes_of(name: str, *, asks: bool) -> tuple[int, ...]:
    """Return the statuses with which a route grants what is asked."""
    if name in _SUCCESSES:
        return _SUCCESSES[name]
    method, _, path = name.partition(" ")
    last = path.rpartition("/")[2]
    if method == "POST" and last in _DONE:
        return (204,)
    if method == "POST" and (asks or last in _TOLD):
        return (200,)
    return (_BY_METHOD[method],)


def refusals_of(name: str, version: str) -> tuple[int, ...]:
    """Return the statuses with which a route refuses."""
    found = {400, 401, 403, 429}
    if "{}" in name or name in _MISSING:
        found.add(404)
    if "{}" in name:
        # `$count` and `delta` where the sandbox takes an object's key.
        found.add(501)
    if name in _TAKEN:
        found.add(409)
    if name.endswith("/delta"):
        found.add(410)
    if name == _ON_V1_ONLY and version == "beta":
        return (400, 401, 403, 405, 429)
    return tuple(sorted(found))
