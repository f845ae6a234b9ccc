"""What a round explains of people agrees with its plan; on demand it does their part of it."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from reconcile.engine.explaining import Explainer
from reconcile.engine.ports import Consent, Doors
from reconcile.engine.round import run_round
from reconcile.model.actions import Action, Delete, Reference, Restore, changes_of, verb
from reconcile.model.cycles import Cycle, Gate
from reconcile.model.explanations import Explanation, Standing, Treatment, Way
from reconcile.model.jobs import Job
from reconcile.model.links import Adopt
from reconcile.model.plans import Plan, Reason
from reconcile.model.tenants import ObjectId
from reconcile.planning.collisions import dispute
from reconcile.planning.plan import waits_for_manager
from tests.engine.arena import OPEN
from tests.engine.estates import everyone
from tests.fakes import FakeSource, FakeTarget
from tests.planning.events import worlds
from tests.planning.rounds import plan_pair
from tests.strategies import Pair, a_job

slow_worlds = settings(suppress_health_check=[HealthCheck.too_slow])

OUT = {Reason.EXTERNAL, Reason.OUT_OF_SCOPE}
WRITING = {Treatment.WRITTEN, Treatment.CLEARED}


def doors_of(pair: Pair) -> Doors:
    async def gate(_job: Job) -> Gate:
        return OPEN

    return Doors(
        sources={pair.job.name.slug: FakeSource(pair.source, pair.job)},
        target=FakeTarget(pair.target, [pair.job]),
        gate=gate,
        store=pair.store,
        clock=pair.clock,
        holder="test",
    )


def people_of(pair: Pair) -> list[ObjectId]:
    """Everybody of whom anything is known, and somebody of whom nothing is."""
    memory = pair.store.memory(pair.job)
    known = {*pair.source.users, *pair.source.bin, *memory.pairs, *memory.open, *memory.people}
    return [*sorted(known), ObjectId("9" * 36)]


def explained(pair: Pair) -> tuple[Plan, dict[ObjectId, Explanation]]:
    explainer = Explainer(people={pair.job.source: people_of(pair)})
    doing = run_round(pair.job.target, [pair.job], doors_of(pair), witness=explainer)
    (cycle,) = asyncio.run(doing)
    assert cycle.plan is not None
    return cycle.plan, {one.person: one for one in explainer.explanations[pair.job.name.slug]}


def provisioned(pair: Pair, person: ObjectId, consent: Consent | None = everyone) -> Cycle:
    doing = run_round(
        pair.job.target, [pair.job], doors_of(pair), consent=consent, only=frozenset({person})
    )
    (cycle,) = asyncio.run(doing)
    return cycle


def action_on(plan: Plan, person: ObjectId) -> Action | None:
    return next((one for one in plan.actions if one.person.source == person), None)


def planned_by_round(pair: Pair) -> Plan:
    """The plan of a round, in which two people with one target user are in dispute."""
    (plan,) = dispute([plan_pair(pair)], [pair.job])
    return plan


@slow_worlds
@given(pair=worlds())
def test_everybody_is_explained_with_the_action_and_the_skips_of_the_plan(pair: Pair) -> None:
    expected = planned_by_round(pair)

    plan, found = explained(pair)

    assert plan == expected
    for person, one in found.items():
        assert one.action == action_on(plan, person)
        assert list(one.skips) == [skip for skip in plan.skips if skip.source == person]
        assert one.settled == any(pair.source == person for pair in plan.settled)
        assert one.forgotten == (person in plan.forgotten)


@slow_worlds
@given(pair=worlds())
def test_whoever_is_in_scope_by_the_explanation_is_in_scope_by_the_plan(pair: Pair) -> None:
    plan, found = explained(pair)

    inside = {one.person for one in found.values() if one.scope.standing is Standing.IN}
    pushed = {one.person.source for one in plan.actions if verb(one) not in {"delete", "release"}}
    assert len(inside) == plan.in_scope
    assert pushed <= inside
    assert inside.isdisjoint(pushed ^ {one.person.source for one in plan.actions})


@slow_worlds
@given(pair=worlds())
def test_whoever_is_out_is_out_by_the_reason_and_the_clause_of_the_plan(pair: Pair) -> None:
    plan, found = explained(pair)

    for skip in plan.skips:
        if skip.reason in OUT and skip.source is not None:
            scope = found[skip.source].scope
            assert (scope.standing, scope.reason) == (Standing.OUT, skip.reason)
            assert scope.detail == skip.detail
    for one in found.values():
        if one.scope.standing is Standing.IN and one.scope.filters:
            assert any(tried.passes for tried in one.scope.filters)
        if one.scope.reason is Reason.OUT_OF_SCOPE:
            assert not one.scope.filters or not (
                "filter" in one.scope.detail and any(tried.passes for tried in one.scope.filters)
            )


@slow_worlds
@given(pair=worlds())
def test_the_attributes_that_are_written_are_those_of_the_plan(pair: Pair) -> None:
    plan, found = explained(pair)

    for one in found.values():
        writing = {a.mapping.target: a for a in one.attributes if a.treatment in WRITING}
        changes = (
            {change.attribute: change for change in changes_of(one.action)} if one.action else {}
        )
        assert writing.keys() == changes.keys()
        for name, change in changes.items():
            assert writing[name].cause is change.cause
            if not writing[name].hidden and not isinstance(change.new, Reference):
                assert change.new is None or writing[name].value == change.new
    assert plan.totals is not None


@slow_worlds
@given(pair=worlds())
def test_nothing_is_written_by_explaining(pair: Pair) -> None:
    before = _memory(pair)
    writes = pair.target.writes

    explained(pair)

    assert (_memory(pair), pair.target.writes) == (before, writes)


@slow_worlds
@given(pair=worlds(), data=st.data())
def test_on_demand_exactly_the_planned_action_of_one_person_is_done(
    pair: Pair, data: st.DataObject
) -> None:
    plan = planned_by_round(pair)
    planned = [one.person.source for one in plan.actions]
    person = data.draw(st.sampled_from(planned + people_of(pair)[-2:]))
    note(f"on demand: {person}")

    cycle = provisioned(pair, person)

    action = action_on(plan, person)
    idle = action is None or waits_for_manager(action)
    assert [one.action for one in cycle.outcomes] == ([] if idle or cycle.held else [action])


@slow_worlds
@given(pair=worlds(), data=st.data())
def test_on_demand_nobody_else_is_touched_or_remembered_otherwise(
    pair: Pair, data: st.DataObject
) -> None:
    plan = planned_by_round(pair)
    person = data.draw(
        st.sampled_from([one.person.source for one in plan.actions] + people_of(pair))
    )
    action = action_on(plan, person)
    taken = action.person.target if action else None
    remembered, users = _memory(pair, but=person), _users(pair, but=taken)

    cycle = provisioned(pair, person)

    new = {one.target for one in cycle.outcomes}
    if cycle.held is not None:
        assert cycle.number == 0
    assert {
        user: record for user, record in _users(pair, but=taken).items() if user not in new
    } == {user: record for user, record in users.items() if user not in new}
    after = _memory(pair, but=person)
    lost = {one for one, kept in remembered["pairs"].items() if kept.target in new}
    assert {**after, "pairs": {**after["pairs"]}} == {
        **remembered,
        "pairs": {one: kept for one, kept in remembered["pairs"].items() if one not in lost},
    }


@slow_worlds
@given(pair=worlds(), data=st.data())
def test_on_demand_dry_run_writes_nothing(pair: Pair, data: st.DataObject) -> None:
    person = data.draw(st.sampled_from(people_of(pair)))
    before = (_memory(pair), pair.target.writes)

    provisioned(pair, person, consent=None)

    assert (_memory(pair), pair.target.writes) == before


def test_on_demand_a_removal_counts_with_all_others_for_the_guard() -> None:
    pair = Pair()
    people = [pair.hire(f"person{number}") for number in range(12)]
    provisioned(pair, people[0])
    asyncio.run(run_round(pair.job.target, [pair.job], doors_of(pair), consent=everyone))
    for person in people[:6]:
        pair.source.remove(person)

    cycle = provisioned(pair, people[0])

    assert cycle.plan is not None
    assert [type(one) for one in cycle.plan.actions] == [Delete]
    assert (cycle.held is not None, cycle.outcomes, cycle.number) == (True, (), 0)


def test_on_demand_whom_we_deleted_is_restored() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    provisioned(pair, ada)
    copy = pair.copy_of(ada)
    pair.source.remove(ada)
    provisioned(pair, ada)
    pair.source.restore(ada)

    cycle = provisioned(pair, ada)

    assert [type(one.action) for one in cycle.outcomes] == [Restore]
    assert copy in pair.target.users


def test_after_people_on_demand_the_next_cycle_does_the_rest() -> None:
    pair = Pair()
    people = [pair.hire(f"person{number}") for number in range(3)]
    pair.source.set_manager(people[0], people[1])
    provisioned(pair, people[0])

    for _ in range(2):
        asyncio.run(run_round(pair.job.target, [pair.job], doors_of(pair), consent=everyone))

    assert planned_by_round(pair).actions == ()
    assert pair.target.managers == {pair.copy_of(people[0]): pair.copy_of(people[1])}


def test_a_match_tells_how_it_was_found() -> None:
    pair = Pair(job=a_job(adopt=Adopt.AUTO))
    adopted, paired, stamped, alone = (pair.hire(name) for name in ("ada", "bob", "cyd", "dee"))
    pair.target.add_guest("ada@contoso.example")
    provisioned(pair, paired), provisioned(pair, stamped)
    del pair.store.memory(pair.job).pairs[stamped]

    _, found = explained(pair)

    match = found[adopted].match
    assert match is not None
    assert (match.way, match.by) == (Way.ATTRIBUTE, ("mail",))
    assert [one.match.way for one in (found[paired], found[stamped]) if one.match] == [
        Way.PAIR,
        Way.STAMP,
    ]
    assert (found[alone].match, found[alone].verb) == (None, "create")


def test_on_demand_whoever_only_waits_for_a_manager_waits_on() -> None:
    pair = Pair()
    boss, person = pair.hire("boss"), pair.hire("person")
    pair.source.set_manager(person, boss)
    provisioned(pair, person)

    again = provisioned(pair, person)

    assert (again.outcomes, planned_by_round(pair).totals) == ((), {"create": 1, "update": 1})


def _memory(pair: Pair, but: ObjectId | None = None) -> dict[str, Any]:
    """What is remembered of everybody, or of everybody but one."""
    memory = pair.store.memory(pair.job)
    return {
        # Any applied cycle ends the time before the first, and strictness after a loss is told.
        "fingerprint": memory.fingerprint or pair.job.fingerprint,
        "rebuilt": memory.rebuilt if but is None else None,
        "pairs": {one: kept for one, kept in memory.pairs.items() if one != but},
        "people": {one: kept for one, kept in memory.people.items() if one != but},
        "open": {one: kept for one, kept in memory.open.items() if one != but},
    }


def _users(pair: Pair, but: ObjectId | None) -> dict[ObjectId, Any]:
    """Every target user but one, live and deleted."""
    users = {**pair.target.users, **pair.target.bin}
    return {user: deepcopy(record) for user, record in users.items() if user != but}
