"""A user's manager and groups: requests and references enter, related objects leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sandbox import odata
from sandbox.calls.forms import GroupIds, MemberGroups, formed
from sandbox.calls.group_forms import group_shape, project_group
from sandbox.calls.mastery import refuse_mastered_user
from sandbox.calls.objects import referenced
from sandbox.calls.users import find_user, missing, project_user, user_shape
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Request, plain_id, refuse

_MOST_GROUPS = 20


def get_manager(tenant: Directory, request: Request) -> Answer:
    """GET /users/{id}/manager."""
    user = find_user(tenant, request)
    manager = tenant.users.get(tenant.manager.get(user["id"], ""))
    if manager is None:
        raise refuse(
            404,
            "Request_ResourceNotFound",
            "Resource 'manager' does not exist or one of its queried reference-property objects "
            "are not present.",
        )
    options = odata.options_of(request, user_shape(tenant))
    item = {
        "@odata.type": "#microsoft.graph.user",
        **project_user(tenant, tenant, options)(manager),
    }
    return odata.entity(request, item, tail="directoryObjects")


def get_manager_reference(tenant: Directory, request: Request) -> Answer:
    """GET /users/{id}/manager/$ref."""
    found = get_manager(tenant, request)
    address = f"{request.origin}/{request.version}/directoryObjects/{found.body['id']}"
    context = odata.context(request, "$ref")
    return Answer(status=200, body={"@odata.context": context, "@odata.id": address})


def put_manager(tenant: Directory, request: Request) -> Answer:
    """PUT /users/{id}/manager/$ref."""
    user = find_user(tenant, request)
    refuse_mastered_user(user, {"manager"})
    manager_id = referenced(request.body)
    manager = tenant.user_by_name(manager_id)
    if manager is None or not tenant.sees(manager["id"]):
        raise missing(manager_id)
    if manager["id"] == user["id"]:
        raise refuse(
            400,
            "Request_BadRequest",
            "One or more added object references are not valid for 'manager'.",
        )
    tenant.set_manager(user["id"], manager["id"])
    return Answer(status=204)


def delete_manager(tenant: Directory, request: Request) -> Answer:
    """DELETE /users/{id}/manager/$ref."""
    user = find_user(tenant, request)
    refuse_mastered_user(user, {"manager"})
    if tenant.manager.get(user["id"]) not in tenant.users:
        raise missing("manager")
    tenant.set_manager(user["id"], None)
    return Answer(status=204)


def direct_reports(tenant: Directory, request: Request) -> Answer:
    """GET /users/{id}/directReports."""
    user = find_user(tenant, request)
    view = tenant.listed
    shape = replace(user_shape(tenant), related=True)
    options = odata.options_of(request, shape)
    rows = (
        (view.places[report], view.users[report])
        for report, manager in view.manager.items()
        if manager == user["id"] and report in view.users
    )
    plain = project_user(tenant, view, options)

    def project(user: GraphObject) -> GraphObject:
        return {"@odata.type": "#microsoft.graph.user", **plain(user)}

    return odata.page(
        request, options, sorted(rows, key=lambda row: row[0]), project, tail="directoryObjects"
    )


def member_of(tenant: Directory, request: Request) -> Answer:
    """GET /users/{id}/memberOf, also cast to groups."""
    user = find_user(tenant, request)
    view = tenant.listed
    return page_of_groups(tenant, request, view.groups_of(user["id"]))


def transitive_member_of(tenant: Directory, request: Request) -> Answer:
    """GET /users/{id}/transitiveMemberOf, also cast to groups."""
    user = find_user(tenant, request)
    return page_of_groups(tenant, request, tenant.listed.all_groups_of(user["id"]))


def page_of_groups(tenant: Directory, request: Request, ids: Iterable[str]) -> Answer:
    """Answer a page of the groups with these ids."""
    view = tenant.listed
    shape = replace(group_shape(request), related=True)
    options = odata.options_of(request, shape)
    cast = request.path.rsplit("/", 1)[-1].endswith("graph.group")
    plain = project_group(tenant, request, options)

    def project(group: GraphObject) -> GraphObject:
        return plain(group) if cast else {"@odata.type": "#microsoft.graph.group", **plain(group)}

    rows = sorted((view.places[one], one) for one in ids if one in view.groups)
    tail = odata.set_tail(shape, options, request) if cast else "directoryObjects"
    items = ((place, view.groups[one]) for place, one in rows)
    return odata.page(request, options, items, project, tail=tail)


def check_member_groups(tenant: Directory, request: Request) -> Answer:
    """POST /users/{id}/checkMemberGroups, which looks through nested groups."""
    user = find_user(tenant, request)
    ids = formed(request.body, GroupIds).group_ids or []
    if not 0 < len(ids) <= _MOST_GROUPS:
        raise refuse(400, "Request_BadRequest", "The 'groupIds' must hold 1 to 20 ids.")
    held = tenant.listed.all_groups_of(user["id"])
    return _texts(request, [one for one in map(plain_id, ids) if one in held])


def get_member_groups(tenant: Directory, request: Request) -> Answer:
    """POST /users/{id}/getMemberGroups."""
    user = find_user(tenant, request)
    view = tenant.listed
    held = sorted(view.all_groups_of(user["id"]))
    if formed(request.body, MemberGroups).security_enabled_only:
        held = [one for one in held if view.groups[one].get("securityEnabled")]
    return _texts(request, held)


def _texts(request: Request, values: list[str]) -> Answer:
    context = odata.context(request, "Collection(Edm.String)")
    return Answer(status=200, body={"@odata.context": context, "value": values})
