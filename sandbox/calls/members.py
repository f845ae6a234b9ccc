"""Members of groups: requests enter, listings in pages and changed memberships leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from sandbox import odata
from sandbox.calls.group_forms import group_shape, project_group
from sandbox.calls.group_links import admitted, refuse_by_rule
from sandbox.calls.group_rules import require_role_rights
from sandbox.calls.groups import find_group
from sandbox.calls.mastery import refuse_mastered_group
from sandbox.calls.objects import referenced
from sandbox.calls.relations import page_of_groups
from sandbox.calls.users import missing, project_user, user_shape
from sandbox.contents import GraphObject
from sandbox.group_properties import BETA
from sandbox.odata import Options, Place, Project, Shape
from sandbox.properties import PRINCIPAL_FILTERS
from sandbox.registered import PRINCIPAL, whole_principal
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A type of members: how it is asked for, where it is kept, how it is shown."""

    shape: Shape
    shelf: Mapping[str, GraphObject]
    project: Callable[[Options], Project]


def _page(tenant: Directory, request: Request, shape: Shape, kinds: Iterable[_Kind]) -> Answer:
    """Answer a page of the members of some types, direct or at any depth."""
    group = find_group(tenant, request)
    # Filters on relationships are advanced queries; see graph-docs aad-advanced-queries.
    options = odata.options_of(request, replace(shape, related=True))
    view = tenant.listed
    nested = "/transitivemembers" in request.path.lower()
    known: Iterable[tuple[Place, str]]
    if nested:
        # An order that holds whatever groups on the way come and go; groups stand first, as in
        # the documentation's examples.
        places = sorted((one not in view.groups, one) for one in view.all_members_of(group["id"]))
        known = [([person, one], one) for person, one in places]
    else:
        known = [(place, one) for one, place in view.members.get(group["id"], {}).items()]
    shelves = [(kind.shelf, kind.project(options)) for kind in kinds]
    rows = ((place, shelf[one]) for place, one in known for shelf, _ in shelves if one in shelf)

    def project(item: GraphObject) -> GraphObject:
        return next(show(item) for shelf, show in shelves if item["id"] in shelf)

    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def _users(tenant: Directory) -> _Kind:
    view = tenant.listed
    return _Kind(
        shape=user_shape(tenant),
        shelf=view.users,
        project=lambda options: project_user(tenant, view, options),
    )


def _groups(tenant: Directory, request: Request) -> _Kind:
    return _Kind(
        shape=group_shape(request),
        shelf=tenant.listed.groups,
        project=lambda options: project_group(tenant, request, options),
    )


def _principals(tenant: Directory, request: Request) -> _Kind:
    """Return the service principals, whom v1.0 does not list; see graph-docs group-list-members."""
    kept = tenant.registrations.service_principals if request.version == BETA else {}
    shelf = {key: whole_principal(one, BETA) for key, one in kept.items() if tenant.shows(key)}
    return _Kind(
        shape=Shape(
            resource="ServicePrincipal",
            entity_set="servicePrincipals",
            selectable=PRINCIPAL[request.version].__contains__,
            filterable=PRINCIPAL_FILTERS.__contains__,
        ),
        shelf=shelf,
        project=lambda options: odata.plain_project(options.select),
    )


def list_members(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/members, and transitiveMembers: objects that say what they are."""
    users = _users(tenant)
    others = {"group": _groups(tenant, request), "servicePrincipal": _principals(tenant, request)}
    kinds = {"user": users, **others}
    shape = Shape(
        resource="User",
        entity_set="directoryObjects",
        selectable=lambda name: any(kind.shape.selectable(name) for kind in kinds.values()),
        filterable=users.shape.filterable,
        type_of=users.shape.type_of,
    )
    return _page(tenant, request, shape, [_saying(name, kind) for name, kind in kinds.items()])


def _saying(name: str, kind: _Kind) -> _Kind:
    """Return the same type of members, each with its name in Graph."""

    def projecting(options: Options) -> Project:
        project = kind.project(options)
        return lambda item: {"@odata.type": f"#microsoft.graph.{name}", **project(item)}

    return replace(kind, project=projecting)


def list_users(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/members/microsoft.graph.user, and transitiveMembers."""
    kind = _users(tenant)
    return _page(tenant, request, kind.shape, [kind])


def list_groups(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/members/microsoft.graph.group, and transitiveMembers."""
    if "Unified" in find_group(tenant, request).get("groupTypes", ()):
        # A Microsoft 365 group has no groups in it; see graph-docs group-list-transitivemembers.
        raise refuse(400, "Request_UnsupportedQuery", "This group cannot have such members.")
    kind = _groups(tenant, request)
    return _page(tenant, request, kind.shape, [kind])


def list_principals(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/members/microsoft.graph.servicePrincipal, and transitiveMembers."""
    kind = _principals(tenant, request)
    return _page(tenant, request, kind.shape, [kind])


def member_of(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}/memberOf, also cast to groups."""
    group = find_group(tenant, request)
    return page_of_groups(tenant, request, tenant.listed.groups_of(group["id"]))


def add_member(tenant: Directory, request: Request) -> Answer:
    """POST /groups/{id}/members/$ref."""
    group = find_group(tenant, request)
    tenant.add_member(group["id"], admitted(tenant, request, group, referenced(request.body)))
    return Answer(status=204)


def remove_member(tenant: Directory, request: Request) -> Answer:
    """DELETE /groups/{id}/members/{id}/$ref."""
    group = find_group(tenant, request)
    if request.keys[1] not in tenant.members.get(group["id"], {}):
        raise missing(request.keys[1])
    require_role_rights(request, group)
    refuse_mastered_group(group, {"members"})
    refuse_by_rule(group)
    tenant.remove_member(group["id"], request.keys[1])
    return Answer(status=204)
