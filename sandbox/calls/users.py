"""Reading users: listings, filters and names enter, the selected properties leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sandbox import odata
from sandbox.calls.basic_profile import narrowed, narrowed_shape
from sandbox.contents import Contents, GraphObject, ValueIndex
from sandbox.filters import Filter
from sandbox.odata import Options, Project, Shape
from sandbox.properties import USER, USER_BY_DEFAULT
from sandbox.store import Directory
from sandbox.wire import Answer, Refusal, Request, refuse

# Kept outside of the directory, and told of one person at a time; see graph-docs user-list.
_ONE_AT_A_TIME = frozenset(
    {
        "aboutMe",
        "birthday",
        "hireDate",
        "interests",
        "mailboxSettings",
        "mySite",
        "pastProjects",
        "preferredName",
        "responsibilities",
        "schools",
        "skills",
    }
)


def user_shape(tenant: Directory) -> Shape:
    """Return how users of a tenant may be asked for; its directory extensions take part."""
    extensions = tenant.registrations.extension_names()

    def filterable(name: str) -> bool:
        head = name.split("/", maxsplit=1)[0]
        if head == "onPremisesExtensionAttributes":
            return "/" in name
        return name in extensions or (name in USER and USER[name].filterable)

    def type_of(name: str) -> str | None:
        if name in USER:
            return USER[name].form.value
        return tenant.registrations.extension_type(name)

    return Shape(
        resource="User",
        entity_set="users",
        selectable=lambda name: name in USER or name.startswith("extension_"),
        filterable=filterable,
        default=USER_BY_DEFAULT,
        type_of=type_of,
    )


def project_user(tenant: Directory, view: Contents, options: Options) -> Project:
    """Return the projection that a request's options ask for.

    Values of an extension whose application is gone stay in the directory and are not shown.
    """
    select = options.select or USER_BY_DEFAULT
    declared = [name for name in select if name in USER]
    visible = tenant.registrations.extension_names()
    extensions = [name for name in select if name in visible]
    expand = options.expand_manager

    def project(user: GraphObject) -> GraphObject:
        row = {name: user.get(name) for name in declared}
        for name in extensions:
            if name in user:
                row[name] = user[name]
        if expand is not None:
            manager = view.users.get(view.manager.get(user["id"], ""))
            if manager is not None:
                row["manager"] = _expanded(manager, expand)
        return row

    return project


def _expanded(manager: GraphObject, select: tuple[str, ...]) -> GraphObject:
    chosen = select or USER_BY_DEFAULT
    return {"@odata.type": "#microsoft.graph.user", **{name: manager.get(name) for name in chosen}}


def rows_of(
    shelf: dict[str, GraphObject], view: Contents, index: ValueIndex, chosen: Filter | None
) -> Iterable[tuple[int, GraphObject]]:
    """Return users with their places: those that an index names, or all of them in order."""
    places = view.places
    wanted = chosen.wanted if chosen else None
    if wanted is None or not all(name == "id" or index.covers(name) for name, _ in wanted):
        return ((places[key], user) for key, user in shelf.items())
    ids: set[str] = set()
    for name, value in wanted:
        ids.update([value.lower()] if name == "id" else index.find(name, value))
    return sorted((places[key], shelf[key]) for key in ids if key in shelf)


def list_users(tenant: Directory, request: Request) -> Answer:
    """GET /users."""
    shape = _of_many(narrowed_shape(request, user_shape(tenant)))
    options = odata.options_of(request, shape)
    hide = narrowed(request, options)
    view = tenant.listed
    rows = rows_of(view.users, view, view.index, options.filter)
    project = hide(project_user(tenant, view, options))
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def _of_many(shape: Shape) -> Shape:
    """Return how a collection may be asked for; see graph-docs concepts/delta-query-overview."""

    def selectable(name: str) -> bool:
        if name in _ONE_AT_A_TIME:
            raise refuse(501, "NotImplemented", "This operation target is not yet supported.")
        return shape.selectable(name)

    return replace(shape, selectable=selectable)


def missing(name: str) -> Refusal:
    """Make the refusal for an object that is not there."""
    return refuse(
        404,
        "Request_ResourceNotFound",
        f"Resource '{name}' does not exist or one of its queried reference-property objects "
        "are not present.",
    )


def find_user(tenant: Directory, request: Request) -> GraphObject:
    """Return the user that the request names by id or user principal name, or refuse."""
    name = request.keys[0]
    user = tenant.user_by_name(name.removeprefix("userPrincipalName="))
    if user is None:
        raise missing(name)
    if not tenant.sees(user["id"]):
        # A just-invited user can be unknown to requests by id, and Graph says so in other words.
        raise refuse(
            404,
            "Directory_ObjectNotFound",
            f"Unable to find the object '{name}' in the directory.",
        )
    return user


def get_user(tenant: Directory, request: Request) -> Answer:
    """GET /users/{id or user principal name}."""
    shape = narrowed_shape(request, user_shape(tenant))
    user = find_user(tenant, request)
    options = odata.options_of(request, shape)
    item = narrowed(request, options)(project_user(tenant, tenant, options))(user)
    return odata.entity(request, item, tail=odata.set_tail(shape, options, request))
