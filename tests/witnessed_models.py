"""Microsoft's models of what routes answer, by the last word of a route's path."""

from __future__ import annotations

from collections.abc import Mapping

_OBJECT = "directory_object"

MODELS: Mapping[str, str] = {
    "addPassword": "password_credential",
    "appRoleAssignedTo": "app_role_assignment",
    "appRoleAssignments": "app_role_assignment",
    "applicationTemplates": "application_template",
    "applications": "application",
    "applications/delta": "application",
    "authorizationPolicy": "authorization_policy",
    "crossTenantAccessPolicy": "cross_tenant_access_policy",
    "crossTenantAccessPolicy/default": "cross_tenant_access_policy_configuration_default",
    "crossTenantAccessPolicy/partners": "cross_tenant_access_policy_configuration_partner",
    "deletedItems": _OBJECT,
    "directReports": _OBJECT,
    "directories/discover": "directory_definition",
    "directoryAudits": "directory_audit",
    "directoryObjects": _OBJECT,
    "directoryRoles": "directory_role",
    "domains": "domain",
    "extensionProperties": "extension_property",
    "federatedIdentityCredentials": "federated_identity_credential",
    "findTenantInformationByDomainName": "tenant_information",
    "findTenantInformationByTenantId": "tenant_information",
    "getAvailableExtensionProperties": "extension_property",
    "getByIds": _OBJECT,
    "graph.group": "group",
    "graph.servicePrincipal": "service_principal",
    "graph.user": "user",
    "groups": "group",
    "groups/delta": "group",
    "identitySynchronization": "cross_tenant_identity_sync_policy_partner",
    "instantiate": "application_service_principal",
    "invitations": "invitation",
    "joinRequest": "multi_tenant_organization_join_request_record",
    "jobs": "synchronization_job",
    "jobs/provisionOnDemand": "string_key_string_value_pair",
    "manager": _OBJECT,
    "memberOf": _OBJECT,
    "members": _OBJECT,
    "multiTenantOrganization": "multi_tenant_organization",
    "multiTenantOrganization/tenants": "multi_tenant_organization_member",
    "multiTenantOrganizationIdentitySynchronization": (
        "multi_tenant_organization_identity_sync_policy_template"
    ),
    "multiTenantOrganizationPartnerConfiguration": (
        "multi_tenant_organization_partner_configuration_template"
    ),
    "organization": "organization",
    "owners": _OBJECT,
    "parseExpression": "parse_expression_response",
    "provisioning": "provisioning_object_summary",
    "deletedItems/restore": _OBJECT,
    "schema": "synchronization_schema",
    "schema/filterOperators": "filter_operator_schema",
    "schema/functions": "attribute_mapping_function_schema",
    "secrets": "synchronization_secret_key_string_value_pair",
    "servicePrincipals": "service_principal",
    "servicePrincipals/delta": "service_principal",
    "templates": "synchronization_template",
    "transitiveMemberOf": _OBJECT,
    "transitiveMembers": _OBJECT,
    "users": "user",
    "users/delta": "user",
}
