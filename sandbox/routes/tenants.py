"""Routes of the tenant itself, and of what tenants learn of each other."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import tenants
from sandbox.routes.route import Route, any_of

_RELATIONSHIPS = "/tenantRelationships"

_READ_DOMAINS = any_of("Directory.Read.All Domain.Read.All Domain.ReadWrite.All")
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
    "GET /domains": Route(tenants.list_domains, _READ_DOMAINS),
    "GET /domains/{}": Route(tenants.get_domain, _READ_DOMAINS),
    f"GET {_RELATIONSHIPS}/findTenantInformationByTenantId/{{}}": Route(
        tenants.find_tenant_by_id, _FIND_TENANTS
    ),
    f"GET {_RELATIONSHIPS}/findTenantInformationByDomainName/{{}}": Route(
        tenants.find_tenant_by_domain, _FIND_TENANTS
    ),
}
