"""Groups: requests to list, make, change and delete them enter, groups and edits leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.group_forms import group_shape, project_group
from sandbox.calls.objects import bound_owners, referenced
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.contents import GraphObject
from sandbox.group_properties import READ_ONLY, UNIFIED, is_known
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

_REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")


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
    rows = ((view.places[key], group) for key, group in view.groups.items())
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
    members = body.pop("members@odata.bind", [])
    owners = bound_owners(tenant, body)
    _check(body, request.version)
    for name in _REQUIRED:
        if body.get(name) is None:
            raise refuse(
                400,
                "Request_BadRequest",
                f"A value is required for property '{name}' of resource 'Group'.",
            )
    made = {"createdByAppId": request.caller.app_id, **_mailbox(tenant, body), **body}
    group_id = tenant.add_group(made)
    tenant.registrations.owners[group_id] = owners
    for address in members:
        tenant.add_member(group_id, referenced({"@odata.id": address}))
    item = project_group(tenant, request)(tenant.groups[group_id])
    return odata.entity(request, item, tail="groups", status=201)


def _mailbox(tenant: Directory, body: Mapping[str, Any]) -> GraphObject:
    """Return what comes with a Microsoft 365 group: an address, and who may see it.

    Graph keeps groups that roles can be assigned to private; see graph-docs group-post-groups.
    """
    if UNIFIED not in (body.get("groupTypes") or ()):
        return {}
    address = f"{body['mailNickname']}@{tenant.verified_domains[0]}"
    return {
        "mail": address,
        "proxyAddresses": [f"SMTP:{address}"],
        "visibility": "Private" if body.get("isAssignableToRole") else "Public",
    }


def _check(body: Mapping[str, Any], version: str) -> None:
    for name in body:
        if not is_known(name, version):
            raise refuse(400, "Request_BadRequest", f"Invalid property '{name}'.")
        if name in READ_ONLY:
            raise refuse(
                400, "Request_BadRequest", f"Property '{name}' is read-only and cannot be set."
            )


def patch_group(tenant: Directory, request: Request) -> Answer:
    """PATCH /groups/{id}."""
    group = find_group(tenant, request)
    body = body_of(request.body)
    _check(body, request.version)
    tenant.patch_group(group["id"], body)
    return Answer(status=204)


def delete_group(tenant: Directory, request: Request) -> Answer:
    """DELETE /groups/{id}."""
    tenant.delete_group(find_group(tenant, request)["id"])
    return Answer(status=204)
