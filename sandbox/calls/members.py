"""Members of groups: requests enter, listings in pages and changed memberships leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandbox import odata
from sandbox.calls.group_forms import group_shape, project_group
from sandbox.calls.groups import find_group
from sandbox.calls.objects import referenced
from sandbox.calls.relations import page_of_groups
from sandbox.calls.users import missing, project_user, user_shape
from sandbox.contents import Contents, GraphObject
from sandbox.odata import Shape
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse


def _rows(
    view: Contents, members: Mapping[str, int], shelves: Iterable[Mapping[str, GraphObject]]
) -> Iterable[tuple[int, GraphObject]]:
    shelves = tuple(shelves)
    for member, place in members.items():
        for shelf in shelves:
            if member in shelf:
                yield place, shelf[member]


def _user_members(tenant: Directory, request: Request, *, nested: bool) -> Answer:
    group = find_group(tenant, request)
    view = tenant.listed
    shape = user_shape(tenant)
    options = odata.options_of(request, shape)
    members = view.all_members_of(group["id"]) if nested else view.members.get(group["id"], {})
    rows = _rows(view, members, [view.users])
    project = project_user(tenant, view, options)
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def user_members(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/members/microsoft.graph.user: the users among the direct members."""
    return _user_members(tenant, request, nested=False)


def user_transitive_members(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/transitiveMembers/microsoft.graph.user."""
    return _user_members(tenant, request, nested=True)


def _all_members(tenant: Directory, request: Request, *, nested: bool) -> Answer:
    group = find_group(tenant, request)
    view = tenant.listed
    users, groups = user_shape(tenant), group_shape(request)
    shape = Shape(
        resource="User",
        entity_set="directoryObjects",
        selectable=lambda name: users.selectable(name) or groups.selectable(name),
        filterable=users.filterable,
    )
    options = odata.options_of(request, shape)
    project_one = project_user(tenant, view, options)
    project_other = project_group(tenant, request, options)

    def project(item: GraphObject) -> GraphObject:
        if item["id"] in view.groups:
            return {"@odata.type": "#microsoft.graph.group", **project_other(item)}
        return {"@odata.type": "#microsoft.graph.user", **project_one(item)}

    members = view.all_members_of(group["id"]) if nested else view.members.get(group["id"], {})
    rows = _rows(view, members, [view.users, view.groups])
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def list_members(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/members."""
    return _all_members(tenant, request, nested=False)


def list_transitive_members(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/transitiveMembers."""
    return _all_members(tenant, request, nested=True)


def list_group_members(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/members/microsoft.graph.group: the groups among the direct members."""
    return _group_members(tenant, request, nested=False)


def group_transitive_members(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/transitiveMembers/microsoft.graph.group."""
    return _group_members(tenant, request, nested=True)


def _group_members(tenant: Directory, request: Request, *, nested: bool) -> Answer:
    group = find_group(tenant, request)
    view = tenant.listed
    shape = group_shape(request)
    options = odata.options_of(request, shape)
    members = view.all_members_of(group["id"]) if nested else view.members.get(group["id"], {})
    rows = _rows(view, members, [view.groups])
    project = project_group(tenant, request, options)
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def member_of(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/memberOf, also cast to groups."""
    group = find_group(tenant, request)
    return page_of_groups(tenant, request, tenant.listed.groups_of(group["id"]))


def add_member(tenant: Directory, request: Request) -> Answer:
    """POST /groups/{id}/members/$ref."""
    group = find_group(tenant, request)
    object_id = referenced(request.body)
    known = object_id in tenant.users or object_id in tenant.groups
    if not known or not tenant.sees(object_id):
        raise missing(object_id)
    if object_id in tenant.members.get(group["id"], {}):
        raise refuse(
            400,
            "Request_BadRequest",
            "One or more added object references already exist for the following modified "
            "properties: 'members'.",
        )
    tenant.add_member(group["id"], object_id)
    return Answer(status=204)


def remove_member(tenant: Directory, request: Request) -> Answer:
    """DELETE /groups/{id}/members/{id}/$ref."""
    group = find_group(tenant, request)
    if request.keys[1] not in tenant.members.get(group["id"], {}):
        raise missing(request.keys[1])
    tenant.remove_member(group["id"], request.keys[1])
    return Answer(status=204)
