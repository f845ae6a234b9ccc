"""What is doubtful stays: strangers with stamps, marks that differ, values that do not fit."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from reconcile.model.actions import Create, Disable, Release, Update
from reconcile.model.links import AttributeMapping, Computed, Drift, DriftRule
from reconcile.model.plans import Plan, Reason
from reconcile.model.reads import Coverage, Intent
from reconcile.model.stamps import Mark, Stamp, mark_text, parse_mark
from reconcile.model.tenants import ObjectId
from reconcile.planning.collisions import dispute
from reconcile.planning.plan import plan_cycle
from reconcile.planning.sift import sift
from tests.fakes import FakeSource, FakeTarget
from tests.planning.rounds import only_skip, plan_pair, reasons, run_pair, verbs
from tests.strategies import Pair, a_job, direct

STRANGER = ObjectId("9" * 36)


def a_pair(**rest: object) -> tuple[Pair, ObjectId]:
    pair = Pair(**rest)  # type: ignore[arg-type]
    ada = pair.hire("ada")
    run_pair(pair), run_pair(pair)
    return pair, ada


def test_the_targets_block_stands_where_an_enable_was_not_recorded() -> None:
    pair, ada = a_pair()
    pair.source.edit(ada, accountEnabled=False)
    run_pair(pair)
    pair.source.edit(ada, accountEnabled=True)
    pair.target.unanswered = 1
    run_pair(pair)
    pair.target.edit(pair.copy_of(ada), accountEnabled=False)

    assert only_skip(plan_pair(pair)).reason is Reason.BLOCKED_BY_TARGET


@pytest.mark.parametrize("text", ["", "created", "2;created", "1;made", "1;adopted", "1"])
def test_a_mark_that_does_not_say_that_we_created_reads_as_adopted(text: str) -> None:
    assert Mark.ADOPTED in parse_mark(text)


@pytest.mark.parametrize("mark", [Mark.NONE, Mark.BLOCKED, Mark.ADOPTED | Mark.DELETED])
def test_a_mark_that_we_wrote_is_read_again(mark: Mark) -> None:
    assert parse_mark(mark_text(mark)) == mark


def test_a_user_whose_mark_was_lost_is_released_and_not_deleted() -> None:
    pair, ada = a_pair()
    pair.target.edit(pair.copy_of(ada), **{pair.target.carrier.mark_property: None})
    pair.source.remove(ada)

    (action,) = plan_pair(pair).actions

    assert isinstance(action, Release)


def test_a_stamped_stranger_is_not_deleted_before_a_person_says_so() -> None:
    pair = Pair()
    stranger = pair.target.add_guest("somebody@elsewhere.example")
    pair.target.write_stamp(stranger, Stamp(pair.job.source, STRANGER))

    skip = only_skip(run_pair(pair))
    pair.store.release(pair.job, STRANGER)

    assert (skip.reason, skip.target, skip.waits) == (Reason.DISPUTED_MATCH, stranger, True)
    assert verbs(plan_pair(pair)) == {"delete": 1}


def test_whom_the_target_restored_after_our_delete_stays() -> None:
    pair, ada = a_pair()
    copy = pair.copy_of(ada)
    pair.source.remove(ada)
    run_pair(pair)
    pair.target.restore(copy)

    skip = only_skip(plan_pair(pair))

    assert (skip.reason, skip.target, skip.waits) == (Reason.DISPUTED_MATCH, copy, True)


def test_a_stamp_on_a_source_person_takes_nothing_away() -> None:
    pair, ada = a_pair()
    pair.source.write_stamp(ada, Stamp(pair.job.target, STRANGER))

    skip = only_skip(run_pair(pair))

    assert (skip.reason, skip.waits) == (Reason.STAMPED_INTERNAL, True)
    assert only_skip(plan_pair(pair)) == skip


def plan_changes(pair: Pair) -> Plan:
    """The plan of a read of the source that tells only changes, of which there are none."""
    source, target = FakeSource(pair.source, pair.job), FakeTarget(pair.target, [pair.job])
    memory = pair.store.memory(pair.job)
    read = replace(asyncio.run(source.read()), rows=(), coverage=Coverage.CHANGES)
    findings = sift(pair.job, read, asyncio.run(target.read()), memory)
    found = asyncio.run(source.look_up(findings.sought))
    found |= asyncio.run(target.look_up(replace(findings.sought, leavers=frozenset())))
    return plan_cycle(pair.job, findings, found, memory, now=pair.clock.now())


@pytest.mark.parametrize("stamped", [True, False])
def test_a_stamped_source_person_who_is_only_looked_up_is_not_pushed(*, stamped: bool) -> None:
    pair = Pair()
    ada = pair.hire("ada")
    address = "ada@contoso.example"
    pair.store.memory(pair.job).open[ada] = Intent(source=ada, address=address, at=pair.clock.now())
    if stamped:
        pair.source.write_stamp(ada, Stamp(pair.job.target, STRANGER))

    plan = plan_changes(pair)

    assert verbs(plan) == ({} if stamped else {"create": 1})


def test_a_value_that_does_not_fit_keeps_nothing_else_back() -> None:
    pair, ada = a_pair()
    pair.source.edit(ada, employeeId="1" * 17, accountEnabled=False, department="Law")

    plan, quiet = run_pair(pair), run_pair(pair)

    assert isinstance(plan.actions[0], Disable)
    assert pair.seen(ada)["department"] == "Law"
    assert pair.seen(ada).get("employeeId") is None
    assert [skip.waits for skip in plan.skips] == [False]
    assert only_skip(quiet).detail.startswith("employeeId takes 16 characters, not 17.")
    assert only_skip(quiet).waits
    assert only_skip(plan_pair(pair)) == only_skip(quiet)


def test_a_newcomer_with_a_value_that_does_not_fit_comes_without_it() -> None:
    pair = Pair()
    ada = pair.hire("ada", employeeId="1" * 17)

    plan = run_pair(pair)

    assert reasons(plan) == [Reason.INVALID_VALUE]
    assert pair.seen(ada).get("employeeId") is None


def test_another_failure_does_not_put_off_a_block() -> None:
    pair, ada = a_pair()
    pair.target.add("local", mail="taken@contoso.example")
    pair.source.edit(ada, mail="taken@contoso.example")
    for _ in range(3):
        run_pair(pair)
    assert reasons(plan_pair(pair)) == [Reason.ESCROWED]
    pair.source.edit(ada, accountEnabled=False)

    run_pair(pair)

    assert pair.seen(ada)["accountEnabled"] is False
    assert reasons(plan_pair(pair)) == [Reason.ESCROWED]


def test_people_who_only_wait_for_their_manager_do_not_fill_the_window() -> None:
    pair = Pair()
    people = [pair.hire(f"person{number}") for number in range(4)]
    run_pair(pair), run_pair(pair)
    boss = pair.hire("boss")
    for person in people:
        pair.source.set_manager(person, boss)

    first, second = run_pair(pair, limit=2), run_pair(pair)

    assert [type(action) for action in first.actions] == [Create, Update]
    assert (verbs(second), second.completing) == ({"update": 3}, 3)
    assert len(pair.target.managers) == 4


def test_a_constant_flag_that_is_not_answered_did_not_drift() -> None:
    pair, ada = a_pair(job=a_job(drift=Drift(default=DriftRule.REPORT)))
    pair.target.edit(pair.copy_of(ada), showInAddressList=None)

    unread = plan_pair(pair)
    pair.target.edit(pair.copy_of(ada), showInAddressList=False)

    assert (unread.actions, unread.skips) == ((), ())
    assert reasons(plan_pair(pair)) == [Reason.DRIFT_REPORTED]


def test_an_address_list_flag_that_is_computed_and_not_answered_is_written_once() -> None:
    shown = AttributeMapping(
        target="showInAddressList",
        source=Computed(expression='Not("False")'),
    )
    pair, ada = a_pair(job=a_job(mappings=(direct("mail"), shown)))
    pair.target.edit(pair.copy_of(ada), showInAddressList=None)

    assert run_pair(pair).actions == ()


def test_deferred_actions_claim_too() -> None:
    pair, ada = a_pair()
    bob = pair.hire("bob")
    pair.source.remove(ada)
    near, far = plan_pair(pair), plan_pair(pair, limit=0)
    rival = a_job("tailspin")
    claims = replace(far, link=rival.name, source=rival.source)

    (kept, _) = dispute([near, claims], [pair.job, rival])

    assert {one.person.source for one in far.later} == {ada, bob}
    assert kept.actions == ()


def test_a_fingerprint_tells_what_the_stamp_becomes() -> None:
    pair, ada = a_pair()
    pair.source.edit(ada, department="Law")
    plan = plan_pair(pair)
    (update,) = plan.actions
    assert isinstance(update, Update)

    restamped = replace(plan, actions=(replace(update, restamp=True),))
    marked = replace(
        plan, actions=(replace(update, terms=replace(update.terms, mark=Mark.BLOCKED)),)
    )

    assert len({one.fingerprint for one in (plan, restamped, marked)}) == 3
