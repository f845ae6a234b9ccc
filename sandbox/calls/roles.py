"""Directory roles and objects of any type: requests enter, roles, holders and objects leave."""

from __future__ import annotations

import uuid

from sandbox import odata
from sandbox.calls.forms import Ids, RoleTemplate, formed
from sandbox.calls.objects import referenced, typed
from sandbox.calls.role_rights import NAMES
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Request, plain_id, refuse

_MOST_IDS = 1000


def _role(tenant: Directory, template_id: str) -> GraphObject:
    name = NAMES.get(template_id, "Directory role")
    return {
        "id": str(uuid.uuid5(uuid.UUID(tenant.tenant_id), f"role:{template_id}")),
        "deletedDateTime": None,
        "description": f"Members of {name}.",
        "displayName": name,
        "roleTemplateId": template_id,
    }


def list_roles(tenant: Directory, request: Request) -> Answer:
    """GET /directoryRoles: the roles that are in use, on one page."""
    value = [_role(tenant, template_id) for template_id in tenant.roles]
    context = odata.context(request, "directoryRoles")
    return Answer(status=200, body={"@odata.context": context, "value": value})


def activate_role(tenant: Directory, request: Request) -> Answer:
    """POST /directoryRoles, which puts a role to use that nobody has had so far."""
    template_id = (formed(request.body, RoleTemplate).role_template_id or "").lower()
    if template_id not in NAMES:
        raise missing(template_id)
    if template_id in tenant.roles:
        raise refuse(
            400,
            "Request_BadRequest",
            "A conflicting object with one or more of the specified property values is present "
            "in the directory.",
        )
    tenant.roles[template_id] = set()
    return odata.entity(request, _role(tenant, template_id), tail="directoryRoles", status=201)


def get_object(tenant: Directory, request: Request) -> Answer:
    """GET /directoryObjects/{id}."""
    item = typed(tenant, request.keys[0], request.version) if tenant.sees(request.keys[0]) else None
    if item is None:
        raise missing(request.keys[0])
    return odata.entity(request, item, tail="directoryObjects")


def available_extensions(tenant: Directory, request: Request) -> Answer:
    """POST /directoryObjects/getAvailableExtensionProperties."""
    synced = body_of(request.body if request.body is not None else {}).get("isSyncedFromOnPremises")
    value = [
        {"@odata.type": "#microsoft.graph.extensionProperty", **one}
        for defined in tenant.registrations.extensions.values()
        for one in defined.values()
        if not isinstance(synced, bool) or one["isSyncedFromOnPremises"] == synced
    ]
    context = odata.context(request, "Collection(extensionProperty)")
    return Answer(status=200, body={"@odata.context": context, "value": value})


def _find(tenant: Directory, request: Request) -> str:
    wanted = request.keys[0].removeprefix("roleTemplateId=").lower()
    for template_id in tenant.roles:
        if wanted in {template_id, _role(tenant, template_id)["id"]}:
            return template_id
    raise missing(request.keys[0])


def get_role(tenant: Directory, request: Request) -> Answer:
    """GET /directoryRoles/{id}."""
    return odata.entity(request, _role(tenant, _find(tenant, request)), tail="directoryRoles")


def list_role_members(tenant: Directory, request: Request) -> Answer:
    """GET /directoryRoles/{id}/members."""
    holders = tenant.roles[_find(tenant, request)]
    value = [typed(tenant, one, request.version) for one in sorted(holders)]
    context = odata.context(request, "directoryObjects")
    known = [item for item in value if item is not None]
    return Answer(status=200, body={"@odata.context": context, "value": known})


def add_role_member(tenant: Directory, request: Request) -> Answer:
    """POST /directoryRoles/{id}/members/$ref."""
    holders = tenant.roles[_find(tenant, request)]
    object_id = referenced(request.body)
    if typed(tenant, object_id) is None:
        raise missing(object_id)
    if object_id in holders:
        raise refuse(
            400,
            "Request_BadRequest",
            "One or more added object references already exist for the following modified "
            "properties: 'members'.",
        )
    group = tenant.groups.get(object_id)
    if group is not None and not group.get("isAssignableToRole"):
        # The rule is documented, the answer is not; see graph-docs resources/group.
        raise refuse(400, "Request_BadRequest", "Roles cannot be assigned to this group.")
    holders.add(object_id)
    return Answer(status=204)


def remove_role_member(tenant: Directory, request: Request) -> Answer:
    """DELETE /directoryRoles/{id}/members/{id}/$ref."""
    holders = tenant.roles[_find(tenant, request)]
    if request.keys[1] not in holders:
        raise missing(request.keys[1])
    holders.discard(request.keys[1])
    return Answer(status=204)


def get_by_ids(tenant: Directory, request: Request) -> Answer:
    """POST /directoryObjects/getByIds; ids that are not there are left out."""
    body = formed(request.body, Ids)
    ids = body.ids or []
    if not 0 < len(ids) <= _MOST_IDS:
        raise refuse(400, "Request_BadRequest", f"The 'ids' must hold 1 to {_MOST_IDS} ids.")
    types = {one.lower() for one in body.types or ()} - {"directoryobject"}
    value = []
    for object_id in dict.fromkeys(map(plain_id, ids)):
        item = typed(tenant, object_id, request.version) if tenant.sees(object_id) else None
        if item is not None and (
            not types or item["@odata.type"].rpartition(".")[2].lower() in types
        ):
            value.append(item)
    context = odata.context(request, "directoryObjects")
    return Answer(status=200, body={"@odata.context": context, "value": value})
