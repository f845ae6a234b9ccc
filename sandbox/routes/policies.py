"""Routes of the policies: of the tenant toward others, and of the tenant itself."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.calls import (
    authorization,
    b2b_policies,
    cross_tenant,
    deleted_policies,
    identity_sync,
    policy_templates,
)
from sandbox.routes.route import Route, any_of

_AUTHORIZATION = "/policies/authorizationPolicy"
_B2B = "/policies/b2bManagementPolicies"
_POLICY = "/policies/crossTenantAccessPolicy"
_PARTNERS = "/policies/crossTenantAccessPolicy/partners"
_SYNC = f"{_PARTNERS}/{{}}/identitySynchronization"
_PARTNER_TEMPLATE = f"{_POLICY}/templates/multiTenantOrganizationPartnerConfiguration"
_SYNC_TEMPLATE = f"{_POLICY}/templates/multiTenantOrganizationIdentitySynchronization"
_DELETED_PARTNERS = "/policies/deletedItems/crossTenantPartners"
_DELETED_SYNCS = "/policies/deletedItems/crossTenantSyncPolicyPartners"

_READ_AUTHORIZATION = any_of("Policy.Read.All Policy.ReadWrite.Authorization")
_WRITE_AUTHORIZATION = any_of("Policy.ReadWrite.Authorization")
_READ_B2B = any_of("Policy.Read.B2BManagementPolicy Policy.ReadWrite.B2BManagementPolicy")
_WRITE_B2B = any_of("Policy.ReadWrite.B2BManagementPolicy")
_READ_POLICY = any_of("Policy.Read.All Policy.ReadWrite.CrossTenantAccess")
_WRITE_POLICY = any_of("Policy.ReadWrite.CrossTenantAccess")


def _deleted(path: str, kind: deleted_policies.DeletedKind) -> dict[str, Route]:
    return {
        f"GET {path}": Route(kind.listed, _READ_POLICY, beta=True),
        f"GET {path}/{{}}": Route(kind.one, _READ_POLICY, beta=True),
        f"DELETE {path}/{{}}": Route(kind.deleted, _WRITE_POLICY, beta=True),
        f"POST {path}/{{}}/restore": Route(kind.restored, _WRITE_POLICY, beta=True),
    }


ROUTES: Mapping[str, Route] = {
    f"GET {_AUTHORIZATION}": Route(authorization.get_policy, _READ_AUTHORIZATION),
    f"PATCH {_AUTHORIZATION}": Route(authorization.patch_policy, _WRITE_AUTHORIZATION),
    f"GET {_AUTHORIZATION}/authorizationPolicy": Route(
        authorization.get_policy_on_beta, _READ_AUTHORIZATION, beta=True
    ),
    f"PATCH {_AUTHORIZATION}/authorizationPolicy": Route(
        authorization.patch_policy_on_beta, _WRITE_AUTHORIZATION, beta=True
    ),
    f"GET {_B2B}": Route(b2b_policies.list_policies, _READ_B2B, beta=True),
    f"POST {_B2B}": Route(b2b_policies.create_policy, _WRITE_B2B, beta=True),
    f"GET {_B2B}/{{}}": Route(b2b_policies.get_policy, _READ_B2B, beta=True),
    f"PATCH {_B2B}/{{}}": Route(b2b_policies.patch_policy, _WRITE_B2B, beta=True),
    f"DELETE {_B2B}/{{}}": Route(b2b_policies.delete_policy, _WRITE_B2B, beta=True),
    f"GET {_POLICY}": Route(cross_tenant.get_policy, _READ_POLICY),
    f"PATCH {_POLICY}": Route(cross_tenant.patch_policy, _WRITE_POLICY),
    f"GET {_POLICY}/default": Route(cross_tenant.get_default, _READ_POLICY),
    f"PATCH {_POLICY}/default": Route(cross_tenant.patch_default, _WRITE_POLICY),
    f"POST {_POLICY}/default/resetToSystemDefault": Route(
        cross_tenant.reset_default, _WRITE_POLICY
    ),
    f"GET {_PARTNERS}": Route(cross_tenant.list_partners, _READ_POLICY),
    f"POST {_PARTNERS}": Route(cross_tenant.create_partner, _WRITE_POLICY),
    f"GET {_PARTNERS}/{{}}": Route(cross_tenant.get_partner, _READ_POLICY),
    f"PATCH {_PARTNERS}/{{}}": Route(cross_tenant.patch_partner, _WRITE_POLICY),
    f"DELETE {_PARTNERS}/{{}}": Route(cross_tenant.delete_partner, _WRITE_POLICY),
    f"GET {_SYNC}": Route(identity_sync.get_sync, _READ_POLICY),
    f"PUT {_SYNC}": Route(identity_sync.put_sync, _WRITE_POLICY),
    f"PATCH {_SYNC}": Route(identity_sync.patch_sync, _WRITE_POLICY),
    f"DELETE {_SYNC}": Route(identity_sync.delete_sync, _WRITE_POLICY),
    # The published table has only their parent; the pages of the templates have these.
    f"GET {_PARTNER_TEMPLATE}": Route(policy_templates.get_partners, _READ_POLICY),
    f"PATCH {_PARTNER_TEMPLATE}": Route(policy_templates.patch_partners, _WRITE_POLICY),
    f"POST {_PARTNER_TEMPLATE}/resetToDefaultSettings": Route(
        policy_templates.reset_partners, _WRITE_POLICY
    ),
    f"GET {_SYNC_TEMPLATE}": Route(policy_templates.get_syncs, _READ_POLICY),
    f"PATCH {_SYNC_TEMPLATE}": Route(policy_templates.patch_syncs, _WRITE_POLICY),
    f"POST {_SYNC_TEMPLATE}/resetToDefaultSettings": Route(
        policy_templates.reset_syncs, _WRITE_POLICY
    ),
    # The published table has no deleted policies; here they ask for the same as the others.
    **_deleted(_DELETED_PARTNERS, deleted_policies.PARTNERS),
    **_deleted(_DELETED_SYNCS, deleted_policies.SYNCS),
}
