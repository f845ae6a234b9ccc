"""Applications made from a gallery template: wanted properties enter, requests leave."""

from __future__ import annotations

from sandbox.azuread_plugin.graph import Graph, wait_until_there
from sandbox.azuread_plugin.kinds import OBJECT_ID, Kind, required
from sandbox.azuread_plugin.values import Properties

_INSTANTIATE = "/applicationTemplates/{}/instantiate"


def _create(graph: Graph, wanted: Properties) -> str:
    place = _INSTANTIATE.format(wanted["templateId"])
    made = graph.post(f"/v1.0{place}", {"displayName": wanted["displayName"]})
    application, principal = made["application"]["id"], made["servicePrincipal"]["id"]
    wait_until_there(graph, f"/v1.0/applications/{application}")
    return f"{place}/{application}/{principal}"


def _parts(identity: str) -> tuple[str, str, str]:
    """Split an id into template, application and service principal."""
    _, _, template, _, application, principal = identity.split("/")
    return template, application, principal


def _read(graph: Graph, identity: str, _before: Properties) -> Properties | None:
    template, application, principal = _parts(identity)
    found = graph.find(f"/v1.0/applications/{application}")
    if found is None:
        return None
    return {
        "applicationId": f"/applications/{application}",
        "applicationObjectId": application,
        "displayName": found["displayName"],
        "servicePrincipalId": f"/servicePrincipals/{principal}",
        "servicePrincipalObjectId": principal,
        "templateId": template,
    }


def _update(graph: Graph, identity: str, _before: Properties, wanted: Properties) -> None:
    body = {"@odata.type": "#microsoft.graph.application", "displayName": wanted["displayName"]}
    graph.patch(f"/v1.0/applications/{_parts(identity)[1]}", body)


def _delete(graph: Graph, identity: str, _before: Properties) -> None:
    """Delete the application; its service principal goes with it."""
    graph.delete(f"/v1.0/applications/{_parts(identity)[1]}")


APPLICATION_FROM_TEMPLATE = Kind(
    arguments={
        "displayName": required(),
        "templateId": required(settled=True, form=OBJECT_ID),
    },
    computed=(
        "applicationId", "applicationObjectId", "servicePrincipalId", "servicePrincipalObjectId",
    ),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)  # fmt: skip
