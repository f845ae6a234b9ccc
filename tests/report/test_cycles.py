"""What a cycle that ran says: what was done, what failed and what waits."""

from __future__ import annotations

from syrupy.assertion import SnapshotAssertion

from reconcile.model.cycles import Result
from reconcile.report.checks import Checked, checks_text
from reconcile.report.cycles import closing_line, cycle_text
from reconcile.report.plans import Detail
from tests.report.samples import (
    a_create,
    a_cycle,
    a_delete,
    a_plan,
    a_week,
    an_outcome,
    too_many,
)


def test_an_applied_cycle_reads_like_this(snapshot: SnapshotAssertion) -> None:
    first, second, third, *rest = a_week()
    outcomes = (
        an_outcome(
            first,
            Result.FAILED,
            code="Request_BadRequest",
            message="Invalid value specified for property 'country' of resource 'User'.",
            request_id="8f1c",
        ),
        an_outcome(second, Result.UNKNOWN, code="TransientError", message="No answer came."),
        an_outcome(third, Result.NOT_SENT),
        *map(an_outcome, rest),
    )
    cycle = a_cycle(a_plan(*a_week(), deferred=7), *outcomes, number=118, applied=True)

    assert cycle_text(cycle, Detail()) == snapshot


def test_a_recorded_hold_names_the_cycle_to_allow(snapshot: SnapshotAssertion) -> None:
    cycle = a_cycle(a_plan(a_delete("john")), held=too_many(), number=118)

    assert cycle_text(cycle, Detail()) == snapshot


def test_a_cycle_that_failed_midway_does_not_claim_that_nothing_changed() -> None:
    create = a_create("ada")
    cycle = a_cycle(a_plan(create), an_outcome(create), held=too_many(), number=1, applied=True)

    assert "What was not sent waits" in cycle_text(cycle, Detail())


def test_the_closing_line_counts_over_all_links() -> None:
    create, delete = a_create("ada"), a_delete("john")
    done = a_cycle(a_plan(create), an_outcome(create), applied=True)
    failed = a_cycle(a_plan(delete), an_outcome(delete, Result.FAILED), applied=True)
    held = a_cycle(None, held=too_many())

    assert closing_line([done, failed, held]) == "Done: 1 created, 1 failed, 1 link held."


def test_a_quiet_run_says_so() -> None:
    assert closing_line([a_cycle(a_plan(), applied=True)]) == "Done: nothing to change."


def test_checks_read_like_this(snapshot: SnapshotAssertion) -> None:
    tenants = [
        Checked(subject="contoso", topic="credential", well=True, detail="App 1 gets a token."),
        Checked(
            subject="fabrikam",
            topic="permissions",
            well=False,
            detail="Not granted: User.Invite.All (to invite people). Grant and consent to them in "
            "the tenant.",
        ),
    ]
    links = [Checked(subject="contoso → fabrikam", topic="gate", well=True, detail="Open.")]

    assert checks_text(tenants, links) == snapshot
