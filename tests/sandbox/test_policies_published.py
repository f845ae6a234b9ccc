"""Policies and organizations, held to the schemas and the models that Microsoft publishes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.compared import UNDECLARED, problems
from tests.sandbox.models import left_over, read
from tests.sandbox.organized import (
    JOIN,
    ORGANIZATION,
    TENANTS,
    add,
    found,
    join,
    of,
    three_tenants,
    tid,
)
from tests.sandbox.published import GRAPH, schema_of

published = pytest.mark.skipif(not GRAPH.exists(), reason="no OpenAPI beside the checkout")

POLICY = "/policies/crossTenantAccessPolicy"
PARTNERS = f"{POLICY}/partners"
OTHER = tid("wingtip")
LOST = tid("lost")
PARTNER_TEMPLATE = f"{POLICY}/templates/multiTenantOrganizationPartnerConfiguration"
SYNC_TEMPLATE = f"{POLICY}/templates/multiTenantOrganizationIdentitySynchronization"
DELETED = "/policies/deletedItems/crossTenantPartners"
DELETED_SYNCS = "/policies/deletedItems/crossTenantSyncPolicyPartners"
INFORMATION = "/tenantRelationships/findTenantInformationBy"
_PARTNER = f"{PARTNERS}/{{crossTenantAccessPolicyConfigurationPartner-tenantId}}"


def prepared() -> Any:
    """Contoso in an organization, with policies toward another tenant, and deleted ones."""
    world = three_tenants()
    contoso = of(world, "contoso")
    found(contoso)
    add(contoso, "fabrikam")
    join(world, "fabrikam")
    add(contoso, "tailspin")
    for partner in (OTHER, LOST):
        sync = f"{PARTNERS}/{partner}/identitySynchronization"
        contoso.ask("POST", PARTNERS, {"tenantId": partner, "inboundTrust": {}})
        contoso.ask("PUT", sync, {"userSyncInbound": {"isSyncAllowed": True}})
    contoso.ask("DELETE", f"{PARTNERS}/{LOST}/identitySynchronization")
    contoso.ask("DELETE", f"{PARTNERS}/{LOST}")
    return contoso


READS = [
    (POLICY, POLICY),
    (f"{POLICY}/default", f"{POLICY}/default"),
    (PARTNERS, f"{PARTNERS}?$expand=identitySynchronization"),
    (_PARTNER, f"{PARTNERS}/{OTHER}"),
    (f"{_PARTNER}/identitySynchronization", f"{PARTNERS}/{OTHER}/identitySynchronization"),
    (ORGANIZATION, ORGANIZATION),
    (TENANTS, TENANTS),
    (f"{TENANTS}/{{multiTenantOrganizationMember-id}}", f"{TENANTS}/{tid('tailspin')}"),
    (JOIN, JOIN),
    (
        f"{INFORMATION}TenantId(tenantId='{{tenantId}}')",
        f"{INFORMATION}TenantId(tenantId='{tid('fabrikam')}')",
    ),
    (
        f"{INFORMATION}DomainName(domainName='{{domainName}}')",
        f"{INFORMATION}DomainName(domainName='fabrikam.com')",
    ),
]
# Beta's document writes the flags of `templateApplicationLevel` as a list, its pages as a text.
READS_OF_V1 = [
    (PARTNER_TEMPLATE, PARTNER_TEMPLATE),
    (SYNC_TEMPLATE, SYNC_TEMPLATE),
    ("/policies/authorizationPolicy", "/policies/authorizationPolicy"),
]
READS_OF_BETA = [
    ("/policies/authorizationPolicy", "/policies/authorizationPolicy"),
    (
        "/policies/authorizationPolicy/{authorizationPolicy-id}",
        "/policies/authorizationPolicy/authorizationPolicy",
    ),
    (DELETED, DELETED),
    (DELETED_SYNCS, DELETED_SYNCS),
    (
        f"{DELETED}/{{crossTenantAccessPolicyConfigurationPartner-tenantId}}",
        f"{DELETED}/{LOST}",
    ),
    (
        f"{DELETED_SYNCS}/{{crossTenantIdentitySyncPolicyPartner-tenantId}}",
        f"{DELETED_SYNCS}/{LOST}",
    ),
]
EVERY_READ = [
    *(("v1.0", *one) for one in (*READS, *READS_OF_V1)),
    *(("beta", *one) for one in (*READS, *READS_OF_BETA)),
]


@published
@pytest.mark.parametrize(("version", "path", "address"), EVERY_READ)
def test_a_read_has_the_published_form(version: str, path: str, address: str) -> None:
    answer = prepared().ask("GET", address if version == "v1.0" else f"/beta{address}")

    assert answer.status == 200, answer.body
    wrong = problems(answer.body, schema_of("get", path, "200", version), path)
    # The page on deleted partners shows a name that their schema does not have.
    assert [one for one in wrong if not (DELETED in one and one.endswith("displayName"))] == []


@published
def test_an_added_tenant_and_an_organization_have_the_published_form() -> None:
    contoso = of(three_tenants(), "contoso")
    made = contoso.ask("PUT", ORGANIZATION, {"displayName": "Together"})
    body = {"tenantId": OTHER, "displayName": "Wingtip"}
    added = contoso.ask("POST", TENANTS, body)

    assert problems(made.body, schema_of("get", ORGANIZATION, "200"), "organization") == []
    assert problems(added.body, schema_of("post", TENANTS, "201"), "tenant") == []


MODELS = [
    (f"{POLICY}/default", "cross_tenant_access_policy_configuration_default"),
    (f"{PARTNERS}/{OTHER}", "cross_tenant_access_policy_configuration_partner"),
    (f"{PARTNERS}/{OTHER}/identitySynchronization", "cross_tenant_identity_sync_policy_partner"),
    (PARTNER_TEMPLATE, "multi_tenant_organization_partner_configuration_template"),
    (SYNC_TEMPLATE, "multi_tenant_organization_identity_sync_policy_template"),
    (ORGANIZATION, "multi_tenant_organization"),
    (f"{TENANTS}/{tid('tailspin')}", "multi_tenant_organization_member"),
    (JOIN, "multi_tenant_organization_join_request_record"),
    ("/policies/authorizationPolicy", "authorization_policy"),
    (f"{INFORMATION}TenantId(tenantId='{tid('fabrikam')}')", "tenant_information"),
]


@pytest.mark.parametrize(("address", "name"), MODELS)
def test_a_model_of_microsoft_reads_all_but_undeclared_members(address: str, name: str) -> None:
    from importlib import import_module

    module = import_module(f"msgraph.generated.models.{name}")
    model = getattr(module, "".join(part.title() for part in name.split("_")))
    item = read(prepared().get(address), model)

    assert [one for one in left_over(item, name) if one.split(".")[-1] not in UNDECLARED] == []
