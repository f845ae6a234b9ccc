"""Explanations as people read them: one snapshot of each part, and nothing is too wide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from inline_snapshot import snapshot

from reconcile.model.actions import REDACTED, Cause
from reconcile.model.cycles import Hold, HoldReason, Outcome, Result
from reconcile.model.explanations import (
    ClauseSeen,
    Explanation,
    FilterSeen,
    Matched,
    Scoped,
    Standing,
    Traced,
    Treatment,
    Way,
)
from reconcile.model.links import AttributeMapping, Clause, Computed, Direct
from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import Step
from reconcile.model.tenants import ObjectId
from reconcile.report.columns import width
from reconcile.report.explanations import explanation_text
from reconcile.report.provisioning import provision_members, provision_text, refusals
from reconcile.report.steps import Demanded, End, steps_of
from tests.report.samples import LINK, NOON, a_change, a_delete, an_update

ADA, COPY = ObjectId("0375d50a-1c1f-5337-9279-958b83ca902f"), ObjectId("1" * 36)
JOINED = Computed(
    expression='Join(" ", [givenName], [surname])', attributes=("givenName", "surname")
)
SALES = Clause(attribute="department", operator="in", values=("Sales", "Law"))
STAYS = Explanation(
    link=LINK,
    person=ADA,
    name="ada@contoso.com",
    known=True,
    scope=Scoped(
        standing=Standing.IN,
        assigned_by=("group employees",),
        filters=(
            FilterSeen(name="sales", clauses=(ClauseSeen(clause=SALES, holds=True, seen="Sales"),)),
        ),
    ),
    match=Matched(way=Way.PAIR, target=COPY, name="ada@contoso.com"),
    action=an_update("ada", a_change("jobTitle", "Engineer", "Lead")),
    attributes=(
        Traced(
            mapping=AttributeMapping(target="jobTitle", source=Direct(attribute="jobTitle")),
            treatment=Treatment.WRITTEN,
            sources=(("jobTitle", "Lead"),),
            value="Lead",
            held="Engineer",
            cause=Cause.SOURCE,
        ),
        Traced(
            mapping=AttributeMapping(target="displayName", source=JOINED),
            treatment=Treatment.SAME,
            sources=(("givenName", "Ada"), ("surname", "Lovelace " * 12)),
            value="Ada Lovelace",
        ),
        Traced(
            mapping=AttributeMapping(target="mobile", source=Direct(attribute="mobile")),
            treatment=Treatment.SAME,
            sources=(("mobile", REDACTED),),
            value=REDACTED,
            hidden=True,
        ),
    ),
)
OUTSIDE = Explanation(
    link=LINK,
    person=ADA,
    name="ada@contoso.com",
    known=True,
    scope=Scoped(
        standing=Standing.OUT,
        assigned_by=("group employees",),
        filters=(
            FilterSeen(name="sales", clauses=(ClauseSeen(clause=SALES, holds=False, seen=None),)),
        ),
        reason=Reason.OUT_OF_SCOPE,
        detail='No scoping filter lets this person pass: "sales".',
    ),
    skips=(
        Skip(
            source=ADA,
            name="ada@contoso.com",
            step=Step.SCOPING,
            reason=Reason.OUT_OF_SCOPE,
            detail='No scoping filter lets this person pass: "sales".',
        ),
    ),
)
HELD = Hold(reason=HoldReason.TOO_MANY_DELETES, detail="51 people would be deleted.")


def an_outcome(result: Result, **rest: Any) -> Outcome:
    assert STAYS.action is not None
    return Outcome(action=STAYS.action, result=result, target=COPY, at=NOON, **rest)


def test_somebody_in_scope_is_told_in_eighty_columns() -> None:
    text = explanation_text([STAYS])

    assert max(width(line) for line in text.splitlines()) <= 80
    assert text == snapshot("""\
contoso → fabrikam   ada@contoso.com
  Person      0375d50a-1c1f-5337-9279-958b83ca902f
  In scope    assigned by group employees
    filter    sales: passes
      holds  department in Sales, Law  sees Sales
  Matched     ada@contoso.com (111111111111111111111111111111111111) by the pair
              in state
  Next cycle  ~ update
    source  jobTitle  Engineer → Lead
  Attributes
    written  jobTitle     Lead
    same     displayName  Ada Lovelace
        expression Join(" ", [givenName], [surname]) of givenName Ada, surname
        Lovelace Lovelace Lovelace Lovelace Lovelace Lovelace Lovelace Lovelace
        Lovelace Lovelace Lovelace Lovelace .
    same     mobile       [Redact]\
""")


def test_somebody_out_of_scope_is_told_by_which_clause() -> None:
    assert explanation_text([OUTSIDE]) == snapshot("""\
contoso → fabrikam   ada@contoso.com
  Person      0375d50a-1c1f-5337-9279-958b83ca902f
  Out of it   No scoping filter lets this person pass: "sales".
              Assigned by group employees.
    filter    sales: does not pass
      fails  department in Sales, Law  sees (nothing)
  Matched     nobody in the target
  Next cycle  . nothing
              out of scope.\
