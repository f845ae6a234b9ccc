"""Who may be invited: an address and the settings of two tenants enter, or a refusal leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.calls.b2b_policies import may_invite
from sandbox.permissions import denied
from sandbox.store import Directory
from sandbox.wire import refuse

_CLOSED = frozenset({"none", "adminsAndGuestInviters"})


def domain_of(address: str) -> str:
    """Return the domain of an address."""
    return address.rpartition("@")[2].lower()


def is_external(user: Mapping[str, Any]) -> bool:
    """Say whether somebody was invited or synchronized, and has no account of the tenant's own."""
    return user.get("creationType") == "Invitation" or bool(user.get("externalUserState"))


def check_policies(tenant: Directory, address: str) -> None:
    """Refuse what the authorization policy or the settings between two tenants close."""
    if tenant.authorization_policy["allowInvitesFrom"] in _CLOSED:
        raise refuse(
            403,
            "Forbidden",
            "Guest invitations not allowed for your company. "
            "Contact your company administrator for more details.",
        )
    home = tenant.store.by_domain(domain_of(address))
    user = _object_at(home, address) if home else frozenset()
    inbound = _settings(tenant, home, "b2bCollaborationInbound")
    outbound = _settings(home, tenant, "b2bCollaborationOutbound") if home else {}
    if not (_lets(inbound, user) and _lets(outbound, user)):
        # The words are documented, the status and the code are not.
        raise denied(
            "This invitation is blocked by cross-tenant access settings. Admins in both your "
            "organization and the invited user's organization must configure cross-tenant access "
            "settings to allow the invitation."
        )


def check_domain(tenant: Directory, address: str) -> None:
    """Refuse a domain that the tenant's lists do not allow."""
    if not may_invite(tenant, domain_of(address)):
        # That the lists apply is documented, the answer is not.
        raise refuse(
            403,
            "Forbidden",
            "Invitations to this domain are not allowed by the policy of your company.",
        )


def _settings(tenant: Directory, other: Directory | None, name: str) -> Mapping[str, Any]:
    """Return who is let through; what a partner configuration leaves open the default decides."""
    partner = tenant.partners.get(other.tenant_id, {}) if other else {}
    own = (partner.get(name) or {}).get("usersAndGroups")
    return own or tenant.default_policy[name].get("usersAndGroups") or {}


def _object_at(home: Directory, address: str) -> frozenset[str]:
    """Return the ids of a person at home, and of the groups that the person is in."""
    for name in ("mail", "userPrincipalName"):
        for user_id in home.index.find(name, address):
            return frozenset({user_id, *home.groups_of(user_id)})
    return frozenset()


def _lets(setting: Mapping[str, Any], ids: frozenset[str]) -> bool:
    named = {target["target"] for target in setting.get("targets") or ()}
    meant = "AllUsers" in named or bool(named & ids)
    return meant == (setting.get("accessType", "allowed") == "allowed") if setting else True


def redeems_automatically(tenant: Directory, address: str) -> bool:
    """Say whether both tenants suppress the consent prompt for the people of this domain."""
    home = tenant.store.by_domain(domain_of(address))
    if home is None:
        return False
    inbound = (tenant.partners.get(home.tenant_id) or {}).get("automaticUserConsentSettings") or {}
    outbound = (home.partners.get(tenant.tenant_id) or {}).get("automaticUserConsentSettings") or {}
    return bool(inbound.get("inboundAllowed") and outbound.get("outboundAllowed"))
