"""Which domains may be invited: management policies of beta enter and leave.

A policy holds its rules as JSON in a text, which the documentation also writes with single quotes.
The one that is the organization's default applies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.objects import listed
from sandbox.calls.partner_settings import bad
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Request

_TAIL = "policies/b2bManagementPolicies"
_TYPE = "#microsoft.graph.b2bManagementPolicy"
_RULES = "InvitationsAllowedAndBlockedDomainsPolicy"
_TEXTS = ("description", "displayName")
_LONGEST = 25_000


def list_policies(tenant: Directory, request: Request) -> Answer:
    """GET /policies/b2bManagementPolicies."""
    return listed(request, _TAIL, list(tenant.b2b_policies.values()))


def _found(tenant: Directory, request: Request) -> GraphObject:
    policy = tenant.b2b_policies.get(request.keys[0].lower())
    if policy is None:
        raise missing(request.keys[0])
    return policy


def get_policy(tenant: Directory, request: Request) -> Answer:
    """GET /policies/b2bManagementPolicies/{id}."""
    return odata.entity(request, _found(tenant, request), tail=_TAIL)


def create_policy(tenant: Directory, request: Request) -> Answer:
    """POST /policies/b2bManagementPolicies."""
    given = _checked(request)
    for name in ("definition", *_TEXTS):
        if not given.get(name):
            raise bad(f"A value is required for property '{name}'.")
    _require_free_default(tenant, given, "")
    made = {
        "@odata.type": _TYPE,
        "id": tenant.new_id("b2bManagementPolicy"),
        "deletedDateTime": None,
        "isOrganizationDefault": False,
        **given,
    }
    tenant.b2b_policies[made["id"]] = made
    return odata.entity(request, made, tail=_TAIL, status=201)


def patch_policy(tenant: Directory, request: Request) -> Answer:
    """PATCH /policies/b2bManagementPolicies/{id}, which answers the policy."""
    policy = _found(tenant, request)
    given = _checked(request)
    _require_free_default(tenant, given, policy["id"])
    changed = {**policy, **given}
    tenant.b2b_policies[policy["id"]] = changed
    return odata.entity(request, changed, tail=_TAIL)


def delete_policy(tenant: Directory, request: Request) -> Answer:
    """DELETE /policies/b2bManagementPolicies/{id}."""
    del tenant.b2b_policies[_found(tenant, request)["id"]]
    return Answer(status=204)


def _checked(request: Request) -> GraphObject:
    given: GraphObject = {}
    for name, value in body_of(request.body).items():
        if name in _TEXTS and isinstance(value, str):
            given[name] = value
        elif name == "isOrganizationDefault" and str(value).lower() in {"true", "false"}:
            # The documentation's example sends the flag as a text.
            given[name] = str(value).lower() == "true"
        elif name == "definition" and isinstance(value, list) and len(value) == 1:
            _check_lists(value[0])
            given[name] = value
        elif name != "deletedDateTime":
            raise bad(f"Invalid value specified for property '{name}'.")
    return given


def _check_lists(text: Any) -> None:
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise bad("Invalid value specified for property 'definition'.")
    allowed, blocked = _lists(text)
    if allowed and blocked:
        raise bad("A policy has allowed domains or blocked domains, not both.")


def _require_free_default(tenant: Directory, given: Mapping[str, Any], own_id: str) -> None:
    others = [one for one in tenant.b2b_policies.values() if one["id"] != own_id]
    if given.get("isOrganizationDefault") and any(one["isOrganizationDefault"] for one in others):
        raise bad("Another policy is the default of the organization already.")


def _lists(text: str) -> tuple[list[str], list[str]]:
    try:
        rules = json.loads(text.replace("'", '"'))["B2BManagementPolicy"].get(_RULES) or {}
        allowed, blocked = rules.get("AllowedDomains") or [], rules.get("BlockedDomains") or []
        return [one.lower() for one in allowed], [one.lower() for one in blocked]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise bad("Invalid value specified for property 'definition'.") from None


def may_invite(tenant: Directory, domain: str) -> bool:
    """Say whether the tenant's default policy lets people of a domain be invited."""
    for policy in tenant.b2b_policies.values():
        if policy["isOrganizationDefault"]:
            allowed, blocked = _lists(policy["definition"][0])
            return domain.lower() in allowed if allowed else domain.lower() not in blocked
    return True
