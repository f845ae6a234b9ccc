"""Service principals and their app role assignments: wanted properties enter, requests leave."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote_plus

from sandbox.azuread_plugin.graph import Graph, RefusedError, wait_until_gone
from sandbox.azuread_plugin.kinds import OBJECT_ID, Argument, Kind, required
from sandbox.azuread_plugin.values import Properties

PRINCIPALS = "/servicePrincipals/"
_TYPE = "#microsoft.graph.servicePrincipal"


def app_roles(found: list[dict[str, Any]]) -> list[Properties]:
    """Return Graph's app roles as azuread names their members."""
    return [
        {
            "allowedMemberTypes": role["allowedMemberTypes"],
            "description": role.get("description"),
            "displayName": role["displayName"],
            "enabled": role.get("isEnabled", True),
            "id": role["id"],
            "value": role.get("value") or "",
        }
        for role in found
    ]


def app_role_ids(found: list[dict[str, Any]]) -> dict[str, str]:
    """Return the ids of the roles that have a value, by value."""
    return {role["value"]: role["id"] for role in found if role.get("value")}


def _body(wanted: Properties) -> Properties:
    """Return what azuread sends at each change, asked for or not."""
    return {
        "@odata.type": _TYPE,
        "accountEnabled": wanted["accountEnabled"],
        "alternativeNames": wanted.get("alternativeNames", []),
        "appRoleAssignmentRequired": wanted.get("appRoleAssignmentRequired", False),
        "description": wanted.get("description") or None,
        "loginUrl": wanted.get("loginUrl") or None,
        "notes": wanted.get("notes") or None,
        "notificationEmailAddresses": wanted.get("notificationEmailAddresses", []),
        "preferredSingleSignOnMode": wanted.get("preferredSingleSignOnMode") or None,
        "samlSingleSignOnSettings": {},
        "tags": wanted.get("tags", []),
    }


def _create(graph: Graph, wanted: Properties) -> str:
    app_id = wanted["clientId"]
    query = quote_plus(f"appId eq '{app_id}'")
    found = graph.listed(f"/v1.0/servicePrincipals?%24filter={query}")
    if not found:
        return PRINCIPALS + _made(graph, wanted)
    existing = PRINCIPALS + str(found[0]["id"])
    if not wanted.get("useExisting"):
        raise RefusedError(
            f"azuread: application {app_id} has the service principal {existing} already. Set "
            "use_existing, or import it."
        )
    _update(graph, existing, {}, wanted)
    return existing


def _made(graph: Graph, wanted: Properties) -> str:
    """Make one, see that it is there by setting its description, and disown it."""
    caller = graph.caller
    made = graph.post(
        "/v1.0/servicePrincipals",
        {
            **_body(wanted),
            "appId": wanted["clientId"],
            "description": f"TERRAFORM_UPDATE_{uuid.uuid4()}",
            "owners@odata.bind": [f"{graph.origin}/v1.0/directoryObjects/{caller}"],
        },
    )
    path = f"/v1.0/servicePrincipals/{made['id']}"
    described = {"@odata.type": _TYPE, "description": wanted.get("description") or None}
    graph.patch(path, described)
    graph.delete(f"{path}/owners/{caller}/$ref")
    return str(made["id"])


def _update(graph: Graph, identity: str, _before: Properties, wanted: Properties) -> None:
    graph.patch(f"/v1.0{identity}", _body(wanted))


