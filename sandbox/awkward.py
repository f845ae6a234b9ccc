"""The people that break a careless synchronization: a tenant's alias enters, its users leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.people import account, guest
from sandbox.seeds import GraphObject, sandbox_id

HUB = "contoso"
_HUB_DOMAIN = "contoso.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awkward:
    """One of these people: the account's tenant, id and address, and what is awkward about it."""

    tenant: str
    name: str
    id: str
    principal: str
    why: str


def _in_hub(name: str, display_name: str, local_part: str, **more: object) -> GraphObject:
    filled = {
        "department": "Engineering",
        "jobTitle": "Software Engineer",
        "companyName": "Contoso",
        "city": "Redmond",
    }
    return account(
        alias=HUB,
        domain=_HUB_DOMAIN,
        name=name,
        display_name=display_name,
        local_part=local_part,
        **{"employeeType": "Employee", **filled, **more},
    )


def _invited(alias: str, name: str, display_name: str, mail: str, **more: object) -> GraphObject:
    host = f"{alias}.onmicrosoft.com"
    return guest(alias=alias, host=host, name=name, display_name=display_name, mail=mail, **more)


def _hub_addresses() -> dict[str, tuple[GraphObject, str]]:
    """Return people whose address or name is unusual."""
    shared = {"mail": "front.desk@contoso.com"}
    long_name = "Ana María de los Ángeles " * 9 + "Fernández de Córdoba y Aragón"
    return {
        "desk-morning": (
            _in_hub("desk-morning", "Dana Morning", "dana.morning", **shared),
            "has one mail together with desk-evening",
        ),
        "desk-evening": (
            _in_hub("desk-evening", "Evan Evening", "evan.evening", **shared),
            "has one mail together with desk-morning",
        ),
        "plus-address": (
            _in_hub("plus-address", "Paula Plus", "paula.plus+projects"),
            "an address with `+`, which invitations refuse",
        ),
        "apostrophe": (
            _in_hub("apostrophe", "Siobhán O'Brien", "siobhan.o'brien"),
            "an address with an apostrophe, which a $filter must double",
        ),
        "without-mail": (
            _in_hub("without-mail", "Nico Nomail", "nico.nomail", mail=None),
            "no mail at all, so only the UPN is left to invite",
        ),
        "private-mail": (
            _in_hub(
                "private-mail",
                "Gina Private",
                "gina.private",
                mail="gina.private@gmail.com",
            ),
            "a mail outside the tenant's verified domains",
        ),
        "upper-case": (
            _in_hub("upper-case", "Ulla Upper", "ulla.upper", mail="Ulla.Upper@Contoso.COM"),
            "a mail in mixed case",
        ),
        "other-upn": (
            _in_hub(
                "other-upn",
                "Otis Other",
                "otis.other",
                userPrincipalName="u4711@contoso.com",
            ),
            "a UPN that has nothing to do with the mail",
        ),
        "long-name": (
            _in_hub("long-name", long_name, "ana.fernandez.cordoba"),
            f"a display name of {len(long_name)} characters",
        ),
        "right-to-left": (
            _in_hub(
                "right-to-left",
                "עדה לאבלייס",
                "ada.hebrew",
                givenName="עדה",
                surname="לאבלייס",
            ),
            "a name in a script from right to left",
        ),
    }


def _hub_standing() -> dict[str, tuple[GraphObject, str]]:
    """Return people whose standing in the source is unusual."""
    return {
        "rehired": (
            _in_hub(
                "rehired",
                "Rita Rehired",
                "rita.rehired",
                createdDateTime="2026-01-02T08:00:00Z",
            ),
            "a new account on the address of the soft-deleted rehired-before",
        ),
        "disabled": (
            _in_hub("disabled", "Dirk Disabled", "dirk.disabled", accountEnabled=False),
            "disabled in the source",
        ),
        "internal-guest": (
            _in_hub(
                "internal-guest",
                "Ingo Internguest",
                "ingo.internguest",
                userType="Guest",
            ),
            "an internal account of type Guest",
        ),
        "guest-of-hub": (
            _invited(HUB, "guest-of-hub", "Greta Guest", "greta@northwindtraders.com"),
            "a guest of the source: never a source person",
        ),
        "member-by-invitation": (
            _invited(
                HUB,
                "member-by-invitation",
                "Milan Member",
                "milan@adatum.com",
                userType="Member",
            ),
            "external although of type Member: never a source person",
        ),
        "role-holder": (
            _in_hub("role-holder", "Regina Roles", "regina.roles"),
            "holds Global Administrator in the source",
        ),
        "nested-only": (
            _in_hub("nested-only", "Nestor Nested", "nestor.nested"),
            "reaches employees only through the nested group trainees",
        ),
        "met-before": (
            _in_hub("met-before", "Mette Metbefore", "mette.metbefore"),
            "see guest-before",
        ),
        "met-twice": (
            _in_hub("met-twice", "Theo Twice", "theo.twice"),
            "see guest-twin-a",
        ),
        "met-with-role": (
            _in_hub("met-with-role", "Wanda Withrole", "wanda.withrole"),
            "see guest-with-role",
        ),
        "met-inside": (
            _in_hub("met-inside", "Ines Inside", "ines.inside"),
            "see internal-collision",
        ),
        "met-deleted": (
            _in_hub("met-deleted", "Delia Deleted", "delia.deleted"),
            "see guest-deleted",
        ),
    }


