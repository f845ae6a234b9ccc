"""What a tenant says about itself and others: requests enter, organization and domains leave."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox import odata
from sandbox.calls.user_rules import body_of
from sandbox.calls.users import missing
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

# What an organization answers where nothing was set; v1.0's schema has fewer members. The quota is
# the documented one of a tenant with a verified domain; what is used of it is not counted here.
_UNSET: Mapping[str, object] = {
    "city": None,
    "country": None,
    "onPremisesLastSyncDateTime": None,
    "postalCode": None,
    "state": None,
    "street": None,
    "privacyProfile": {"contactEmail": "", "statementUrl": ""},
}
_UNSET_IN_BETA: Mapping[str, object] = {
    "directorySizeQuota": {"used": 0, "total": 300_000},
    "isMultipleDataLocationsForServicesEnabled": None,
}
LISTS = frozenset(
    {
        "marketingNotificationEmails",
        "securityComplianceNotificationMails",
        "securityComplianceNotificationPhones",
        "technicalNotificationMails",
    }
)
PRIVACY = frozenset({"contactEmail", "statementUrl"})


# What is published, though no organization or domain here answers it.
_NEVER_SHOWN = frozenset(
    {
        "certificateConnectorSetting",
        "defaultUsageLocation",
        "manufacturer",
        "mobileDeviceManagementAuthority",
        "model",
        "onPremisesLastPasswordSyncDateTime",
        "partnerInformation",
        "partnerTenantType",
        "passwordNotificationWindowInDays",
        "passwordValidityPeriodInDays",
        "state",
    }
)


def _selected(request: Request, item: Mapping[str, object], kind: str) -> dict[str, object]:
    shape = odata.Shape(
        resource=kind,
        entity_set=kind,
        selectable=(_NEVER_SHOWN | item.keys()).__contains__,
        filterable=lambda _: False,
    )
    return odata.plain_project(odata.selected(odata.canonical(request), shape))(dict(item))


def _organization(tenant: Directory, request: Request) -> dict[str, object]:
    unset = {**_UNSET, **_UNSET_IN_BETA} if request.version == "beta" else _UNSET
    return _selected(request, {**unset, **tenant.organization}, "organization")


def _require_own(tenant: Directory, request: Request) -> None:
    if request.keys[0].lower() != tenant.tenant_id:
        raise missing(request.keys[0])


def list_organizations(tenant: Directory, request: Request) -> Answer:
    """GET /organization, which always holds one."""
    value = [_organization(tenant, request)]
    context = odata.context(request, "organization")
    return Answer(status=200, body={"@odata.context": context, "value": value})


def get_organization(tenant: Directory, request: Request) -> Answer:
    """GET /organization/{tenant id}."""
    _require_own(tenant, request)
    return odata.entity(request, _organization(tenant, request), tail="organization")


def patch_organization(tenant: Directory, request: Request) -> Answer:
    """PATCH /organization/{tenant id}, the five members that the documentation calls writable."""
    _require_own(tenant, request)
    body = body_of(request.body)
    for name, value in body.items():
        if not _may_be(name, value):
            raise refuse(
                400, "Request_BadRequest", f"Invalid value specified for property '{name}'."
            )
    tenant.organization = {**tenant.organization, **body}
    return Answer(status=204)


def _may_be(name: str, value: object) -> bool:
    """Say whether a member is writable and the value has its form."""
    if name in LISTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return (
        name == "privacyProfile"
        and isinstance(value, dict)
        and PRIVACY.issuperset(value)
        and all(one is None or isinstance(one, str) for one in value.values())
    )


def list_domains(tenant: Directory, request: Request) -> Answer:
    """GET /domains."""
    value = [_selected(request, domain, "domain") for domain in tenant.domains]
    context = odata.context(request, "domains")
    return Answer(status=200, body={"@odata.context": context, "value": value})


def get_domain(tenant: Directory, request: Request) -> Answer:
    """GET /domains/{name}."""
    for domain in tenant.domains:
        if domain["id"] == request.keys[0].lower():
            return odata.entity(request, _selected(request, domain, "domain"), tail="domains")
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
