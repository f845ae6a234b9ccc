"""Groups and their members: requests enter, listings in pages and changed memberships leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.objects import bound_owners, referenced
from sandbox.calls.relations import GROUP_SHAPE, page_of_groups
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing, project_user, user_shape
from sandbox.contents import Contents, GraphObject
from sandbox.odata import Project, Shape
from sandbox.properties import GROUP
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

_REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
_READ_ONLY = frozenset({"id", "createdDateTime", "deletedDateTime", "securityIdentifier"})
_COMPLETE: Mapping[str, Any] = {
    "deletedDateTime": None,
    "description": None,
    "groupTypes": [],
    "isAssignableToRole": None,
    "mail": None,
    "membershipRule": None,
    "onPremisesSyncEnabled": None,
    "proxyAddresses": [],
    "uniqueName": None,
    "visibility": None,
}


def complete_group(group: Mapping[str, Any]) -> GraphObject:
    """Complete a group with the members that nobody set."""
    return {**_COMPLETE, **group}


def _project_group(select: tuple[str, ...] | None) -> Project:
    plain = odata.plain_project(select)
    return lambda group: plain(complete_group(group))


def find_group(tenant: Directory, request: Request) -> GraphObject:
    """Return the group that the request names; refuses when there is none."""
    group = tenant.groups.get(request.keys[0].lower())
    if group is None or not tenant.sees(group["id"]):
        raise missing(request.keys[0])
    return group


def list_groups(tenant: Directory, request: Request) -> Answer:
    """GET /groups."""
    options = odata.options_of(request, GROUP_SHAPE)
    view = tenant.listed
    rows = ((view.places[key], group) for key, group in view.groups.items())
    tail = odata.set_tail(GROUP_SHAPE, options, request)
    return odata.page(request, options, rows, _project_group(options.select), tail=tail)


def get_group(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}."""
    group = find_group(tenant, request)
    options = odata.options_of(request, GROUP_SHAPE)
    item = _project_group(options.select)(group)
    return odata.entity(request, item, tail=odata.set_tail(GROUP_SHAPE, options, request))


def create_group(tenant: Directory, request: Request) -> Answer:
    """POST /groups."""
    body = dict(body_of(request.body))
    members = body.pop("members@odata.bind", [])
    owners = bound_owners(tenant, body)
    _check(body)
    for name in _REQUIRED:
        if body.get(name) is None:
            raise refuse(
                400,
                "Request_BadRequest",
                f"A value is required for property '{name}' of resource 'Group'.",
            )
    group_id = tenant.add_group({**_COMPLETE, **body})
    tenant.registrations.owners[group_id] = owners
    for address in members:
        tenant.add_member(group_id, referenced({"@odata.id": address}))
    return odata.entity(request, tenant.groups[group_id], tail="groups", status=201)


def _check(body: Mapping[str, Any]) -> None:
    for name in body:
        if name not in GROUP:
            raise refuse(400, "Request_BadRequest", f"Invalid property '{name}'.")
        if name in _READ_ONLY:
            raise refuse(
                400, "Request_BadRequest", f"Property '{name}' is read-only and cannot be set."
            )


def patch_group(tenant: Directory, request: Request) -> Answer:
    """PATCH /groups/{id}."""
    group = find_group(tenant, request)
    body = body_of(request.body)
    _check(body)
    tenant.patch_group(group["id"], body)
    return Answer(status=204)


def delete_group(tenant: Directory, request: Request) -> Answer:
    """DELETE /groups/{id}."""
    tenant.delete_group(find_group(tenant, request)["id"])
    return Answer(status=204)


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
    users = user_shape(tenant)
    shape = Shape(
        resource="User",
        entity_set="directoryObjects",
        selectable=lambda name: users.selectable(name) or name in GROUP,
        filterable=users.filterable,
    )
    options = odata.options_of(request, shape)
    project_one = project_user(tenant, view, options)
    project_other = _project_group(options.select)

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
    options = odata.options_of(request, GROUP_SHAPE)
    members = view.all_members_of(group["id"]) if nested else view.members.get(group["id"], {})
    rows = _rows(view, members, [view.groups])
    tail = odata.set_tail(GROUP_SHAPE, options, request)
    return odata.page(request, options, rows, _project_group(options.select), tail=tail)


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