""")


def test_a_held_link_says_so_of_everybody() -> None:
    text = explanation_text([replace(STAYS, held=HELD, attributes=())])

    assert text.splitlines()[-1] == snapshot(
        "  Held        51 people would be deleted. (TooManyDeletes)"
    )


def test_a_dry_run_tells_each_step() -> None:
    assert provision_text([Demanded(explanation=STAYS)]) == snapshot("""\
contoso → fabrikam   ada@contoso.com   planned
  1. import     success  ada@contoso.com of contoso.
  2. scoping    success  In scope.
       filter    sales: passes
         holds  department in Sales, Law  sees Sales
  3. matching   success  Matched ada@contoso.com
                         (111111111111111111111111111111111111) by the pair in
                         state.
  4. processing success  1 attribute differs.
  5. export     planned  Would update in fabrikam. Nothing was written: use
                         `--apply`.
     ~ update
       jobTitle  Engineer → Lead\
""")


def test_a_refused_write_fails_at_the_export_with_its_code() -> None:
    failed = an_outcome(Result.FAILED, code="Request_BadRequest", message="Graph refused it.")

    members = provision_members(Demanded(explanation=STAYS, outcomes=(failed,)))

    assert (members["end"], members["reason"]) == ("failed", "Request_BadRequest")
    assert members["steps"][-1] == {
        "type": "export",
        "status": "failure",
        "description": "Graph refused it.",
        "details": {"code": "Request_BadRequest", "id": COPY},
    }


def test_whoever_is_held_is_skipped_at_the_export_with_the_reason() -> None:
    one = Demanded(explanation=replace(STAYS, held=HELD))

    assert (one.end, one.reason) == (End.HELD, "TooManyDeletes")


def test_on_a_held_link_whoever_needs_nothing_is_redundant_all_the_same() -> None:
    assert Demanded(explanation=replace(STAYS, action=None, held=HELD)).end is End.REDUNDANT


def test_the_default_of_a_hidden_attribute_is_hidden() -> None:
    mapping = AttributeMapping(
        target="mobile", source=Direct(attribute="mobile"), default="+45 1234"
    )
    hidden = replace(STAYS.attributes[2], mapping=mapping)

    told = str(provision_members(Demanded(explanation=replace(STAYS, attributes=(hidden,)))))

    assert "+45 1234" not in told


def test_a_remark_about_somebody_who_needs_nothing_keeps_them_redundant() -> None:
    remark = Skip(source=ADA, name="ada", step=Step.PROCESSING, reason=Reason.DRIFT_REPORTED)
    one = Demanded(explanation=replace(STAYS, action=None, skips=(remark,)))

    assert (one.end, one.reason) == (End.REDUNDANT, "RedundantExport")


def test_a_refusal_names_the_clause() -> None:
    (sentence,) = refusals([Demanded(explanation=OUTSIDE)])

    assert sentence == (
        "contoso → fabrikam: ada@contoso.com: not in scope. No scoping filter lets this person "
        'pass: "sales". In "sales", `department in Sales, Law` fails, seeing (nothing).'
    )


def test_why_somebody_is_out_of_scope_is_said_once() -> None:
    unassigned = replace(
        OUTSIDE.scope,
        detail="Not assigned. The link assigns group employees. Only direct members count.",
    )

    text = provision_text([Demanded(explanation=replace(OUTSIDE, scope=unassigned, skips=()))])

    assert text == snapshot("""\
contoso → fabrikam   ada@contoso.com   skipped
  1. import     success  ada@contoso.com of contoso.
  2. scoping    skipped  Not assigned. The link assigns group employees. Only
                         direct members count.
       filter    sales: does not pass
         fails  department in Sales, Law  sees (nothing)\
""")


PAUSED = Hold(reason=HoldReason.PAUSED, detail="The topology says `paused: true`.")
UNJUDGED = replace(STAYS, action=None, attributes=(), judged=False, held=PAUSED)
MUTE = Scoped(standing=Standing.UNCLEAR, detail="contoso could not be asked.")


@pytest.mark.parametrize(
    ("scope", "ends_at", "why"),
    [
        (STAYS.scope, Step.MATCHING, "Nobody on this link was judged."),
        (OUTSIDE.scope, Step.SCOPING, OUTSIDE.scope.detail),
        (MUTE, Step.IMPORT, MUTE.detail),
    ],
)
def test_where_nobody_was_judged_no_later_step_is_told_as_done(
    scope: Scoped, ends_at: Step, why: str
) -> None:
    one = Demanded(explanation=replace(UNJUDGED, scope=scope))

    *before, last = steps_of(one)

    assert one.end is End.HELD
    assert {step.status for step in before} <= {"success"}
    assert (last.kind, last.status, last.details) == (ends_at, "skipped", {"SkipReason": "Paused"})
    assert last.description == f"{why} {PAUSED.detail}"


def test_of_a_leaver_no_attribute_is_told_to_be_alike() -> None:
    one = Demanded(explanation=replace(OUTSIDE, action=a_delete("ada"), skips=()))

    told = {step.kind: step.description for step in steps_of(one)}

    assert told[Step.PROCESSING] == "Leaves the target: no longer assigned."


def test_a_target_user_whose_name_nobody_read_is_told_by_id() -> None:
    match = Matched(way=Way.PAIR, target=COPY, name=COPY)

    text = explanation_text([replace(UNJUDGED, match=match)])

    assert f"Matched     {COPY} by the pair in state" in text
