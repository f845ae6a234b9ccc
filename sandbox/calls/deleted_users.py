"""Deleted users within their 30 days: listings, restores and purges enter, users leave."""

from __future__ import annotations

from sandbox import odata
from sandbox.calls.deleted_items import require_purging
from sandbox.calls.forms import Restoring, formed
from sandbox.calls.role_rights import refuse_on_role_holder
from sandbox.calls.user_names import check_name, renamed
from sandbox.calls.user_rules import conflict
from sandbox.calls.users import project_user, rows_of, user_shape
from sandbox.contents import GraphObject
from sandbox.store import Directory
from sandbox.wire import Answer, Request


def list_deleted_users(tenant: Directory, request: Request) -> Answer:
    """GET /directory/deletedItems/microsoft.graph.user."""
    shape = user_shape(tenant)
    options = odata.options_of(request, shape)
    view = tenant.listed
    rows = rows_of(view.deleted_users, view, view.deleted_index, options.filter)
    project = project_user(tenant, view, options)
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def get_deleted_user(tenant: Directory, request: Request, user: GraphObject) -> Answer:
    """GET /directory/deletedItems/{id}, also cast to a user."""
    options = odata.options_of(request, user_shape(tenant))
    item = {"@odata.type": "#microsoft.graph.user", **project_user(tenant, tenant, options)(user)}
    return odata.entity(request, item, tail="directoryObjects")


def restore_user(tenant: Directory, request: Request, user: GraphObject) -> Answer:
    """POST /directory/deletedItems/{id}/restore; a name or address given away conflicts."""
    refuse_on_role_holder(tenant, request, user)
    body = formed({} if request.body is None else request.body, Restoring)
    name = body.new_user_principal_name or tenant.name_before_deletion(user)
    if body.new_user_principal_name is not None:
        check_name(tenant, name)
    if tenant.index.find("userPrincipalName", name):
        raise conflict("userPrincipalName")
    taken = [one for one in user["proxyAddresses"] if tenant.index.find("proxyAddresses", one)]
    if taken and not body.auto_reconcile_proxy_conflict:
        raise conflict("proxyAddresses")
    follows: GraphObject = {}
    if taken:
        follows["proxyAddresses"] = [one for one in user["proxyAddresses"] if one not in taken]
    if name != tenant.name_before_deletion(user):
        follows["identities"] = renamed(user, name)
    tenant.restore_user(user["id"], name)
    if follows:
        tenant.patch_user(user["id"], follows)
    options = odata.options_of(request, user_shape(tenant))
    item = project_user(tenant, tenant, options)(tenant.users[user["id"]])
    return odata.entity(
        request, {"@odata.type": "#microsoft.graph.user", **item}, tail="directoryObjects"
    )


def purge_user(tenant: Directory, request: Request, user: GraphObject) -> Answer:
    """DELETE /directory/deletedItems/{id}, for good, where a switch lets applications do so."""
    require_purging(tenant)
    refuse_on_role_holder(tenant, request, user)
    tenant.purge_user(user["id"])
    return Answer(status=204)
