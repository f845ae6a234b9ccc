"""Policies that stand in two tenants enter; the `policy:` block that says the same leaves.

Pure, and the inverse of `policy.link_policy`: what it answers compiles to settings that agree with
what stands. What no block can say is listed beside it, so that nobody takes it for managed. A key
that is null was chosen by nobody and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconcile.model.links import LinkName
from reconcile.model.tenants import Alias
from reconcile.topology.expand import Settings
from reconcile.topology.policy import TRUST

CONSENT = "automaticUserConsentSettings"
_ACCESSES = {"b2b_collaboration": "b2bCollaboration", "b2b_direct_connect": "b2bDirectConnect"}
_FACTS = frozenset({"tenantId", "displayName", "isInMultiTenantOrganization"})
"""Members that are no settings: ids, names, and what Entra alone decides."""

_ACCESS_TYPES = frozenset({"allowed", "blocked"})
_NOBODY_SPEAKS = "no topology speaks of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """A setting that stands in a tenant and is not in the block, and why."""

    tenant: Alias
    key: str
    value: Any
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A `policy:` block, and what stands beside it."""

    policy: Mapping[str, Any]
    unsaid: tuple[Unsaid, ...]


@dataclass(slots=True)
class _Side:
    """One tenant's settings toward the other, on their way into a block."""

    tenant: Alias
    settings: Settings
    direction: str
    opposite: LinkName
    said: dict[str, Any] = field(default_factory=dict)
    left: list[Unsaid] = field(default_factory=list)

    def leave(self, key: str, value: object, why: str) -> None:
        self.left.append(Unsaid(tenant=self.tenant, key=key, value=value, why=why))


def spoken(
    link: LinkName, *, target: Settings | None, source: Settings | None, sync: Settings | None
) -> Spoken:
    """The block of a link. `target` and `source` are the partner configurations of its tenants
    toward each other, `sync` is the target's identity synchronization; None where there is none.
    """
    opposite = LinkName(link.target, link.source)
    inbound = _Side(link.target, target or {}, "Inbound", opposite)
    outbound = _Side(link.source, source or {}, "Outbound", opposite)
    policy = _redemption(inbound, outbound)
    _trust(inbound)
    for name, side in (("target", inbound), ("source", outbound)):
        _accesses(side)
        _others(side)
        if side.said:
            policy[name] = side.said
    _synchronization(inbound, sync or {})
    return Spoken(policy=policy, unsaid=(*inbound.left, *outbound.left))


def _redemption(inbound: _Side, outbound: _Side) -> dict[str, Any]:
    """Both sides' consent, where one value says both."""
    flags = [
        (side, name, (side.settings.get(CONSENT) or {}).get(name))
        for side, name in ((inbound, "inboundAllowed"), (outbound, "outboundAllowed"))
    ]
    values = [value for _, _, value in flags]
    if values[0] == values[1]:
        return {} if values[0] is None else {"automatic_redemption": values[0]}
    for side, name, value in flags:
        if value is not None:
            why = "`automatic_redemption` is for both tenants, and they differ"
            side.leave(f"{CONSENT}.{name}", value, why)
    return {}


def _trust(side: _Side) -> None:
    found = side.settings.get("inboundTrust") or {}
    known = {key: found[name] for key, name in TRUST.items() if found.get(name) is not None}
    if known:
        side.said["trust"] = known
    for name in sorted(found.keys() - set(TRUST.values())):
        if _stands(name, found[name]):
            side.leave(f"inboundTrust.{name}", found[name], _NOBODY_SPEAKS)


def _accesses(side: _Side) -> None:
    for key, stem in _ACCESSES.items():
        name = f"{stem}{side.direction}"
        found = side.settings.get(name) or {}
        said = dict(_access(side, name, found))
        if said:
            side.said[key] = said


def _access(side: _Side, name: str, found: Settings) -> Iterator[tuple[str, Any]]:
    users, applications = found.get("usersAndGroups"), found.get("applications")
    if users is not None:
        access = _of_all(users, "AllUsers", "user")
        if access is None:
            why = "it names some users or groups, and a topology speaks of all"
            side.leave(f"{name}.usersAndGroups", users, why)
        elif access == "blocked" and name.startswith("b2bCollaboration"):
            why = "blocked users cannot be synchronized, so no topology says this"
            side.leave(f"{name}.usersAndGroups", users, why)
        else:
            yield "users", access
    if applications is not None:
        access = _of_all(applications, "AllApplications", "application")
        listed = access or _listed(applications)
        if listed:
            yield "applications", listed
        else:
            why = "it blocks some applications, and a topology lists those that are allowed"
            side.leave(f"{name}.applications", applications, why)


def _of_all(setting: Settings, everything: str, kind: str) -> str | None:
    """The access type of a setting that is about everything of a kind."""
    targets = [_target(one) for one in setting.get("targets") or ()]
    access = setting.get("accessType")
    return access if targets == [(everything, kind)] and access in _ACCESS_TYPES else None


def _listed(setting: Settings) -> list[str] | None:
    """The applications that alone are allowed."""
    targets = [_target(one) for one in setting.get("targets") or ()]
    if setting.get("accessType") != "allowed" or {kind for _, kind in targets} != {"application"}:
        return None
    return None if "AllApplications" in dict(targets) else [name for name, _ in targets]


def _target(one: Settings) -> tuple[str, str]:
    return str(one.get("target")), str(one.get("targetType"))


def _others(side: _Side) -> None:
    """Everything else that somebody chose: it stays as it is."""
    handled = {f"{stem}{side.direction}" for stem in _ACCESSES.values()} | {CONSENT}
    handled |= {"inboundTrust"} if side.direction == "Inbound" else set()
    for name in sorted(side.settings.keys() - handled - _FACTS):
        if _stands(name, side.settings[name]):
            opposite = name == "inboundTrust" or name.startswith(tuple(_ACCESSES.values()))
            side.leave(name, side.settings[name], _owner(side) if opposite else _NOBODY_SPEAKS)
    for name, value in sorted((side.settings.get(CONSENT) or {}).items()):
        if name != f"{side.direction.lower()}Allowed" and _stands(name, value):
            side.leave(f"{CONSENT}.{name}", value, _owner(side))


def _owner(side: _Side) -> str:
    return f"it is {side.opposite.slug}'s to say"


def _synchronization(side: _Side, sync: Settings) -> None:
    """Every link turns synchronization of users on; nothing else of it is in a block."""
    root = "identitySynchronization"
    allowed = (sync.get("userSyncInbound") or {}).get("isSyncAllowed")
    if allowed is not True:
        key = f"{root}.userSyncInbound.isSyncAllowed"
        side.leave(key, allowed, "a link always turns it on, so this will change")
    for name in sorted(sync.keys() - {"userSyncInbound"} - _FACTS):
        if _stands(name, sync[name]):
            side.leave(f"{root}.{name}", sync[name], _NOBODY_SPEAKS)


def _stands(name: str, value: object) -> bool:
    """Whether somebody chose a value; a complex member of nothing but nulls was chosen by none."""
    if name.startswith("@odata."):
        return False
    if isinstance(value, Mapping):
        return any(_stands(member, one) for member, one in value.items())
    return value is not None
