"""What trials find a link to make of people."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from reconcile.model.links import (
    AttributeMapping,
    Clause,
    Computed,
    Constant,
    Link,
    Scope,
    ScopingFilter,
    When,
)
from reconcile.model.people import Written, described_user
from reconcile.model.trials import Expectation, Miss, Moment, Spot, Trial
from reconcile.model.users import Value
from reconcile.planning.trials import misses
from tests.strategies import a_link, direct

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPOT = Spot(file="a.yaml", line=7)


def expects(
    name: str, value: Value = None, *, moment: Moment = Moment.LATER, alone: bool = False
) -> Expectation:
    return Expectation(spot=SPOT, attribute=name, moment=moment, value=value, alone=alone)


def a_trial(*expectations: Expectation, **more: Any) -> Trial:
    person: dict[str, Written] = more.pop("person", {})
    chosen: dict[str, Any] = {"at": None, "in_scope": True, **more}
    groups = chosen.pop("groups", ())
    return Trial(
        name="Ada",
        links=(),
        user=described_user(person, groups),
        scope_spot=SPOT,
        expectations=expectations,
        **chosen,
    )


def missed(trial: Trial, link: Link) -> list[Miss]:
    return list(misses(trial, link, NOW))


def filtered(*clauses: Clause) -> Link:
    filters = (ScopingFilter(name="North", clauses=clauses),)
    return a_link(scope=Scope(everyone=True, filters=filters))


MAPPED = a_link(
    mappings=(
        direct("city"),
        direct("manager"),
        direct("telephoneNumber"),
        direct("extensionAttribute1", "accountEnabled"),
        AttributeMapping(target="userType", source=Constant(value="Member"), when=When.CREATION),
    )
)
ADA: dict[str, Written] = {"city": "Oslo", "manager": "boss", "telephoneNumber": "+1"}


@pytest.mark.parametrize(
    "one",
    [
        expects("city", "Oslo"),
        expects("city", "Oslo", moment=Moment.CREATED),
        expects("manager", "boss"),
        expects("telephoneNumber", "+1"),
        expects("extensionAttribute1", None),
        expects("state", None, moment=Moment.CREATED),
        expects("userType", "Member", moment=Moment.CREATED),
        expects("userType", alone=True),
        expects("state", alone=True),
    ],
)
def test_what_is_as_expected_is_not_told(one: Expectation) -> None:
    assert missed(a_trial(one, person=ADA), MAPPED) == []


@pytest.mark.parametrize(
    ("one", "expected", "found"),
    [
        (expects("city", "Rome"), '"Rome"', '"Oslo"'),
        (expects("city", None), "(nothing)", '"Oslo"'),
        (expects("city", alone=True), "(left alone)", '"Oslo"'),
        (expects("state", None), "(nothing)", "(left alone)"),
        (expects("userType", "Member"), '"Member"', "(left alone)"),
        (expects("extensionAttribute1", alone=True), "(left alone)", "(nothing)"),
        (expects("manager", "friend"), '"friend"', '"boss"'),
    ],
)
def test_what_is_otherwise_is_told(one: Expectation, expected: str, found: str) -> None:
    (miss,) = missed(a_trial(one, person=ADA), MAPPED)

    assert (miss.spot, miss.link, miss.attribute) == (SPOT, MAPPED.name, one.attribute)
    assert (miss.expected, miss.found) == (expected, found)


def test_a_value_that_its_attribute_cannot_take_is_told() -> None:
    one = expects("city", "x" * 200)

    (miss,) = missed(a_trial(one, person={"city": "x" * 200}), MAPPED)

    assert miss.found == "(unusable) city takes 128 characters, not 200."


def test_a_redacted_value_is_not_shown() -> None:
    source = Computed(expression="Redact([city])", attributes=("city",), redacted=True)
    link = a_link(mappings=(AttributeMapping(target="state", source=source),))

    (miss,) = missed(a_trial(expects("state", "Rome"), person=ADA), link)

    assert miss.found == "[Redact]"


def test_somebody_whom_no_filter_lets_pass_is_out_of_scope() -> None:
    link = filtered(Clause(attribute="country", operator="equals", values=("NO",)))
    trial = a_trial(expects("city", "never judged"), person={"country": "DE"})

    (miss,) = missed(trial, link)

    assert (miss.attribute, miss.expected) == (None, "in scope")
    assert miss.found == 'out of scope. No scoping filter lets this person pass: "North".'
    assert missed(dataclasses.replace(trial, in_scope=False), link) == []


def test_somebody_who_passes_is_not_out_of_scope() -> None:
    (miss,) = missed(a_trial(in_scope=False), filtered())

    assert (miss.expected, miss.found) == ("out of scope", "in scope")


def test_groups_are_those_that_are_told() -> None:
    link = filtered(Clause(attribute="", operator="member-of", values=("staff",)))

    assert missed(a_trial(groups=("staff",)), link) == []
    assert missed(a_trial(in_scope=False), link) == []


def test_rules_about_time_are_judged_by_the_time_that_is_told() -> None:
    link = filtered(Clause(attribute="createdDateTime", operator="newer-than", values=("30d",)))
    person: dict[str, Written] = {"createdDateTime": "2026-02-20T00:00:00Z"}

    assert missed(a_trial(person=person), link) == []
    late = a_trial(person=person, at=datetime(2026, 6, 1, tzinfo=UTC), in_scope=False)
    assert missed(late, link) == []
