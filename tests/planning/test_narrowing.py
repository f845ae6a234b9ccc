"""A plan for a few people: theirs is done and remembered, all others wait as they were."""

from __future__ import annotations

from dataclasses import replace

from reconcile.model.actions import Reference
from reconcile.model.plans import Plan, Reason
from reconcile.model.reads import Agreement
from reconcile.planning.narrowing import narrow
from tests.report.samples import a_change, a_create, a_delete, a_person, a_plan, a_skip, an_update

ADA, BOB = a_person("ada").source, a_person("bob").source


def of_both() -> Plan:
    """Something of each kind about two people."""
    return a_plan(
        a_delete("bob"),
        an_update("ada", a_change("city", "Oslo", "Bergen")),
        skips=tuple(
            replace(a_skip(name, Reason.DRIFT_REPORTED), source=a_person(name).source)
            for name in ("ada", "bob")
        ),
        settled=tuple(Agreement(source=one, target=one, wanted=b"") for one in (ADA, BOB)),
        forgotten=(ADA, BOB),
    )


def test_nothing_of_others_is_done_or_remembered() -> None:
    plan = of_both()

    narrowed = narrow(plan, frozenset({ADA}))

    assert [one.person.source for one in narrowed.actions] == [ADA]
    assert [one.source for one in narrowed.skips] == [ADA]
    assert [one.source for one in narrowed.settled] == [ADA]
    assert narrowed.forgotten == (ADA,)


def test_what_is_done_with_others_counts_and_claims_as_before() -> None:
    plan = of_both()

    narrowed = narrow(plan, frozenset({ADA}))

    assert narrowed.totals == plan.totals
    assert {*narrowed.actions, *narrowed.later} == {*plan.actions}
    assert narrowed.deferred == 1


def test_the_fingerprint_does_not_change_with_others() -> None:
    fewer = replace(of_both(), actions=of_both().actions[1:])

    one, other = narrow(of_both(), frozenset({ADA})), narrow(fewer, frozenset({ADA}))

    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != narrow(of_both(), frozenset({ADA, BOB})).fingerprint


def test_a_manager_who_is_created_with_them_is_written_with_them() -> None:
    reports = an_update("ada", a_change("manager", None, Reference(source=BOB)))
    plan = replace(of_both(), actions=(a_create("bob"), reports))

    alone, both = narrow(plan, frozenset({ADA})), narrow(plan, frozenset({ADA, BOB}))

    assert (alone.actions, both.actions) == ((), plan.actions)
