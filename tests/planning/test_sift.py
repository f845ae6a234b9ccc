"""Sifting: pages in, changes out, and what a read of changes may not say."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from reconcile.model.jobs import Side
from reconcile.model.plans import Plan, Reason
from reconcile.model.reads import Agreement, Coverage, Import, RawUser, Sought
from reconcile.model.stamps import Stamp
from reconcile.model.tenants import ObjectId
from reconcile.planning.findings import Findings
from reconcile.planning.plan import plan_cycle
from reconcile.planning.sift import sift
from tests.fakes import FakeImport, FakeSource, FakeTarget
from tests.planning.rounds import reasons, run_pair
from tests.strategies import Pair


def read_source(pair: Pair, *people: ObjectId) -> FakeImport:
    """The source's listing, or only the changes of these people."""
    whole = asyncio.run(FakeSource(pair.source, pair.job).read())
    return _only(whole, people)


def read_target(pair: Pair, *users: ObjectId) -> FakeImport:
    return _only(asyncio.run(FakeTarget(pair.target, [pair.job]).read()), users)


def _only(whole: FakeImport, wanted: tuple[ObjectId, ...]) -> FakeImport:
    if not wanted:
        return whole
    rows = [[row for row in page if row.id in wanted] for page in whole.rows]
    return replace(whole, rows=rows, coverage=Coverage.CHANGES)


def sifted(pair: Pair, source: Import, target: Import) -> Findings:
    return sift(pair.job, source, target, pair.store.memory(pair.job))


def planned(pair: Pair, source: Import, target: Import) -> Plan:
    findings = sifted(pair, source, target)
    memory = pair.store.memory(pair.job)
    sought = findings.sought
    found = asyncio.run(FakeSource(pair.source, pair.job).look_up(sought))
    found |= asyncio.run(
        FakeTarget(pair.target, [pair.job]).look_up(
            Sought(addresses=sought.addresses, targets=sought.targets)
        )
    )
    return plan_cycle(pair.job, findings, found, memory, now=pair.clock.now())


def three_settled() -> tuple[Pair, list[ObjectId]]:
    pair = Pair()
    people = [pair.hire(f"person{number}") for number in range(3)]
    run_pair(pair), run_pair(pair)
    return pair, people


def test_unchanged_pairs_leave_nothing_behind() -> None:
    pair, _ = three_settled()

    findings = sifted(pair, read_source(pair), read_target(pair))

    assert findings == Findings(untouched=3)
    assert not findings.sought


def test_natural_guests_of_the_target_leave_nothing_behind() -> None:
    pair, _ = three_settled()
    pair.target.add_guest("friend@other.example")

    assert sifted(pair, read_source(pair), read_target(pair)).cases == ()


def test_a_read_of_changes_makes_nobody_absent() -> None:
    pair, people = three_settled()
    pair.source.edit(people[0], department="Law")

    findings = sifted(pair, read_source(pair, people[0]), read_target(pair, ObjectId("none")))

    assert [case.source for case in findings.cases] == [people[0]]
    assert findings.sought == Sought(targets=frozenset({pair.copy_of(people[0])}))
    assert planned(
        pair, read_source(pair, people[0]), read_target(pair, ObjectId("none"))
    ).totals == {"update": 1}


def test_a_target_change_is_judged_with_a_point_read_of_the_source() -> None:
    pair, people = three_settled()
    copy = pair.copy_of(people[0])
    pair.target.edit(copy, jobTitle="Painter")

    source, target = read_source(pair, ObjectId("none")), read_target(pair, copy)

    assert planned(pair, source, target).totals == {"update": 1}


def test_a_target_change_of_someone_who_left_is_no_word_of_their_leaving() -> None:
    pair, people = three_settled()
    copy = pair.copy_of(people[0])
    pair.target.edit(copy, jobTitle="Painter")
    pair.source.remove(people[0])

    plan = planned(pair, read_source(pair, ObjectId("none")), read_target(pair, copy))

    assert (plan.actions, reasons(plan)) == ((), [Reason.NOT_CONFIRMED])