def _read(graph: Graph, identity: str, before: Properties) -> Properties | None:
    found = graph.find(f"/v1.0{identity}")
    if found is None:
        return None
    # azuread reads this one property from beta, in a request of its own.
    beta = graph.get(f"/beta{identity}?%24select=samlMetadataUrl")
    owners = graph.listed(f"/v1.0{identity}/owners")
    roles = found.get("appRoles", [])
    names = found.get("servicePrincipalNames", [])
    return {
        "accountEnabled": bool(found.get("accountEnabled")),
        "alternativeNames": found.get("alternativeNames", []),
        "appRoleAssignmentRequired": bool(found.get("appRoleAssignmentRequired")),
        "appRoleIds": app_role_ids(roles),
        "appRoles": app_roles(roles),
        "applicationTenantId": found.get("appOwnerOrganizationId") or "",
        "clientId": found["appId"],
        "description": found.get("description") or "",
        "displayName": found.get("displayName") or "",
        "homepageUrl": found.get("homepage") or "",
        "loginUrl": found.get("loginUrl") or "",
        "logoutUrl": found.get("logoutUrl") or "",
        "notes": found.get("notes") or "",
        "notificationEmailAddresses": found.get("notificationEmailAddresses", []),
        "objectId": found["id"],
        "owners": [owner["id"] for owner in owners],
        "preferredSingleSignOnMode": found.get("preferredSingleSignOnMode") or "",
        "redirectUris": found.get("replyUrls", []),
        "samlMetadataUrl": beta.get("samlMetadataUrl") or "",
        "servicePrincipalNames": [name for name in names if name != found["appId"]],
        "signInAudience": found.get("signInAudience") or "",
        "tags": found.get("tags", []),
        "type": found.get("servicePrincipalType") or "",
        "useExisting": before.get("useExisting", False),
    }


def _delete(graph: Graph, identity: str, before: Properties) -> None:
    """Delete it, even one that was there before.

    azuread deletes a principal of `use_existing` too; it only cares less: a refusal is no error,
    and it does not wait (terraform-provider-azuread 3.x, service_principal_resource.go).
    """
    try:
        graph.delete(f"/v1.0{identity}")
    except RefusedError:
        if not before.get("useExisting"):
            raise
    if not before.get("useExisting"):
        wait_until_gone(graph, f"/v1.0{identity}")


SERVICE_PRINCIPAL = Kind(
    arguments={
        "clientId": required(settled=True, form=OBJECT_ID),
        "accountEnabled": Argument(default=True),
        "alternativeNames": Argument(unordered=True),
        "appRoleAssignmentRequired": Argument(default=False),
        "description": Argument(),
        "loginUrl": Argument(),
        "notes": Argument(),
        "notificationEmailAddresses": Argument(unordered=True),
        "preferredSingleSignOnMode": Argument(),
        "tags": Argument(unordered=True, open_=True),
        "useExisting": Argument(default=False),
    },
    computed=(
        "appRoleIds", "appRoles", "applicationTenantId", "displayName", "homepageUrl", "logoutUrl",
        "objectId", "redirectUris", "samlMetadataUrl", "servicePrincipalNames", "signInAudience",
        "type",
    ),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)  # fmt: skip


def _assign(graph: Graph, wanted: Properties) -> str:
    resource = wanted["resourceObjectId"]
    graph.get(f"/v1.0{PRINCIPALS}{resource}")
    made = graph.post(
        f"/v1.0{PRINCIPALS}{resource}/appRoleAssignedTo",
        {
            "@odata.type": "#microsoft.graph.appRoleAssignment",
            "appRoleId": wanted["appRoleId"],
            "principalId": wanted["principalObjectId"],
            "resourceId": resource,
        },
    )
    return f"{PRINCIPALS}{resource}/appRoleAssignedTo/{made['id']}"


def _read_assignment(graph: Graph, identity: str, _before: Properties) -> Properties | None:
    found = graph.find(f"/v1.0{identity}")
    if found is None:
        return None
    return {
        "appRoleId": found["appRoleId"],
        "principalDisplayName": found.get("principalDisplayName") or "",
        "principalObjectId": found["principalId"],
        "principalType": found.get("principalType") or "",
        "resourceDisplayName": found.get("resourceDisplayName") or "",
        "resourceObjectId": found["resourceId"],
    }


def _revoke(graph: Graph, identity: str, _before: Properties) -> None:
    graph.delete(f"/v1.0{identity}")


APP_ROLE_ASSIGNMENT = Kind(
    arguments={
        "appRoleId": required(settled=True, form=OBJECT_ID),
        "principalObjectId": required(settled=True, form=OBJECT_ID),
        "resourceObjectId": required(settled=True, form=OBJECT_ID),
    },
    computed=("principalDisplayName", "principalType", "resourceDisplayName"),
    create=_assign,
    read=_read_assignment,
    delete=_revoke,
)
