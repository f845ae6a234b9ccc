"""Groups: requests to list, make, change and delete them enter, groups and edits leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.group_forms import group_rows, group_shape, project_group
from sandbox.calls.group_links import taken_links
from sandbox.calls.group_rules import check_change, check_new, require_role_rights
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.group_properties import is_unified
from sandbox.store import Directory
from sandbox.wire import Answer, Request


def find_group(tenant: Directory, request: Request) -> GraphObject:
    """Return the group that the request names; refuses when there is none."""
    group = tenant.groups.get(request.keys[0].lower())
    if group is None or not tenant.sees(group["id"]):
        raise missing(request.keys[0])
    return group


def list_groups(tenant: Directory, request: Request) -> Answer:
    """GET /groups."""
    shape = group_shape(request)
    options = odata.options_of(request, shape)
    view = tenant.listed
    rows = group_rows(tenant, view, view.groups)
    project = project_group(tenant, request, options)
    return odata.page(request, options, rows, project, tail=odata.set_tail(shape, options, request))


def get_group(tenant: Directory, request: Request) -> Answer:
    """GET /groups/{id}."""
    group = find_group(tenant, request)
    shape = group_shape(request)
    options = odata.options_of(request, shape)
    item = project_group(tenant, request, options)(group)
    return odata.entity(request, item, tail=odata.set_tail(shape, options, request))


def create_group(tenant: Directory, request: Request) -> Answer:
    """POST /groups."""
    body = dict(body_of(request.body))
    links = taken_links(tenant, request, body, body)
    check_new(tenant, body, request)
    made = {"createdByAppId": request.caller.app_id, **_mailbox(tenant, body), **body}
    group_id = tenant.add_group(made)
    links.tie(tenant, group_id)
    item = project_group(tenant, request)(tenant.groups[group_id])
    return odata.entity(request, item, tail="groups", status=201)


def _mailbox(tenant: Directory, body: Mapping[str, Any]) -> GraphObject:
    """Return what comes with a Microsoft 365 group: an address, and who may see it.

    Graph keeps groups that roles can be assigned to private; see graph-docs group-post-groups.
    """
    if not is_unified(body):
        return {}
    address = f"{body['mailNickname']}@{tenant.verified_domains[0]}"
    return {
        "mail": address,
        "proxyAddresses": [f"SMTP:{address}"],
        "visibility": "Private" if body.get("isAssignableToRole") else "Public",
    }


def patch_group(tenant: Directory, request: Request) -> Answer:
    """PATCH /groups/{id}; up to 20 members can come with it, and owners as when it is created."""
    group = find_group(tenant, request)
    body = dict(body_of(request.body))
    links = taken_links(tenant, request, group, body)
    check_change(tenant, body, group, request)
    if body:
        tenant.patch_group(group["id"], body)
    links.tie(tenant, group["id"])
    return Answer(status=204)


def delete_group(tenant: Directory, request: Request) -> Answer:
    """DELETE /groups/{id}."""
    group = find_group(tenant, request)
    if not tenant.registrations.owns(request.caller.app_id, group["id"]):
        require_role_rights(request, group)
    tenant.delete_group(group["id"])
    return Answer(status=204)
