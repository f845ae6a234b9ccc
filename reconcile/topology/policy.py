"""The policy keys of one link enter; the settings they own leave, in Graph's names and shapes."""

from __future__ import annotations

from typing import Any

from reconcile.model.links import LinkPolicy
from reconcile.topology.expand import Settings

TRUST = {
    "mfa": "isMfaAccepted",
    "compliant_device": "isCompliantDeviceAccepted",
    "hybrid_joined_device": "isHybridAzureADJoinedDeviceAccepted",
}


def link_policy(policy: Settings) -> LinkPolicy:
    """Inbound settings for the target's partner object, outbound ones for the source's.

    A key that is absent stays absent; `inherit` becomes None. Consent is one member for both
    directions, and a link owns one of its two flags on each side, so there `inherit` is inside.
    """
    target: dict[str, Any] = _accesses(policy.get("target", {}), "Inbound")
    source: dict[str, Any] = _accesses(policy.get("source", {}), "Outbound")
    trust = policy.get("target", {}).get("trust")
    if trust is not None:
        target["inboundTrust"] = _trust(trust)
    consent = policy.get("automatic_redemption")
    if consent is not None:
        allowed = None if consent == "inherit" else consent
        target["automaticUserConsentSettings"] = {"inboundAllowed": allowed}
        source["automaticUserConsentSettings"] = {"outboundAllowed": allowed}
    return LinkPolicy(
        source=_sorted(source), target=_sorted(target), takeover=policy.get("takeover", False)
    )


def _trust(trust: Settings | str) -> dict[str, bool] | None:
    if isinstance(trust, str):
        return None
    return {name: trust[key] for key, name in TRUST.items() if key in trust}


def _accesses(side: Settings, direction: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, name in (
        ("b2b_collaboration", "Collaboration"),
        ("b2b_direct_connect", "DirectConnect"),
    ):
        if key in side:
            found[f"b2b{name}{direction}"] = _access(side[key])
    return found


def _access(access: Settings | str) -> dict[str, Any] | None:
    if isinstance(access, str):
        return None
    found: dict[str, Any] = {}
    if "users" in access:
        found["usersAndGroups"] = _setting(access["users"], ["AllUsers"], "user")
    if "applications" in access:
        applications = access["applications"]
        listed = isinstance(applications, list)
        found["applications"] = _setting(
            "allowed" if listed else applications,
            [_canonical(name) for name in applications] if listed else ["AllApplications"],
            "application",
        )
    return found


def _canonical(application: str) -> str:
    return application if application == "Office365" else application.lower()


def _setting(access: str, targets: list[str], kind: str) -> dict[str, Any]:
    return {
        "accessType": access,
        "targets": [{"target": target, "targetType": kind} for target in targets],
    }


def _sorted(settings: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(settings.items()))
