"""Which address is invited, and which are not."""

from __future__ import annotations

import pytest

from reconcile.model.plans import Reason
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.addresses import address_of, refused_address
from tests.strategies import a_job

ADA = ObjectId("0" * 36)


@pytest.mark.parametrize(
    ("properties", "address"),
    [
        (
            {"mail": "a@contoso.example", "userPrincipalName": "b@contoso.example"},
            "a@contoso.example",
        ),
        ({"mail": None, "userPrincipalName": "b@contoso.example"}, "b@contoso.example"),
        ({"mail": "", "userPrincipalName": "b@contoso.example"}, "b@contoso.example"),
        ({}, None),
    ],
)
def test_the_declared_attribute_goes_before_the_principal_name(
    properties: dict[str, str | None], address: str | None
) -> None:
    assert address_of(a_job(), User(id=ADA, properties=properties)) == address


def test_a_topology_may_declare_another_attribute() -> None:
    user = User(id=ADA, properties={"mail": "a@x.example", "userPrincipalName": "b@x.example"})

    assert address_of(a_job(address="userPrincipalName"), user) == "b@x.example"


@pytest.mark.parametrize(
    ("address", "reason", "detail"),
    [
        (None, Reason.NO_ADDRESS, "Neither mail nor userPrincipalName holds an address to invite."),
        ("ada", Reason.REFUSED_ADDRESS, "'ada' is no mail address of the form name@domain."),
        (
            "@x.example",
            Reason.REFUSED_ADDRESS,
            "'@x.example' is no mail address of the form name@domain.",
        ),
        ("a@b@c", Reason.REFUSED_ADDRESS, "'a@b@c' is no mail address of the form name@domain."),
        ("ada@", Reason.REFUSED_ADDRESS, "'ada@' is no mail address of the form name@domain."),
        ("a+b@contoso.example", Reason.REFUSED_ADDRESS, "Graph invites no address with '+' in it."),
        (
            "a b!@contoso.example",
            Reason.REFUSED_ADDRESS,
            "Graph invites no address with '  !' in it.",
        ),
        (
            ".ada@contoso.example",
            Reason.REFUSED_ADDRESS,
            "Graph invites no address whose name begins or ends with a period or hyphen: .ada.",
        ),
        (
            "ada-@contoso.example",
            Reason.REFUSED_ADDRESS,
            "Graph invites no address whose name begins or ends with a period or hyphen: ada-.",
        ),
        (
            "ada@gmail.example",
            Reason.UNVERIFIED_DOMAIN,
            "gmail.example is no verified domain of contoso; verified are contoso.example.",
        ),
    ],
)
def test_an_address_that_cannot_be_invited_says_why(
    address: str | None, reason: Reason, detail: str
) -> None:
    assert refused_address(a_job(), address) == (reason, detail)


@pytest.mark.parametrize(
    "address", ["ada@contoso.example", "o'brien@contoso.example", "Ada.L-x@CONTOSO.example"]
)
def test_an_ordinary_address_is_invited(address: str) -> None:
    assert refused_address(a_job(), address) is None
