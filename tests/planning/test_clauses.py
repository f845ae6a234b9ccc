"""What clauses of scoping filters hold for, in Entra's operators and in ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconcile.model.links import Clause, Scope, ScopingFilter
from reconcile.model.plans import Reason
from reconcile.model.tenants import ObjectId
from reconcile.model.users import MEMBERSHIPS, User
from reconcile.planning.scoping import scope
from tests.planning.rounds import reasons, run_pair
from tests.strategies import Pair, a_job

ADA = ObjectId("0" * 36)


def refused(user: dict[str, Any], *clauses: Clause) -> Reason | None:
    filters = (ScopingFilter(name="some", clauses=clauses),)
    job = a_job(scope=Scope(groups=("everyone",), filters=filters))
    found = scope(job, User(id=ADA, properties={"userPrincipalName": "a@contoso.example", **user}))
    return found and found.reason


def a_clause(operator: str, *values: str, attribute: str = "city", **rest: Any) -> Clause:
    return Clause(attribute=attribute, operator=operator, values=values, **rest)


@pytest.mark.parametrize(
    ("operator", "values", "city", "passes"),
    [
        ("includes", ("sl",), "Oslo", True),
        ("includes", ("SL",), "Oslo", False),
        ("starts-with", ("Os",), "Oslo", True),
        ("ends-with", ("lo",), "Oslo", True),
        ("ends-with", ("Os",), "Oslo", False),
        ("regex-match", ("^O.*o$",), "Oslo", True),
        ("regex-match", ("slo",), "Oslo", True),
        ("regex-match", (r"^\p{Lu}",), "Ålesund", True),
        ("not-regex-match", ("^B",), "Oslo", True),
        ("not-regex-match", ("^O",), "Oslo", False),
        ("greater-than", ("9",), "10", True),
        ("greater-than", ("10",), "10", False),
        ("greater-than", ("9",), "ten", False),
        ("greater-than-or-equals", ("10",), "10", True),
        ("bit-set", ("2",), "514", True),
        ("bit-set", ("4",), "514", False),
        ("bit-not-set", ("4",), "514", True),
        ("before", ("2026-01-01",), "2025-12-31T23:00:00Z", True),
        ("before", ("2026-01-01",), "2026-01-01T00:00:00Z", False),
        ("after", ("2026-01-01",), "2026-01-01T00:00:00Z", True),
        ("older-than", ("30d",), "2026-01-29T23:59:59Z", True),
        ("older-than", ("30d",), "2026-01-30T00:00:00Z", False),
        ("newer-than", ("30d",), "2026-01-30T00:00:00Z", True),
    ],
)
def test_an_operator_compares_the_value(
    operator: str,
    values: tuple[str, ...],
    city: str,
    passes: bool,  # noqa: FBT001
) -> None:
    found = refused({"city": city}, a_clause(operator, *values))

    assert (found is None) == passes


@pytest.mark.parametrize(
    "operator",
    [
        "includes",
        "starts-with",
        "ends-with",
        "regex-match",
        "not-regex-match",
        "greater-than",
        "greater-than-or-equals",
        "bit-set",
        "bit-not-set",
    ],
)
def test_nothing_holds_for_an_empty_attribute(operator: str) -> None:
    assert refused({}, a_clause(operator, "1")) is Reason.OUT_OF_SCOPE


def test_a_negated_clause_holds_exactly_where_it_would_not() -> None:
    clause = a_clause("equals", "Oslo", negated=True)

    assert refused({"city": "Oslo"}, clause) is Reason.OUT_OF_SCOPE
    assert refused({"city": "Bergen"}, clause) is None
    assert refused({}, clause) is None


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize(
    ("operator", "value"),
    [("before", "2026-01-01"), ("after", "2026-01-01"), ("older-than", "9d"), ("newer-than", "9d")],
)
def test_what_is_no_date_puts_nobody_in_or_out(operator: str, value: str, negated: bool) -> None:  # noqa: FBT001
    clause = a_clause(operator, value, negated=negated)

    assert refused({"city": "31.12.2026"}, clause) is Reason.UNDECIDED


def test_a_clause_that_surely_fails_decides_whatever_cannot_be_told_of_others() -> None:
    unclear = a_clause("after", "2026-01-01")
    never = a_clause("equals", "DK", attribute="country")

    for clauses in ((unclear, never), (never, unclear)):
        assert refused({"city": "soon", "country": "SE"}, *clauses) is Reason.OUT_OF_SCOPE


def test_the_user_type_can_be_asked_for() -> None:
    clause = a_clause("equals", "Member", attribute="userType")

    assert refused({"userType": "Member"}, clause) is None
    assert refused({"userType": "Guest"}, clause) is Reason.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("operator", "held", "passes"),
    [
        ("member-of", ["staff"], True),
        ("member-of", ["temps"], False),
        ("not-member-of", ["temps"], True),
        ("not-member-of", ["staff", "temps"], False),
    ],
)
def test_groups_can_be_asked_for(operator: str, held: list[str], passes: bool) -> None:  # noqa: FBT001
    found = refused({MEMBERSHIPS: held}, a_clause(operator, "staff", "board", attribute=""))

    assert (found is None) == passes


def test_nobody_whose_groups_are_unknown_is_in_or_out() -> None:
    assert refused({}, a_clause("member-of", "staff", attribute="")) is Reason.UNDECIDED
    assert refused({}, a_clause("not-member-of", "staff", attribute="")) is Reason.UNDECIDED


def test_a_filter_that_passes_makes_up_for_one_that_cannot_be_decided() -> None:
    filters = (
        ScopingFilter(name="slow", clauses=(a_clause("regex-match", "(a|aa)+$"),)),
        ScopingFilter(name="plain", clauses=(a_clause("starts-with", "a"),)),
    )
    job = a_job(scope=Scope(groups=("everyone",), filters=filters))
    user = User(id=ADA, properties={"userPrincipalName": "a@x", "city": "a" * 50 + "b"})

    assert scope(job, user) is None
    assert scope(
        replace(job, link=replace(job.link, scope=replace(job.link.scope, filters=filters[:1]))),
        user,
    )


def test_nobody_is_deleted_because_a_filter_cannot_be_decided() -> None:
    pair = Pair()
    ada = pair.hire("ada", city="Oslo")
    run_pair(pair)
    slow = ScopingFilter(name="slow", clauses=(a_clause("regex-match", "(a|aa)+$"),))
    scoped = replace(pair.job.link.scope, filters=(slow,))
    pair.job = replace(pair.job, link=replace(pair.job.link, scope=scoped))
    pair.source.users[ada]["city"] = "a" * 50 + "b"

    plan = run_pair(pair)

    assert plan.totals == {}
    assert reasons(plan) == [Reason.UNDECIDED]
