"""What a tenant says about itself and others: requests enter, organization and domains leave."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox import odata
from sandbox.calls.users import missing
from sandbox.store import Directory
from sandbox.wire import Answer, Request


def _selected(request: Request, item: Mapping[str, object]) -> dict[str, object]:
    names = [name for name in request.query.get("$select", "").split(",") if name]
    return {name: item.get(name) for name in names} if names else dict(item)


def list_organizations(tenant: Directory, request: Request) -> Answer:
    """GET /organization, which always holds one."""
    value = [_selected(request, tenant.organization)]
    context = odata.context(request, "organization")
    return Answer(status=200, body={"@odata.context": context, "value": value})


def get_organization(tenant: Directory, request: Request) -> Answer:
    """GET /organization/{tenant id}."""
    if request.keys[0].lower() != tenant.tenant_id:
        raise missing(request.keys[0])
    return odata.entity(request, _selected(request, tenant.organization), tail="organization")


def list_domains(tenant: Directory, request: Request) -> Answer:
    """GET /domains."""
    value = [_selected(request, domain) for domain in tenant.domains]
    context = odata.context(request, "domains")
    return Answer(status=200, body={"@odata.context": context, "value": value})


def get_domain(tenant: Directory, request: Request) -> Answer:
    """GET /domains/{name}."""
    for domain in tenant.domains:
        if domain["id"] == request.keys[0].lower():
            return odata.entity(request, _selected(request, domain), tail="domains")
    raise missing(request.keys[0])


def find_tenant_by_id(tenant: Directory, request: Request) -> Answer:
    """GET /tenantRelationships/findTenantInformationByTenantId(tenantId='…')."""
    wanted = request.keys[0].removeprefix("tenantId=").lower()
    return _tenant_information(tenant.store.tenants.get(wanted), request)


def find_tenant_by_domain(tenant: Directory, request: Request) -> Answer:
    """GET /tenantRelationships/findTenantInformationByDomainName(domainName='…')."""
    wanted = request.keys[0].removeprefix("domainName=")
    return _tenant_information(tenant.store.by_domain(wanted), request)


def _tenant_information(found: Directory | None, request: Request) -> Answer:
    if found is None:
        raise missing(request.keys[0].rpartition("=")[2])
    body = {
        "@odata.context": odata.context(request, "microsoft.graph.tenantInformation"),
        "tenantId": found.tenant_id,
        "federationBrandName": None,
        "displayName": found.display_name,
        "defaultDomainName": found.verified_domains[0],
    }
    return Answer(status=200, body=body)
