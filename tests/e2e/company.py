"""A small estate in which one cycle does everything that a cycle can do: worlds and edits leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sandbox.estate import PLACES, tenant_seed
from sandbox.people import account, guest
from sandbox.policy_objects import partner_of
from sandbox.seeds import GraphObject, TenantSeed, sandbox_id
from sandbox.store import Directory
from sandbox.world import Sandbox

SOURCE, TARGET = "contoso", "fabrikam"
EMPLOYEES = sandbox_id(f"group:{SOURCE}:employees")

TOPOLOGY = """\
version: 1
name: killed
shape: single-to-single
source: contoso
target: fabrikam
sync: {scope: {assigned: {groups: [employees]}}, adopt: auto}
policy: {automatic_redemption: true}
"""

ALREADY_THERE = ("boss", "mover", "drifter", "blocked", "leaver", "returner", "partner", "stayer")
HIRED = ("head", "report", "clerk", "contractor", "namesake")
_TIMES = ("createdDateTime", "deletedDateTime", "externalUserStateChangeDateTime")
_NAMES_OF_OBJECTS = ("id", "userPrincipalName", "identities")


def person(name: str, alias: str = SOURCE) -> str:
    """The id of somebody in the source, or of somebody who was in the target from the start."""
    return sandbox_id(f"user:{alias}:{name}")


def address(name: str) -> str:
    return f"{name}@contoso.com"


def estate() -> list[TenantSeed]:
    """Two tenants: employees in one; in the other people whom nobody may touch, and two guests."""
    employees = [_employee(name) for name in ALREADY_THERE]
    source = tenant_seed(PLACES[SOURCE], employees)
    target = tenant_seed(PLACES[TARGET], _before_us())
    return [
        replace(source, managers={one["id"]: person("boss") for one in employees[1:]}),
        replace(target, managers={}),
    ]


def allow(world: Sandbox) -> None:
    """Both tenants let people of the source in without asking, as a stack would leave them."""
    source, target = world.tenant(SOURCE), world.tenant(TARGET)
    for tenant, partner, flag in (
        (source, target, "outboundAllowed"),
        (target, source, "inboundAllowed"),
    ):
        said = {"tenantId": partner.tenant_id, "automaticUserConsentSettings": {flag: True}}
        tenant.partners[partner.tenant_id] = partner_of(said)
    target.identity_sync[source.tenant_id] = {"userSyncInbound": {"isSyncAllowed": True}}


def _employee(name: str) -> GraphObject:
    return account(
        alias=SOURCE,
        domain="contoso.com",
        name=name,
        display_name=name.title(),
        local_part=name,
        department="Engineering",
        jobTitle="Engineer",
    )


def _before_us() -> list[GraphObject]:
    place = PLACES[TARGET]

    def invited(name: str, mail: str) -> GraphObject:
        return guest(alias=TARGET, host=place.host, name=name, display_name=name.title(), mail=mail)

    def internal(name: str, **more: Any) -> GraphObject:
        return account(
            alias=TARGET,
            domain=place.domain,
            name=name,
            display_name=name.title(),
            local_part=name,
            **more,
        )

    return [
        internal("owner"),
        internal("homonym", mail=address("namesake")),
        invited("visitor", "visitor@northwindtraders.com"),
        invited("partner", address("partner")),
        invited("contractor", address("contractor")),
    ]


def someone_leaves(world: Sandbox) -> None:
    """What happens between the first cycle and the second."""
    world.tenant(SOURCE).remove_member(EMPLOYEES, person("returner"))


def a_day_passes(world: Sandbox) -> None:
    """What happens before the cycle that is killed: a reason for each action there is."""
    source, target = world.tenant(SOURCE), world.tenant(TARGET)
    for name in HIRED:
        source.add_user(_employee(name))
        source.add_member(EMPLOYEES, person(name))
    source.set_manager(person("head"), person("boss"))
    source.set_manager(person("report"), person("head"))
    source.set_manager(person("contractor"), person("head"))
    source.set_manager(person("stayer"), None)
    source.patch_user(person("mover"), {"jobTitle": "Architect"})
    source.set_manager(person("mover"), person("head"))
    source.patch_user(person("blocked"), {"accountEnabled": False})
    source.remove_member(EMPLOYEES, person("leaver"))
    source.remove_member(EMPLOYEES, person("partner"))
    source.add_member(EMPLOYEES, person("returner"))
    drifter = next(one for one in target.users.values() if one["mail"] == address("drifter"))
    target.patch_user(drifter["id"], {"department": "Changed by hand"})


def picture(tenant: Directory) -> dict[str, GraphObject]:
    """Everybody in a tenant, by mail, without what no two runs have in common: ids and times."""
    everyone = {**tenant.users, **tenant.deleted_users}
    return {
        f"{'deleted ' if one in tenant.deleted_users else ''}{_key(user)}": {
            **{
                name: value
                for name, value in user.items()
                if name not in _TIMES and name not in _NAMES_OF_OBJECTS
            },
            "manager": _key(everyone.get(tenant.manager.get(one, ""), {})),
        }
        for one, user in sorted(everyone.items())
    }


def differences(
    found: Mapping[str, GraphObject], expected: Mapping[str, GraphObject]
) -> Iterator[str]:
    """What two pictures do not have in common, a sentence each."""
    for who in sorted(found.keys() | expected.keys()):
        if who not in found:
            yield f"{who} is missing"
        elif who not in expected:
            yield f"{who} should not be there"
        else:
            for name in sorted(found[who].keys() | expected[who].keys()):
                is_, should = found[who].get(name), expected[who].get(name)
                if is_ != should:
                    yield f"{name} of {who} is {is_!r}, not {should!r}"


def foreigners(tenant: Directory) -> dict[str, GraphObject]:
    """Those in the target who are nobody's copy, exactly as they are."""
    names = ("owner", "homonym", "visitor")
    return {name: dict(tenant.users[person(name, TARGET)]) for name in names}


def _key(user: GraphObject) -> str:
    return str(user.get("mail") or "")
