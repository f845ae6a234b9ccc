"""Deleted Microsoft 365 groups within their 30 days: requests enter, groups leave or return."""

from __future__ import annotations

from sandbox import odata
from sandbox.calls.deleted_items import require_purging
from sandbox.calls.group_forms import group_rows, group_shape, project_group
from sandbox.calls.group_rules import check_unique, require_role_rights
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Request


def list_deleted_groups(tenant: Directory, request: Request) -> Answer:
    """GET /directory/deletedItems/microsoft.graph.group."""
    shape = group_shape(request)
    options = odata.options_of(request, shape)
    view = tenant.listed
    rows = group_rows(tenant, view, view.deleted_groups)
    project = project_group(tenant, request, options)
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def get_deleted_group(tenant: Directory, request: Request, group: GraphObject) -> Answer:
    """GET /directory/deletedItems/{id}, also cast to a group."""
    options = odata.options_of(request, group_shape(request))
    item = project_group(tenant, request, options)(group)
    return odata.entity(
        request, {"@odata.type": "#microsoft.graph.group", **item}, tail="directoryObjects"
    )


def restore_group(tenant: Directory, request: Request, group: GraphObject) -> Answer:
    """POST /directory/deletedItems/{id}/restore; a nickname given away conflicts."""
    require_role_rights(request, group)
    check_unique(tenant, group, group["id"])
    return get_deleted_group(tenant, request, tenant.restore_group(group["id"]))


def purge_group(tenant: Directory, request: Request, group: GraphObject) -> Answer:
    """DELETE /directory/deletedItems/{id}, for good, where a switch lets applications do so."""
    require_purging(tenant)
    require_role_rights(request, group)
    tenant.purge_group(group["id"])
    return Answer(status=204)
