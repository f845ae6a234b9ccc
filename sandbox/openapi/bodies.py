"""What calls take: a route's name and a version of Graph enter, the schema of its body leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.calls import (
    authorization,
    cross_tenant,
    group_rules,
    organizations,
    role_rights,
    synchronization,
    tenants,
    user_writes,
)
from sandbox.native import forms as native
from sandbox.openapi import objects, settings
from sandbox.openapi.forms import (
    ANY,
    FLAG,
    GUID,
    REFERENCE,
    TEXT,
    Schema,
    closed,
    like_each,
    list_of,
    nullable,
    one_of,
    typed,
)
from sandbox.openapi.objects import Body, fixed
from sandbox.policy_objects import authorization_policy
from sandbox.sync_jobs import JOB_TEMPLATE, SECRET_KEYS

_SECRETS = list_of(closed({"key": one_of(SECRET_KEYS), "value": TEXT}, ("key", "value")))
_NAMED = closed({"displayName": {**TEXT, "minLength": 1}}, ("displayName",))


def _authorization(_: str) -> Schema:
    usual = like_each(authorization_policy())
    usual.pop("id")
    return closed({**usual, "allowInvitesFrom": one_of(authorization.INVITERS)})


_B2B: dict[str, Schema] = {
    "displayName": TEXT,
    "description": TEXT,
    "isOrganizationDefault": FLAG,
    "definition": list_of(TEXT, minItems=1, maxItems=1),
}
_RESET = closed({"criteria": closed({"resetScope": one_of(synchronization.RESET_SCOPES)})})
_BATCH = closed(
    {
        "requests": list_of(
            closed(
                {
                    "id": {**TEXT, "minLength": 1},
                    "method": one_of({"GET", "POST", "PUT", "PATCH", "DELETE"}),
                    "url": {**TEXT, "minLength": 1},
                    "headers": {"type": "object", "additionalProperties": TEXT},
                    "body": ANY,
                    "dependsOn": list_of(TEXT),
                },
                ("id", "method", "url"),
            ),
            minItems=1,
            maxItems=20,
        )
    },
    ("requests",),
)
_CREDENTIALS = closed({"useSavedCredentials": FLAG, "credentials": _SECRETS})
_ORGANIZATION = {"displayName": {**TEXT, "minLength": 1}, "description": nullable(TEXT)}
_ROLE = one_of(organizations.ROLES)
_PRIVACY = closed(dict.fromkeys(tenants.PRIVACY, nullable(TEXT)))

_POLICY = "/policies/crossTenantAccessPolicy"
_TEMPLATES = f"{_POLICY}/templates/multiTenantOrganization"
_APP = "/applications/{}"
_MTO = "/tenantRelationships/multiTenantOrganization"
_SYNCHRONIZATION = "/servicePrincipals/{}/synchronization"
_JOB = f"{_SYNCHRONIZATION}/jobs/{{}}"

BODIES: Mapping[str, Body] = {
    "POST /$batch": fixed(_BATCH),
    "POST /users": objects.user(*user_writes.REQUIRED),
    "PATCH /users/{}": objects.user(),
    "POST /users/{}/checkMemberGroups": fixed(
        closed({"groupIds": list_of(GUID, minItems=1, maxItems=20)}, ("groupIds",))
    ),
    "POST /users/{}/getMemberGroups": fixed(closed({"securityEnabledOnly": FLAG})),
    "POST /invitations": fixed(
        closed(objects.INVITATION, ("invitedUserEmailAddress", "inviteRedirectUrl"))
    ),
    "POST /groups": objects.group(*group_rules.REQUIRED),
    "PATCH /groups/{}": objects.group(),
    "POST /directoryRoles": fixed(
        closed({"roleTemplateId": one_of(set(role_rights.NAMES))}, ("roleTemplateId",))
    ),
    "POST /directoryObjects/getByIds": fixed(
        closed({"ids": list_of(GUID, minItems=1), "types": list_of(TEXT)}, ("ids",))
    ),
    "POST /directoryObjects/getAvailableExtensionProperties": fixed(
        closed({"isSyncedFromOnPremises": FLAG})
    ),
    "PATCH /policies/authorizationPolicy": _authorization,
    "PATCH /policies/authorizationPolicy/authorizationPolicy": _authorization,
    "POST /policies/b2bManagementPolicies": fixed(
        closed(_B2B, ("definition", "description", "displayName"))
    ),
    "PATCH /policies/b2bManagementPolicies/{}": fixed(closed(_B2B)),
    f"PATCH {_POLICY}": fixed(
        closed(
            {
                "displayName": TEXT,
                "allowedCloudEndpoints": list_of(one_of(cross_tenant.CLOUDS)),
            }
        )
    ),
    f"PATCH {_POLICY}/default": settings.default,
    f"POST {_POLICY}/partners": lambda version: closed(
        {**settings.partner(version)["properties"], "tenantId": GUID}, ("tenantId",)
    ),
    f"PATCH {_POLICY}/partners/{{}}": settings.partner,
    f"PUT {_POLICY}/partners/{{}}/identitySynchronization": settings.sync,
    f"PATCH {_POLICY}/partners/{{}}/identitySynchronization": settings.sync,
    f"PATCH {_TEMPLATES}PartnerConfiguration": settings.partner_template,
    f"PATCH {_TEMPLATES}IdentitySynchronization": settings.sync_template,
    "PATCH /organization/{}": fixed(
        closed({**dict.fromkeys(tenants.LISTS, list_of(TEXT)), "privacyProfile": _PRIVACY})
    ),
    f"PUT {_MTO}": fixed(closed(_ORGANIZATION, ("displayName",))),
    f"PATCH {_MTO}": fixed(closed(_ORGANIZATION)),
    f"POST {_MTO}/tenants": fixed(
        closed({"tenantId": GUID, "displayName": TEXT, "role": _ROLE}, ("tenantId", "displayName"))
    ),
    f"PATCH {_MTO}/tenants/{{}}": fixed(closed({"role": _ROLE})),
    f"PATCH {_MTO}/joinRequest": fixed(closed({"addedByTenantId": GUID}, ("addedByTenantId",))),
    "POST /applications": objects.application("displayName"),
    f"PATCH {_APP}": objects.application(),
    f"POST {_APP}/extensionProperties": fixed(objects.EXTENSION),
    f"POST {_APP}/addPassword": fixed(objects.PASSWORD),
    f"POST {_APP}/removePassword": fixed(closed({"keyId": GUID}, ("keyId",))),
    f"POST {_APP}/federatedIdentityCredentials": fixed(
        closed(objects.FEDERATION, ("audiences", "issuer", "name", "subject"))
    ),
    f"PATCH {_APP}/federatedIdentityCredentials/{{}}": fixed(closed(objects.FEDERATION)),
    "POST /applicationTemplates/{}/instantiate": fixed(_NAMED),
    "POST /servicePrincipals": objects.principal("appId"),
    "PATCH /servicePrincipals/{}": objects.principal(),
    **{
        f"POST /{holder}": fixed(objects.ASSIGNMENT)
        for holder in (
            "users/{}/appRoleAssignments",
            "groups/{}/appRoleAssignments",
            "servicePrincipals/{}/appRoleAssignments",
            "servicePrincipals/{}/appRoleAssignedTo",
        )
    },
    f"POST {_SYNCHRONIZATION}/jobs": fixed(
        closed({"templateId": one_of({JOB_TEMPLATE})}, ("templateId",))
    ),
    f"POST {_SYNCHRONIZATION}/jobs/validateCredentials": fixed(_CREDENTIALS),
    f"POST {_JOB}/validateCredentials": fixed(_CREDENTIALS),
    f"POST {_JOB}/restart": fixed(_RESET),
    f"POST {_JOB}/provisionOnDemand": fixed(typed(native.Demand)),
    f"PUT {_JOB}/schema": fixed(typed(native.Schema)),
    f"POST {_JOB}/schema/parseExpression": fixed(typed(native.Expression)),
    f"POST {_SYNCHRONIZATION}/templates/{{}}/schema/parseExpression": fixed(
        typed(native.Expression)
    ),
    f"PUT {_SYNCHRONIZATION}/secrets": fixed(closed({"value": _SECRETS}, ("value",))),
}
# Those that a body may be left out of.
OPTIONAL = frozenset(
    {
        f"POST {_APP}/addPassword",
        f"POST {_JOB}/restart",
        "POST /directoryObjects/getAvailableExtensionProperties",
    }
)


def body_of(name: str, version: str) -> Schema | None:
    """Return the schema of the body that a route takes, if it takes one."""
    method, _, path = name.partition(" ")
    if path.endswith("/$ref") and method in {"POST", "PUT"}:
        return REFERENCE
    body = BODIES.get(name)
    return body(version) if body else None


def body_object(name: str, version: str) -> dict[str, Any] | None:
    """Return the request body that a route takes, as an operation of OpenAPI has it."""
    schema = body_of(name, version)
    if schema is None:
        return None
    return {
        "required": name not in OPTIONAL,
        "content": {"application/json": {"schema": schema}},
    }
