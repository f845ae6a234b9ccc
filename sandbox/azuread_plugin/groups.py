"""Security groups: wanted properties enter, requests leave."""

from __future__ import annotations

import uuid

from sandbox.azuread_plugin.graph import Graph, wait_until_gone, wait_until_there
from sandbox.azuread_plugin.kinds import Argument, Kind, required
from sandbox.azuread_plugin.values import Properties

_TYPE = "#microsoft.graph.group"


def _create(graph: Graph, wanted: Properties) -> str:
    made = graph.post(
        "/beta/groups",
        {
            "@odata.type": _TYPE,
            "description": wanted.get("description") or None,
            "displayName": wanted["displayName"],
            "groupTypes": [],
            "isAssignableToRole": wanted["assignableToRole"],
            "mailEnabled": False,
            "mailNickname": wanted.get("mailNickname") or str(uuid.uuid4())[:10],
            "membershipRule": None,
            "owners@odata.bind": [f"{graph.origin}/beta/directoryObjects/{graph.caller}"],
            "resourceBehaviorOptions": [],
            "resourceProvisioningOptions": [],
            "securityEnabled": wanted["securityEnabled"],
        },
    )
    path = f"/beta/groups/{made['id']}"
    # Two renames that are accepted prove to azuread that the group has replicated.
    for name in (f"TERRAFORM_UPDATE_{uuid.uuid4()}", wanted["displayName"]):
        graph.patch(path, {"@odata.type": _TYPE, "displayName": name})
    wait_until_there(graph, path)
    return f"/groups/{made['id']}"


def _read(graph: Graph, identity: str, _before: Properties) -> Properties | None:
    found = graph.find(f"/beta{identity}")
    if found is None:
        return None
    owners = graph.listed(f"/beta{identity}/owners")
    members = graph.listed(f"/beta{identity}/members")
    # azuread looks here for administrative units, which the sandbox has none of.
    graph.listed(f"/beta{identity}/memberOf")
    return {
        "assignableToRole": bool(found.get("isAssignableToRole")),
        "description": found.get("description") or "",
        "displayName": found["displayName"],
        "mailEnabled": bool(found.get("mailEnabled")),
        "mailNickname": found.get("mailNickname") or "",
        "members": [member["id"] for member in members],
        "objectId": found["id"],
        "owners": [owner["id"] for owner in owners],
        "securityEnabled": bool(found.get("securityEnabled")),
    }


def _update(graph: Graph, identity: str, _before: Properties, wanted: Properties) -> None:
    # The trace has no update of a group: what azuread sends along unasked is not known.
    body = {
        "@odata.type": _TYPE,
        "description": wanted.get("description") or None,
        "displayName": wanted["displayName"],
        "securityEnabled": wanted["securityEnabled"],
    }
    graph.patch(f"/beta{identity}", body)


def _delete(graph: Graph, identity: str, _before: Properties) -> None:
    path = f"/beta{identity}"
    graph.get(path)
    graph.delete(path)
    wait_until_gone(graph, path)


GROUP = Kind(
    arguments={
        "assignableToRole": Argument(default=False, settled=True),
        "description": Argument(),
        "displayName": required(),
        "mailNickname": Argument(settled=True, open_=True),
        "securityEnabled": Argument(default=True),
    },
    computed=("mailEnabled", "members", "objectId", "owners"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
