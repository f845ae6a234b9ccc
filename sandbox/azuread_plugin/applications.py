"""Applications and their federated credentials: wanted properties enter, requests leave."""

from __future__ import annotations

import uuid

from sandbox.azuread_plugin.graph import Graph, wait_until_gone, wait_until_there
from sandbox.azuread_plugin.kinds import Argument, Kind, required
from sandbox.azuread_plugin.principals import app_role_ids, app_roles
from sandbox.azuread_plugin.values import Properties

_TYPE = "#microsoft.graph.application"
_CREDENTIAL = "#microsoft.graph.federatedIdentityCredential"


def _roles(wanted: Properties) -> list[Properties]:
    return [
        {
            "allowedMemberTypes": role["allowedMemberTypes"],
            "description": role["description"],
            "displayName": role["displayName"],
            "id": role["id"],
            "isEnabled": role["enabled"],
            "value": role["value"] or None,
        }
        for role in wanted.get("appRoles", [])
    ]


def _body(wanted: Properties) -> Properties:
    """Return what azuread sends at each change, most of it unasked."""
    return {
        "@odata.type": _TYPE,
        "api": {
            "acceptMappedClaims": False,
            "knownClientApplications": [],
            "requestedAccessTokenVersion": 1,
        },
        "description": wanted.get("description") or None,
        "displayName": wanted["displayName"],
        "groupMembershipClaims": None,
        "info": dict.fromkeys(
            ("marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl")
        ),
        "isDeviceOnlyAuthSupported": False,
        "isFallbackPublicClient": False,
        "notes": wanted.get("notes") or None,
        "publicClient": {"redirectUris": []},
        "serviceManagementReference": None,
        "signInAudience": wanted["signInAudience"],
        "spa": {"redirectUris": []},
        "tags": wanted.get("tags", []),
        "web": {
            "homePageUrl": None,
            "implicitGrantSettings": {
                "enableAccessTokenIssuance": False,
                "enableIdTokenIssuance": False,
            },
            "logoutUrl": None,
            "redirectUris": [],
        },
    }


def _create(graph: Graph, wanted: Properties) -> str:
    caller = graph.caller
    body = _body(wanted)
    body["api"]["oauth2PermissionScopes"] = []
    made = graph.post(
        "/v1.0/applications",
        {
            **body,
            "appRoles": _roles(wanted),
            "identifierUris": [],
            "optionalClaims": {},
            "owners@odata.bind": [f"{graph.origin}/v1.0/directoryObjects/{caller}"],
            "requiredResourceAccess": [],
        },
    )
    path = f"/v1.0/applications/{made['id']}"
    # Two renames that are accepted prove to azuread that the application has replicated.
    for name in (f"TERRAFORM_UPDATE_{uuid.uuid4()}", wanted["displayName"]):
        graph.patch(path, {"@odata.type": _TYPE, "displayName": name})
    graph.delete(f"{path}/owners/{caller}/$ref")
    return f"/applications/{made['id']}"


def _read(graph: Graph, identity: str, _before: Properties) -> Properties | None:
    found = graph.find(f"/v1.0{identity}")
    if found is None:
        return None
    # azuread reads this one property from beta, in a request of its own.
    beta = graph.get(f"/beta{identity}?%24select=oauth2RequirePostResponse")
    owners = graph.listed(f"/v1.0{identity}/owners")
    roles = found.get("appRoles", [])
    return {
        "appRoleIds": app_role_ids(roles),
        "appRoles": app_roles(roles),
        "clientId": found["appId"],
        "description": found.get("description") or "",
        "disabledByMicrosoft": found.get("disabledByMicrosoftStatus") or "",
        "displayName": found["displayName"],
        "notes": found.get("notes") or "",
        "oauth2PostResponseRequired": bool(beta.get("oauth2RequirePostResponse")),
        "objectId": found["id"],
        "owners": [owner["id"] for owner in owners],
        "publisherDomain": found.get("publisherDomain") or "",
        "signInAudience": found.get("signInAudience") or "",
        "tags": found.get("tags", []),
    }


def _update(graph: Graph, identity: str, before: Properties, wanted: Properties) -> None:
    """Change it; roles are sent when they change only, and disabled before they are removed."""
    path, body = f"/v1.0{identity}", _body(wanted)
    roles, standing = _roles(wanted), _roles(before)
    if sorted(roles, key=repr) != sorted(standing, key=repr):
        kept = {role["id"] for role in roles}
        # Graph refuses to remove a role that is enabled.
        if gone := [{**role, "isEnabled": False} for role in standing if role["id"] not in kept]:
            still = [role for role in standing if role["id"] in kept]
            graph.patch(path, {"@odata.type": _TYPE, "appRoles": gone + still})
        body["appRoles"] = roles
    graph.patch(path, body)


def _delete(graph: Graph, identity: str, _before: Properties) -> None:
    graph.delete(f"/v1.0{identity}")
    wait_until_gone(graph, f"/v1.0{identity}")


APPLICATION = Kind(
    arguments={
        "appRoles": Argument(unordered=True, members={"enabled": True, "value": ""}),
        "description": Argument(),
        "displayName": required(),
        "notes": Argument(),
        "signInAudience": Argument(default="AzureADMyOrg"),
        "tags": Argument(unordered=True, open_=True),
    },
    computed=(
        "appRoleIds", "clientId", "disabledByMicrosoft", "oauth2PostResponseRequired", "objectId",
        "publisherDomain",
    ),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)  # fmt: skip


def _trust(graph: Graph, wanted: Properties) -> str:
    application = wanted["applicationId"]
    graph.get(f"/v1.0{application}")
    place = f"/v1.0{application}/federatedIdentityCredentials"
    made = graph.post(place, {**_terms(wanted), "name": wanted["displayName"]})
    wait_until_there(graph, f"{place}/{made['id']}")
    return f"{application.removeprefix('/applications/')}/federatedIdentityCredential/{made['id']}"


def _terms(wanted: Properties) -> Properties:
    return {
        "@odata.type": _CREDENTIAL,
        "audiences": wanted["audiences"],
        "description": wanted.get("description", ""),
        "issuer": wanted["issuer"],
        "subject": wanted["subject"],
    }


def _place(identity: str) -> str:
    application, _, credential = identity.split("/")
    return f"/v1.0/applications/{application}/federatedIdentityCredentials/{credential}"


def _read_trust(graph: Graph, identity: str, _before: Properties) -> Properties | None:
    found = graph.find(_place(identity))
    if found is None:
        return None
    return {
        "applicationId": f"/applications/{identity.partition('/')[0]}",
        "audiences": found["audiences"],
        "credentialId": found["id"],
        "description": found.get("description") or "",
        "displayName": found["name"],
        "issuer": found["issuer"],
        "subject": found["subject"],
    }


def _change_trust(graph: Graph, identity: str, _before: Properties, wanted: Properties) -> None:
    graph.patch(_place(identity), _terms(wanted))


def _end_trust(graph: Graph, identity: str, _before: Properties) -> None:
    graph.delete(_place(identity))
    wait_until_gone(graph, _place(identity))


FEDERATED_CREDENTIAL = Kind(
    arguments={
        "applicationId": required(settled=True, form="/applications/"),
        "audiences": required(),
        "description": Argument(),
        "displayName": required(settled=True),
        "issuer": required(),
        "subject": required(),
    },
    computed=("credentialId",),
    create=_trust,
    read=_read_trust,
    update=_change_trust,
    delete=_end_trust,
)