def test_a_read_of_changes_may_name_who_was_deleted() -> None:
    pair, people = three_settled()
    pair.source.remove(people[0])
    changes = FakeImport(
        tenant=pair.job.source,
        taken_at=pair.clock.now(),
        coverage=Coverage.CHANGES,
        rows=[[RawUser(people[0], b"{}", deleted=True)]],
    )

    plan = planned(pair, changes, read_target(pair))

    assert plan.totals == {"delete": 1}


def test_of_several_changes_the_last_one_wins() -> None:
    pair, people = three_settled()
    before = read_source(pair, people[0])
    pair.source.edit(people[0], department="Law")
    after = read_source(pair, people[0])
    target = read_target(pair)

    undone = replace(after, rows=[*after.rows, *before.rows])
    kept = replace(after, rows=[*before.rows, *after.rows])

    assert sifted(pair, undone, target).cases == ()
    assert len(sifted(pair, kept, target).cases) == 1


def test_of_several_changes_of_a_target_user_the_last_one_wins() -> None:
    pair, people = three_settled()
    stranger = pair.target.add_guest("x@contoso.example")
    plain = read_target(pair, stranger)
    pair.target.write_stamp(stranger, Stamp(pair.job.source, people[0]))
    stamped = read_target(pair, stranger)
    source = read_source(pair)

    lost = replace(plain, rows=[*stamped.rows, *plain.rows])
    won = replace(plain, rows=[*plain.rows, *stamped.rows])

    assert sifted(pair, source, lost).skips == ()
    assert [one.target for one in sifted(pair, source, won).skips] == [stranger]


def test_a_pair_that_changed_and_changed_back_is_unchanged() -> None:
    pair, people = three_settled()
    copy = pair.copy_of(people[0])
    before = read_target(pair, copy)
    pair.target.edit(copy, jobTitle="Painter")
    after = read_target(pair, copy)

    back = replace(after, rows=[*after.rows, *before.rows])

    assert sifted(pair, read_source(pair), back).cases == ()


def test_a_stamp_in_a_read_of_changes_says_nothing_about_who_was_not_read() -> None:
    pair, people = three_settled()
    copy = pair.copy_of(people[0])
    pair.store.memory(pair.job).pairs.pop(people[0])

    findings = sifted(pair, read_source(pair, people[1]), read_target(pair, copy))

    assert findings.cases == ()


def test_live_and_deleted_in_one_read_is_deleted() -> None:
    pair, people = three_settled()
    copy = pair.copy_of(people[0])
    live = read_target(pair)
    pair.target.remove(copy)
    binned = read_target(pair)

    first = replace(live, rows=[*live.rows, *binned.rows])
    second = replace(live, rows=[*binned.rows, *live.rows])

    for read in (first, second):
        plan = planned(pair, read_source(pair), read)
        assert (plan.actions, reasons(plan)) == ((), [Reason.DELETED_BY_TARGET])


def test_an_internal_account_with_our_stamp_is_reported_from_the_listing() -> None:
    pair, people = three_settled()
    account = pair.target.add("local")
    pair.target.write_stamp(account, Stamp(pair.job.source, people[0]))
    select = pair.job.select(Side.TARGET)
    raw = pair.target.raw(pair.target.users[account], select, None)
    read = read_target(pair)

    shown = replace(read, rows=[*read.rows, [RawUser(account, raw)]])
    binned = replace(read, rows=[*read.rows, [RawUser(account, raw, deleted=True)]])

    assert reasons(planned(pair, read_source(pair), shown)) == [Reason.STAMPED_INTERNAL]
    assert reasons(planned(pair, read_source(pair), binned)) == []


def test_a_look_up_that_answers_nothing_decides_nothing() -> None:
    pair, people = three_settled()
    memory = pair.store.memory(pair.job)
    memory.keep([Agreement(source=people[0], target=ObjectId("e" * 36))])

    findings = sifted(pair, read_source(pair), read_target(pair))
    plan = plan_cycle(
        pair.job,
        findings,
        asyncio.run(FakeSource(pair.source, pair.job).look_up(Sought())),
        memory,
        now=pair.clock.now(),
    )

    assert Reason.NOT_CONFIRMED in reasons(plan)
    assert plan.actions == ()
