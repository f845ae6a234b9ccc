"""Who is pushed: originals of the source that a scoping filter lets pass."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.model.links import Clause, Scope, ScopingFilter
from reconcile.model.plans import Reason
from reconcile.model.stamps import Stamp
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.scoping import scope
from tests.strategies import a_clause_filter, a_job, tenant_id

ADA = ObjectId("0" * 36)


def a_user(stamp: Stamp | None = None, **properties: Any) -> User:
    return User(
        id=ADA, properties={"userPrincipalName": "ada@contoso.example", **properties}, stamp=stamp
    )


@pytest.mark.parametrize(
    "properties",
    [
        {"userPrincipalName": "ada_x.example#EXT#@contoso.example"},
        {"externalUserState": "Accepted"},
        {"creationType": "Invitation"},
        {"creationType": "Invitation", "userType": "Member"},
    ],
)
def test_an_external_user_is_no_source_person(properties: dict[str, Any]) -> None:
    refusal = scope(a_job(), a_user(**properties))

    assert refusal is not None
    assert refusal.reason is Reason.EXTERNAL


def test_an_internal_guest_is_a_source_person() -> None:
    assert scope(a_job(), a_user(userType="Guest")) is None


def test_a_stamp_on_an_internal_account_of_the_source_is_only_a_claim() -> None:
    refusal = scope(a_job(), a_user(stamp=Stamp(tenant_id("fabrikam"), ADA)))

    assert refusal is not None
    assert refusal.reason is Reason.STAMPED_INTERNAL
    assert f"{tenant_id('fabrikam')}/{ADA}" in refusal.detail


@pytest.mark.parametrize(
    ("operator", "values", "department", "passes"),
    [
        ("equals", ("Sales",), "Sales", True),
        ("equals", ("Sales",), "sales", False),
        ("equals", ("Sales",), None, False),
        ("not-equals", ("Sales",), "Law", True),
        ("not-equals", ("Sales",), "Sales", False),
        ("not-equals", ("Sales",), None, False),
        ("in", ("Sales", "Law"), "Law", True),
        ("in", ("Sales", "Law"), "IT", False),
        ("not-in", ("Sales", "Law"), "IT", True),
        ("not-in", ("Sales", "Law"), "Law", False),
        ("not-in", ("Sales", "Law"), None, False),
        ("is-null", (), None, True),
        ("is-null", (), "", True),
        ("is-null", (), "Sales", False),
        ("is-not-null", (), "Sales", True),
        ("is-not-null", (), None, False),
    ],
)
def test_a_clause_about_an_empty_value_holds_only_if_it_asks_for_it(
    operator: str, values: tuple[str, ...], department: str | None, *, passes: bool
) -> None:
    clause = Clause(attribute="department", operator=operator, values=values)
    filters = (ScopingFilter(name="test", clauses=(clause,)),)

    refusal = scope(a_job(scope=Scope(filters=filters)), a_user(department=department))

    assert (refusal is None) is passes


@pytest.mark.parametrize(
    ("operator", "enabled", "passes"),
    [
        ("is-true", True, True),
        ("is-true", False, False),
        ("is-false", False, True),
        ("is-false", True, False),
    ],
)
def test_truth_values_are_asked_for_by_name(operator: str, *, enabled: bool, passes: bool) -> None:
    clause = Clause(attribute="accountEnabled", operator=operator)
    filters = (ScopingFilter(name="test", clauses=(clause,)),)

    refusal = scope(a_job(scope=Scope(filters=filters)), a_user(accountEnabled=enabled))

    assert (refusal is None) is passes


def test_truth_values_compare_as_entra_writes_them() -> None:
    job = a_job(scope=Scope(filters=(a_clause_filter("accountEnabled", "True"),)))

    assert scope(job, a_user(accountEnabled=True)) is None


def test_any_filter_suffices_and_all_of_its_clauses_must_hold() -> None:
    both = ScopingFilter(
        name="both",
        clauses=(
            Clause(attribute="country", operator="in", values=("DK",)),
            Clause(attribute="department", operator="in", values=("IT",)),
        ),
    )
    job = a_job(scope=Scope(filters=(both, a_clause_filter("department", "Law"))))

    assert scope(job, a_user(country="DK", department="IT")) is None
    assert scope(job, a_user(country="SE", department="Law")) is None
    refusal = scope(job, a_user(country="DK", department="Sales"))
    assert refusal is not None
    assert refusal.reason is Reason.OUT_OF_SCOPE
    assert refusal.detail == 'No scoping filter lets this person pass: "both", "department".'
