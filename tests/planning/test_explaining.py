"""What is told of one person: clauses with what they saw, values with where they come from."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.model.actions import REDACTED
from reconcile.model.explanations import Explanation, Standing, Traced, Treatment
from reconcile.model.links import (
    AttributeMapping,
    Clause,
    Computed,
    Constant,
    Drift,
    DriftRule,
    Nulls,
    Scope,
    ScopingFilter,
    Unmapped,
    When,
)
from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import Leaver, Step
from reconcile.model.tenants import ObjectId
from reconcile.model.users import User
from reconcile.planning.explaining import Evidence, Part, explain
from reconcile.planning.tracing import Role, trace
from tests.strategies import a_job, direct

ADA = ObjectId("a" * 36)


def a_user(**properties: Any) -> User:
    named = {"id": ADA, "mail": "ada@contoso.example", "userPrincipalName": "ada@contoso.example"}
    return User(id=ADA, properties={**named, **properties})


def traced(
    mapping: AttributeMapping, user: User, *, seen: dict[str, Any] | None = None, **link: Any
) -> Traced:
    """The only mapping of a link, for somebody about whom there is no action."""
    target = User(id=ObjectId("b" * 36), properties=seen) if seen is not None else None
    role = Role(seen=target, action=None, creating=target is None, acts=True)
    (found,) = trace(a_job(mappings=(mapping,), **link), user, role)
    return found


def explained(*filters: ScopingFilter, **properties: Any) -> Explanation:
    job = a_job(scope=Scope(groups=("everyone",), filters=filters))
    evidence = Evidence(person=ADA, user=a_user(**properties), listed=True)
    return explain(job, evidence, None, None)


def a_filter(*clauses: Clause) -> ScopingFilter:
    return ScopingFilter(name="one", clauses=clauses)


def test_each_clause_tells_whether_it_holds_and_what_it_saw() -> None:
    found = explained(
        a_filter(
            Clause(attribute="department", operator="in", values=("Sales",)),
            Clause(attribute="jobTitle", operator="is-not-null"),
        ),
        department="Sales",
    )

    (tried,) = found.scope.filters
    assert [(one.holds, one.seen) for one in tried.clauses] == [(True, "Sales"), (False, None)]
    assert (found.scope.standing, found.scope.reason) == (Standing.OUT, Reason.OUT_OF_SCOPE)


def test_a_clause_that_cannot_be_told_keeps_somebody_unclear() -> None:
    found = explained(a_filter(Clause(attribute="", operator="member-of", values=("staff",))))

    assert [one.holds for one in found.scope.filters[0].clauses] == [None]
    assert found.scope.standing is Standing.UNCLEAR


def test_a_clause_about_what_a_redaction_reads_does_not_show_it() -> None:
    asks = Clause(attribute="jobTitle", operator="starts-with", values=("secret",))
    hidden = Computed(expression="Redact([jobTitle])", attributes=("jobTitle",), redacted=True)
    job = a_job(
        scope=Scope(groups=("everyone",), filters=(a_filter(asks),)),
        mappings=(AttributeMapping(target="department", source=hidden),),
    )
    evidence = Evidence(person=ADA, user=a_user(jobTitle="secret agent"), listed=True)

    found = explain(job, evidence, None, None)

    (clause,) = found.scope.filters[0].clauses
    assert (clause.holds, clause.seen) == (True, REDACTED)


def test_whoever_is_not_listed_and_not_assigned_is_told_what_assigns() -> None:
    answer = Leaver(user=a_user(), assigned=False)
    evidence = Evidence(person=ADA, user=a_user(), listed=False, answer=answer)

    found = explain(a_job(), evidence, None, None)

    assert found.scope.detail == (
        "Not assigned. The link assigns group everyone. Only direct members count."
    )


def test_an_id_that_nobody_has_is_not_known() -> None:
    found = explain(a_job(), Evidence(person=ADA, listed=False), None, None)

    assert (found.known, found.verb) == (False, "none")


@pytest.mark.parametrize(
    ("mapping", "link", "treatment", "why"),
    [
        (direct("department"), {}, Treatment.SAME, ""),
        (direct("department"), {"nulls": Nulls.KEEP}, Treatment.LEFT_ALONE, "keeps what"),
        (direct("displayName"), {}, Treatment.LEFT_ALONE, "lets nobody clear"),
        (direct("department", default="None"), {}, Treatment.LEFT_ALONE, "at creation only"),
        (
            AttributeMapping(target="jobTitle", source=Constant(value="x"), when=When.CREATION),
            {},
            Treatment.LEFT_ALONE,
            "mapped at creation only",
        ),
        (
            AttributeMapping(target="jobTitle", source=Unmapped()),
            {},
            Treatment.LEFT_ALONE,
            "the target keeps what it has",
        ),
        (
            AttributeMapping(target="employeeId", source=Constant(value="9" * 17)),
            {},
            Treatment.INVALID,
            "employeeId takes 16 characters, not 17.",
        ),
        (
            AttributeMapping(
                target="jobTitle", source=Computed(expression='IgnoreFlowIfNullOrEmpty("")')
            ),
            {},
            Treatment.DROPPED,
            "nothing is written",
        ),
        (
            AttributeMapping(target="city", source=Constant(value="Aarhus")),
            {"drift": Drift(default=DriftRule.REPORT)},
            Treatment.LEFT_ALONE,
            "the link's rule is `report`",
        ),
    ],
)
def test_what_is_not_written_says_why(
    mapping: AttributeMapping, link: dict[str, Any], treatment: Treatment, why: str
) -> None:
    found = traced(mapping, a_user(), seen={"id": "b" * 36, "city": "Odense"}, **link)

    assert found.treatment is treatment
    assert why in found.why


def test_a_value_tells_what_it_was_made_of() -> None:
    joined = Computed(
        expression='Join(" ", [givenName], [surname])', attributes=("givenName", "surname")
    )

    found = traced(
        AttributeMapping(target="displayName", source=joined),
        a_user(givenName="Ada", surname="Lovelace"),
    )

    assert found.value == "Ada Lovelace"
    assert found.sources == (("givenName", "Ada"), ("surname", "Lovelace"))


def test_what_an_expression_redacts_is_shown_nowhere() -> None:
    hidden = Computed(expression="Redact([jobTitle])", attributes=("jobTitle",), redacted=True)
    mappings = (
        AttributeMapping(target="department", source=hidden),
        direct("jobTitle"),
    )
    role = Role(seen=None, action=None, creating=True, acts=True)
    user = a_user(jobTitle="secret agent")

    found = trace(a_job(mappings=mappings), user, role)

    assert all(one.hidden for one in found)
    assert "secret agent" not in repr(found)


def test_neither_what_the_target_holds_nor_why_it_is_invalid_tells_what_is_hidden() -> None:
    source = Computed(expression="Redact([jobTitle])", attributes=("jobTitle",), redacted=True)
    mapping = AttributeMapping(target="userType", source=source)

    found = traced(mapping, a_user(jobTitle="secret agent"), seen={"id": "b" * 36, "userType": "M"})

    assert (found.treatment, found.held) == (Treatment.INVALID, REDACTED)
    assert found.why == "userType is not what Graph takes; its value is redacted."


def test_where_nobody_acts_what_differs_waits() -> None:
    job = a_job(mappings=(direct("department"),))
    user = a_user(department="Sales")
    invalid = Skip(
        source=ADA, name="ada", step=Step.PROCESSING, reason=Reason.INVALID_VALUE, waits=True
    )
    evidence = Evidence(person=ADA, user=user, listed=True)
    (held,) = explain(job, evidence, None, None).attributes
    (judged,) = explain(job, evidence, Part(skips=(invalid,)), None).attributes

    assert held.treatment is Treatment.WAITING
    assert judged.treatment is not Treatment.WAITING
