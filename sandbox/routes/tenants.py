"""Routes of the tenant itself, and of what tenants learn of each other."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import organizations, tenants
from sandbox.routes.route import Route, any_of

_RELATIONSHIPS = "/tenantRelationships"

_ORGANIZATION = f"{_RELATIONSHIPS}/multiTenantOrganization"

_READ_DOMAINS = any_of("Directory.Read.All Domain.Read.All Domain.ReadWrite.All")
_READ_ORGANIZATION = any_of(
    "MultiTenantOrganization.Read.All MultiTenantOrganization.ReadWrite.All"
)
_WRITE_ORGANIZATION = any_of("MultiTenantOrganization.ReadWrite.All")
_FIND_TENANTS = any_of("CrossTenantInformation.ReadBasic.All")

ROUTES: Mapping[str, Route] = {
    "GET /organization": Route(
        tenants.list_organizations,
        any_of(
            "Organization.Read.All Organization.ReadWrite.All User.Read.All Directory.Read.All "
            "Directory.ReadWrite.All"
        ),
    ),
    # The published table is odd for one organization; the documentation's page has these.
    "GET /organization/{}": Route(
        tenants.get_organization,
        any_of(
            "Organization.Read.All Organization.ReadWrite.All User.Read.All Directory.Read.All "
            "Directory.ReadWrite.All"
        ),
    ),
    "PATCH /organization/{}": Route(
        tenants.patch_organization, any_of("Organization.ReadWrite.All")
    ),
    "GET /domains": Route(tenants.list_domains, _READ_DOMAINS),
    "GET /domains/{}": Route(tenants.get_domain, _READ_DOMAINS),
    f"GET {_RELATIONSHIPS}/findTenantInformationByTenantId/{{}}": Route(
        tenants.find_tenant_by_id, _FIND_TENANTS
    ),
    f"GET {_RELATIONSHIPS}/findTenantInformationByDomainName/{{}}": Route(
        tenants.find_tenant_by_domain, _FIND_TENANTS
    ),
    f"GET {_ORGANIZATION}": Route(organizations.get_organization, _READ_ORGANIZATION),
    f"PUT {_ORGANIZATION}": Route(organizations.put_organization, _WRITE_ORGANIZATION),
    f"PATCH {_ORGANIZATION}": Route(organizations.patch_organization, _WRITE_ORGANIZATION),
    f"GET {_ORGANIZATION}/tenants": Route(organizations.list_tenants, _READ_ORGANIZATION),
    f"POST {_ORGANIZATION}/tenants": Route(organizations.add_tenant, _WRITE_ORGANIZATION),
    # The published table asks for the right to write even to read one tenant.
    f"GET {_ORGANIZATION}/tenants/{{}}": Route(organizations.get_tenant, _WRITE_ORGANIZATION),
    f"PATCH {_ORGANIZATION}/tenants/{{}}": Route(organizations.patch_tenant, _WRITE_ORGANIZATION),
    f"DELETE {_ORGANIZATION}/tenants/{{}}": Route(organizations.delete_tenant, _WRITE_ORGANIZATION),
    f"GET {_ORGANIZATION}/joinRequest": Route(organizations.get_join_request, _READ_ORGANIZATION),
    f"PATCH {_ORGANIZATION}/joinRequest": Route(
        organizations.patch_join_request, _WRITE_ORGANIZATION
    ),
}