def _targets() -> dict[str, tuple[str, GraphObject, str]]:
    """Return those who already live in the targets: tenant, user, why."""
    twice = {"otherMails": ["theo.twice@contoso.com"]}
    return {
        "guest-before": (
            "fabrikam",
            _invited(
                "fabrikam",
                "guest-before",
                "Mette M. (Contoso)",
                "mette.metbefore@contoso.com",
            ),
            "a guest with the mail of met-before, there before us",
        ),
        "guest-with-role": (
            "fabrikam",
            _invited(
                "fabrikam",
                "guest-with-role",
                "Wanda Withrole",
                "wanda.withrole@contoso.com",
            ),
            "a guest with the mail of met-with-role who holds a directory role",
        ),
        "internal-collision": (
            "tailspin",
            account(
                alias="tailspin",
                domain="tailspintoys.com",
                name="internal-collision",
                display_name="Ines Inside",
                local_part="ines.inside",
                mail="ines.inside@contoso.com",
            ),
            "an internal account with the mail of met-inside",
        ),
        "guest-twin-a": (
            "tailspin",
            _invited("tailspin", "guest-twin-a", "Theo Twice", "theo.twice@contoso.com"),
            "one of two guests with the address of met-twice",
        ),
        "guest-twin-b": (
            "tailspin",
            _invited("tailspin", "guest-twin-b", "Theo T.", "theo.twice@adatum.com", **twice),
            "one of two guests with the address of met-twice, as another mail",
        ),
    }


def _marked_deleted(user: GraphObject) -> GraphObject:
    """Put the object id before the name, as Entra does with deleted users."""
    return user | {"userPrincipalName": user["id"].replace("-", "") + user["userPrincipalName"]}


def _deleted() -> dict[str, tuple[str, GraphObject, str]]:
    """Return those who are in a tenant's deleted items: tenant, user, why."""
    return {
        "rehired-before": (
            HUB,
            _in_hub("rehired-before", "Rita Rehired", "rita.rehired", accountEnabled=False),
            "soft-deleted; a new account, rehired, took the address",
        ),
        "guest-deleted": (
            "wingtip",
            _invited("wingtip", "guest-deleted", "Delia Deleted", "delia.deleted@contoso.com"),
            "a soft-deleted guest with the mail of met-deleted",
        ),
    }


def awkward_users(alias: str) -> list[GraphObject]:
    """Make the live awkward users of one tenant, new dicts at each call."""
    own = [user for tenant, user, _ in _targets().values() if tenant == alias]
    if alias == HUB:
        own += [user for user, _ in (_hub_addresses() | _hub_standing()).values()]
    return own


def awkward_deleted(alias: str) -> list[GraphObject]:
    """Make the soft-deleted awkward users of one tenant, new dicts at each call."""
    return [_marked_deleted(user) for tenant, user, _ in _deleted().values() if tenant == alias]


def _named(tenant: str, name: str, user: GraphObject, why: str) -> Awkward:
    return Awkward(
        tenant=tenant,
        name=name,
        id=user["id"],
        principal=user["userPrincipalName"],
        why=why,
    )


def _everyone() -> Iterable[Awkward]:
    for name, (user, why) in (_hub_addresses() | _hub_standing()).items():
        yield _named(HUB, name, user, why)
    for name, (tenant, user, why) in (_targets() | _deleted()).items():
        yield _named(tenant, name, user, why)


AWKWARD = {person.name: person for person in _everyone()}

NOT_IN_EMPLOYEES = frozenset({sandbox_id(f"user:{HUB}:nested-only")})
