"""What calls answer: a route's name and a version of Graph enter, its answer's schema leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.calls import assignments, organizations
from sandbox.group_properties import names_by_default, whole
from sandbox.native.schema import default_schema
from sandbox.openapi.forms import (
    ANY,
    FLAG,
    TEXT,
    Schema,
    answered,
    like,
    like_each,
    list_of,
    nullable,
    opened,
)
from sandbox.openapi.paths import by_end
from sandbox.policy_objects import (
    authorization_policy,
    domain_objects,
    organization,
    partner_of,
    service_default,
    sync_of,
    versioned,
)
from sandbox.policy_templates import for_partners, for_syncs
from sandbox.properties import USER
from sandbox.registered import whole_application, whole_principal
from sandbox.sync_jobs import new_job

_NOBODY = "00000000-0000-0000-0000-000000000000"
_OBJECT: Schema = {"type": "object"}
_LINKS = ("@odata.nextLink", "@odata.deltaLink")


def _group(version: str) -> Schema:
    usual = whole({"id": _NOBODY}, _NOBODY)
    return opened({name: like(usual.get(name)) for name in names_by_default(version)})


# The kinds of objects that answers carry, as components of a document.
KINDS: Mapping[str, Callable[[str], Schema]] = {
    "object": lambda _: _OBJECT,
    "user": lambda _: opened({name: answered(rule) for name, rule in USER.items()}),
    "group": _group,
    "application": lambda version: opened(
        {**like_each(whole_application({"displayName": ""}, version)), "id": TEXT, "appId": TEXT}
    ),
    "servicePrincipal": lambda version: opened(
        {**like_each(whole_principal({}, version)), "id": TEXT, "appId": TEXT}
    ),
    "appRoleAssignment": lambda _: opened(dict.fromkeys(assignments.SHOWN, nullable(TEXT))),
    "authorizationPolicy": lambda _: opened(like_each(authorization_policy())),
    "crossTenantAccessPolicyDefault": lambda version: opened(
        like_each(versioned(version, service_default()))
    ),
    "partner": lambda version: opened(
        {**like_each(versioned(version, partner_of({}))), "tenantId": TEXT}
    ),
    "identitySynchronization": lambda version: opened(like_each(versioned(version, sync_of({})))),
    "partnerTemplate": lambda _: opened(like_each(for_partners(_NOBODY))),
    "synchronizationTemplate": lambda _: opened(like_each(for_syncs(_NOBODY))),
    "organization": lambda _: opened(like_each(organization(_NOBODY, "", ("example.com",)))),
    "domain": lambda _: opened(like_each(domain_objects(("example.com",))[0])),
    "multiTenantOrganizationMember": lambda _: opened(
        dict.fromkeys(organizations.MEMBERS, ANY)
        | dict.fromkeys(("tenantId", "role", "state"), TEXT)
    ),
    "synchronizationJob": lambda _: opened(like_each(new_job(_NOBODY))),
    "synchronizationSchema": lambda _: opened(like_each(default_schema(_NOBODY))),
}
# Which of them a path is about; the longest end of a path that stands here decides.
_ENDS: Mapping[str, str] = {
    "/users": "user",
    "/users/{}": "user",
    "/users/{}/manager": "user",
    "/users/{}/directReports": "user",
    "/graph.user": "user",
    "/memberOf": "group",
    "/transitiveMemberOf": "group",
    "/groups": "group",
    "/groups/{}": "group",
    "/graph.group": "group",
    "/applications": "application",
    "/applications/{}": "application",
    "/servicePrincipals": "servicePrincipal",
    "/servicePrincipals/{}": "servicePrincipal",
    "/graph.servicePrincipal": "servicePrincipal",
    "/appRoleAssignments": "appRoleAssignment",
    "/appRoleAssignedTo": "appRoleAssignment",
    "/appRoleAssignedTo/{}": "appRoleAssignment",
    "/policies/authorizationPolicy": "authorizationPolicy",
    "/authorizationPolicy/authorizationPolicy": "authorizationPolicy",
    "/crossTenantAccessPolicy/default": "crossTenantAccessPolicyDefault",
    "/partners": "partner",
    "/partners/{}": "partner",
    "/crossTenantPartners": "partner",
    "/crossTenantPartners/{}": "partner",
    "/crossTenantPartners/{}/restore": "partner",
    "/identitySynchronization": "identitySynchronization",
    "/crossTenantSyncPolicyPartners": "identitySynchronization",
    "/crossTenantSyncPolicyPartners/{}": "identitySynchronization",
    "/crossTenantSyncPolicyPartners/{}/restore": "identitySynchronization",
    "/multiTenantOrganizationPartnerConfiguration": "partnerTemplate",
    "/multiTenantOrganizationIdentitySynchronization": "synchronizationTemplate",
    "/organization": "organization",
    "/organization/{}": "organization",
    "/domains": "domain",
    "/domains/{}": "domain",
    "/multiTenantOrganization/tenants": "multiTenantOrganizationMember",
    "/multiTenantOrganization/tenants/{}": "multiTenantOrganizationMember",
    "/jobs": "synchronizationJob",
    "/jobs/{}": "synchronizationJob",
    "/schema": "synchronizationSchema",
}
_ONE_BY_NAME = frozenset(
    {
        "crossTenantAccessPolicy",
        "default",
        "identitySynchronization",
        "joinRequest",
        "manager",
        "multiTenantOrganization",
        "multiTenantOrganizationIdentitySynchronization",
        "multiTenantOrganizationPartnerConfiguration",
        "schema",
    }
)
_TEXTS = ("checkMemberGroups", "getMemberGroups")
_LISTS = ("getAvailableExtensionProperties", "getByIds")
_CONTEXT: Schema = {"@odata.context": TEXT}


def kind_of(path: str) -> str:
    """Return the kind of object that a path is about."""
    return by_end(path, _ENDS, "object")


def answer_of(name: str, version: str) -> Schema | None:
    """Return the schema of a route's answer when it grants what is asked."""
    method, _, path = name.partition(" ")
    last = path.rpartition("/")[2]
    if last == "$count":
        return None
    if path == "/$batch":
        return {**opened({"responses": list_of(_OBJECT)}), "required": ["responses"]}
    if last in _TEXTS:
        return _page(TEXT)
    if last == "revokeSignInSessions":
        return _answer(opened({"value": FLAG}))
    item: Schema = {"$ref": f"#/components/schemas/{kind_of(path)}"}
    if last in _LISTS or (method == "GET" and _lists(path, version)):
        return _page(item)
    return _answer(item)


def _lists(path: str, version: str) -> bool:
    """Say whether reading a path brings many objects."""
    if path == "/policies/authorizationPolicy":
        return version == "beta"
    parts = path.split("/")
    if parts[-1].startswith("graph."):
        return parts[-2] != "{}"
    one = parts[-1] in _ONE_BY_NAME or parts[-1] in {"{}", "$ref"}
    return not one and parts[-2:] != ["authorizationPolicy", "authorizationPolicy"]


def _answer(item: Schema) -> Schema:
    return {"allOf": [{**opened(_CONTEXT), "required": ["@odata.context"]}, item]}


def _page(item: Schema) -> Schema:
    page = opened(
        {
            **_CONTEXT,
            **dict.fromkeys(_LINKS, TEXT),
            "@odata.count": {"type": "integer"},
            "value": list_of(item),
        }
    )
    return {**page, "required": ["@odata.context", "value"]}
