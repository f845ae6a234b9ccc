"""How calls show groups: a request and its options enter, a shape and a projection leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandbox.contents import Contents, GraphObject
from sandbox.group_properties import (
    GROUP_FILTERS,
    is_known,
    names_by_default,
    spelled,
    type_of,
    whole,
)
from sandbox.odata import Options, Project, Shape
from sandbox.store import Directory
from sandbox.wire import Request


def group_shape(request: Request) -> Shape:
    """Return how groups may be asked for in the request's version of Graph."""
    version = request.version
    return Shape(
        resource="Group",
        entity_set="groups",
        selectable=lambda name: is_known(name, version),
        filterable=lambda name: name in GROUP_FILTERS and is_known(name, version),
        spelled=spelled,
        type_of=type_of,
    )


def group_rows(
    tenant: Directory, view: Contents, shelf: Mapping[str, GraphObject]
) -> Iterable[tuple[int, GraphObject]]:
    """Return groups with their places, complete, so that filters find what nobody set."""
    return ((view.places[key], whole(group, tenant.tenant_id)) for key, group in shelf.items())


def project_group(tenant: Directory, request: Request, options: Options | None = None) -> Project:
    """Return the projection of groups to what was selected, or to what is shown by default."""
    chosen = options.select if options else None
    names = names_by_default(request.version) if chosen is None else chosen

    def project(group: GraphObject) -> GraphObject:
        complete = whole(group, tenant.tenant_id)
        return {name: complete.get(name) for name in names}

    return project
