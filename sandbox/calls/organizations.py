"""Multitenant organizations: tenants found, add, remove and join; what they become leaves."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sandbox import odata
from sandbox.calls.partner_settings import absent, bad, tenant_id_in
from sandbox.calls.user_rules import body_of
from sandbox.contents import GraphObject
from sandbox.odata import Shape
from sandbox.organizations import JoinRequest, Member, Organization, Transition, moment, progress
from sandbox.permissions import denied
from sandbox.store import Directory
from sandbox.wire import Answer, Request

_TAIL = "tenantRelationships/multiTenantOrganization"
_NOBODY = "00000000-0000-0000-0000-000000000000"
ROLES = frozenset({"owner", "member"})
MEMBERS = frozenset(
    {
        "tenantId",
        "displayName",
        "addedDateTime",
        "joinedDateTime",
        "addedByTenantId",
        "role",
        "state",
        "transitionDetails",
    }
)
_TENANTS = Shape(
    resource="multiTenantOrganizationMember",
    entity_set=f"{_TAIL}/tenants",
    selectable=MEMBERS.__contains__,
    filterable=(MEMBERS - {"transitionDetails"}).__contains__,
)


def _checked(request: Request, *known: str) -> Mapping[str, Any]:
    body = body_of(request.body)
    for name, value in body.items():
        if name not in known:
            raise bad(f"Invalid property '{name}'.")
        if value is not None and not isinstance(value, str):
            raise bad(f"Invalid value specified for property '{name}'.")
    return body


def _named(body: Mapping[str, Any]) -> str:
    name = body.get("displayName")
    if not name:
        raise bad("A value is required for property 'displayName'.")
    return str(name)


def _entity(request: Request, item: GraphObject, tail: str, status: int = 200) -> Answer:
    names = [name for name in request.query.get("$select", "").split(",") if name in item]
    chosen = {name: item[name] for name in names} if names else item
    return odata.entity(request, chosen, tail=tail, status=status)


def _own(tenant: Directory) -> Organization:
    """Return the organization in which the tenant participates."""
    found = tenant.store.organizations.of(tenant.tenant_id)
    if found is None:
        # That GET of the organization answers `inactive` is documented, this refusal is not.
        raise absent()
    return found


def _owned(tenant: Directory) -> Organization:
    """Return the organization that the tenant owns; only owners may change it."""
    found = _own(tenant)
    if found.members[tenant.tenant_id].role != "owner":
        raise denied()
    return found


def _organization(found: Organization) -> GraphObject:
    return {
        "id": found.id,
        "createdDateTime": moment(found.created_at),
        "displayName": found.display_name,
        "description": found.description,
        "state": "active",
    }


def get_organization(tenant: Directory, request: Request) -> Answer:
    """GET /tenantRelationships/multiTenantOrganization, `inactive` for a tenant without one."""
    found = tenant.store.organizations.of(tenant.tenant_id)
    if found is None:
        none = {"createdDateTime": None, "displayName": None, "description": None}
        return _entity(request, {**none, "state": "inactive"}, _TAIL)
    return _entity(request, _organization(found), _TAIL)


def put_organization(tenant: Directory, request: Request) -> Answer:
    """PUT /tenantRelationships/multiTenantOrganization, which only creates."""
    body = _checked(request, "displayName", "description")
    name = _named(body)
    if tenant.store.organizations.of(tenant.tenant_id) is not None:
        # That a tenant has one organization is documented, the code is not.
        raise bad("The tenant already participates in a Multi-Tenant Organization.")
    made = tenant.store.organizations.found(tenant, name, body.get("description"))
    return _entity(request, _organization(made), _TAIL, status=201)


def patch_organization(tenant: Directory, request: Request) -> Answer:
    """PATCH /tenantRelationships/multiTenantOrganization."""
    found = _owned(tenant)
    body = _checked(request, "displayName", "description")
    if "displayName" in body:
        found.display_name = _named(body)
    if "description" in body:
        found.description = body["description"]
    return Answer(status=204)


def _shown(tenant: Directory, member: Member) -> GraphObject:
    wish = member.transition
    details = wish and {
        "desiredState": wish.state,
        "desiredRole": wish.role,
        "status": wish.status(tenant.clock.now()),
        "details": None,
    }
    return {
        "tenantId": member.tenant_id,
        "displayName": member.display_name,
        "addedDateTime": moment(member.added_at),
        "joinedDateTime": moment(member.joined_at),
        "addedByTenantId": member.added_by,
        "role": member.role,
        "state": member.state,
        "transitionDetails": details,
    }


def list_tenants(tenant: Directory, request: Request) -> Answer:
    """GET /tenantRelationships/multiTenantOrganization/tenants."""
    found = _own(tenant)
    options = odata.options_of(request, _TENANTS)
    shown = [_shown(tenant, member) for member in found.members.values()]
    rows = odata.placed(shown, "tenantId")
    project = odata.plain_project(options.select)
    tail = odata.set_tail(_TENANTS, options, request)
    return odata.page(request, options, rows, project, tail=tail)


def _member(found: Organization, request: Request) -> Member:
    member = found.members.get(request.keys[0].lower())
    if member is None:
        raise absent()
    return member


def get_tenant(tenant: Directory, request: Request) -> Answer:
    """GET /tenantRelationships/multiTenantOrganization/tenants/{tenant id}."""
    member = _member(_own(tenant), request)
    return _entity(request, _shown(tenant, member), _TENANTS.entity_set)


def add_tenant(tenant: Directory, request: Request) -> Answer:
    """POST /tenantRelationships/multiTenantOrganization/tenants; the tenant is pending."""
    found = _owned(tenant)
    body = _checked(request, "tenantId", "displayName", "role")
    tenant_id = tenant_id_in(body)
    role = _role(body.get("role") or "member")
    if tenant_id in found.members:
        raise bad("Tenant is already being added in Multi-Tenant Organization.")
    member = Member(
        tenant_id=tenant_id,
        display_name=_named(body),
        added_at=tenant.clock.now(),
        added_by=tenant.tenant_id,
        role=role,
    )
    found.members[tenant_id] = member
    # The documented answer has no details yet; what is read afterwards has.
    answer = _entity(request, _shown(tenant, member), _TENANTS.entity_set, status=201)
    member.transition = Transition(state="active", role=role)
    return answer


def _role(role: Any) -> str:
    if role not in ROLES:
        raise bad("Invalid value specified for property 'role'.")
    return str(role)


def patch_tenant(tenant: Directory, request: Request) -> Answer:
    """PATCH /tenantRelationships/multiTenantOrganization/tenants/{tenant id}, its role only."""
    found = _owned(tenant)
    member = _member(found, request)
    body = _checked(request, "role")
    role = _role(body.get("role", member.role))
    if member.transition is not None and member.transition.state == "removed":
        raise bad("The tenant is being removed from the Multi-Tenant Organization.")
    if role == "member" and member.stays and found.needs(member):
        raise bad("A Multi-Tenant Organization needs an owner. Make another tenant an owner first.")
    _wish(tenant, member, "active", role)
    return Answer(status=204)


def delete_tenant(tenant: Directory, request: Request) -> Answer:
    """DELETE …/tenants/{tenant id}: an owner removes any tenant, a member removes itself."""
    found = _own(tenant)
    member = _member(found, request)
    if member.tenant_id != tenant.tenant_id:
        _owned(tenant)
    if found.needs(member) and found.without(member.tenant_id):
        # That the last owner leaves last is documented, the code is not.
        raise bad("A Multi-Tenant Organization needs an owner. Make another tenant an owner first.")
    _wish(tenant, member, "removed", member.role)
    return Answer(status=204)


def _wish(tenant: Directory, member: Member, state: str, role: str) -> None:
    """Wish for what a member is to become; a wish that stands already goes on as it is."""
    known = member.transition
    if known is None or known.since is None or (known.state, known.role) != (state, role):
        member.transition = Transition(state=state, role=role, since=tenant.clock.now())


def get_join_request(tenant: Directory, request: Request) -> Answer:
    """GET /tenantRelationships/multiTenantOrganization/joinRequest."""
    join = tenant.store.organizations.joins.get(tenant.tenant_id)
    item: GraphObject = {
        "id": str(uuid.uuid5(uuid.UUID(tenant.tenant_id), "joinRequest")),
        "addedByTenantId": join.added_by if join else _NOBODY,
        "memberState": join.member_state if join else None,
        "role": join.role if join else None,
        "transitionDetails": _join_details(tenant, join) if join else None,
    }
    return _entity(request, item, f"{_TAIL}/joinRequest")


def _join_details(tenant: Directory, join: JoinRequest) -> GraphObject | None:
    if join.member_state != "pending":
        return None
    now = tenant.clock.now()
    return {
        "desiredMemberState": "active",
        "status": "failed" if join.failed else progress(join.since, now),
        "details": "DirectoryService Exception" if join.failed else "",
    }


def patch_join_request(tenant: Directory, request: Request) -> Answer:
    """PATCH …/joinRequest, in the tenant that joins; nobody's id takes back what failed."""
    organizations = tenant.store.organizations
    added_by = tenant_id_in(_checked(request, "addedByTenantId"), "addedByTenantId")
    join = organizations.joins.get(tenant.tenant_id)
    if added_by == _NOBODY:
        if join is not None and not join.failed:
            raise bad("Only a join request that failed can be reset.")
        organizations.joins.pop(tenant.tenant_id, None)
        return Answer(status=204)
    if join is not None:
        raise bad("The tenant has a join request already. Reset it if it failed.")
    organizations.joins[tenant.tenant_id] = JoinRequest(added_by=added_by, since=tenant.clock.now())
    return Answer(status=204)
