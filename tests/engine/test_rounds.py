from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from reconcile.errors import LeaseHeldError, StalePlanError
from reconcile.model.cycles import Health, Hold, HoldReason, Result
from reconcile.model.links import Limit, Thresholds
from reconcile.model.plans import Plan, Reason
from tests.engine.arena import Arena
from tests.engine.estates import everyone

STRICT = Thresholds(deletes=Limit(count=1), updates=Limit(count=1))


def nobody(plans: Sequence[tuple[Plan, Hold | None]]) -> frozenset[str]:
    return frozenset()


def test_an_unreadable_source_holds_its_own_link_only() -> None:
    arena = Arena(["contoso", "tailspin"])
    stays = arena.hire("ada")
    arena.round()
    arena.unassign(stays)
    newcomer = arena.hire("alan", "tailspin")
    arena.troubles["contoso"].unreadable = True

    cycles = arena.round()

    assert cycles["contoso"].held is not None
    assert cycles["contoso"].held.reason is HoldReason.UNREADABLE
    assert set(arena.copies("contoso")) == {stays}
    assert set(arena.copies("tailspin")) == {newcomer}


@pytest.mark.parametrize("trouble", ["unreadable", "unanswering"])
def test_a_target_that_cannot_be_read_holds_every_link(trouble: str) -> None:
    arena = Arena(["contoso", "tailspin"])
    arena.hire("ada")
    arena.hire("alan", "tailspin")
    setattr(arena.troubles["fabrikam"], trouble, True)

    cycles = arena.round()

    assert [cycle.held.reason for cycle in cycles.values() if cycle.held] == [
        HoldReason.UNREADABLE,
        HoldReason.UNREADABLE,
    ]
    assert arena.target.users == {}


def test_a_leaver_whom_nobody_can_look_up_stays() -> None:
    arena = Arena()
    leaver, _ = arena.hire("ada"), arena.hire("alan")
    arena.cycle()
    arena.unassign(leaver)
    arena.troubles["contoso"].unanswering = True

    cycle = arena.cycle()

    assert cycle.held is not None
    assert leaver in arena.copies()


def test_an_empty_scope_removes_nobody() -> None:
    arena = Arena()
    people = arena.hire_many(3)
    arena.cycle()
    arena.unassign(*people)
    arena.troubles["contoso"].holes = ("everyone",)

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.EMPTY_SCOPE
    assert set(arena.copies()) == set(people)


def test_too_many_deletes_hold_everything_and_are_staged() -> None:
    arena = Arena(rules={"thresholds": STRICT})
    people = arena.hire_many(4)
    arena.cycle()
    arena.unassign(*people[:2])
    newcomer = arena.hire("new")

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.TOO_MANY_DELETES
    assert set(arena.copies()) == set(people)
    assert newcomer not in arena.copies()
    assert {one.person.source for one in arena.store.staged["contoso-to-fabrikam"]} == set(
        people[:2]
    )
    assert arena.store.status(arena.jobs["contoso"]).health is Health.QUARANTINE


def test_deletes_that_a_person_allowed_are_done_once() -> None:
    arena = Arena(rules={"thresholds": STRICT})
    people = arena.hire_many(6)
    arena.cycle()
    arena.unassign(*people[:2])
    arena.cycle()
    arena.store.allow(arena.jobs["contoso"])

    arena.cycle()
    arena.unassign(*people[2:4])
    held = arena.cycle().held

    assert set(arena.copies()) == set(people[2:])
    assert held is not None
    assert held.reason is HoldReason.TOO_MANY_DELETES


def test_a_window_of_what_was_allowed_uses_the_yes_up_and_removes_nobody_else() -> None:
    arena = Arena(rules={"thresholds": STRICT})
    people = arena.hire_many(9)
    arena.cycle()
    arena.unassign(*people[:3])
    arena.cycle(limit=1)
    arena.store.allow(arena.jobs["contoso"])

    first = arena.cycle(limit=1)
    second = arena.cycle(limit=1)

    assert len(arena.store.staged["contoso-to-fabrikam"]) == 2
    assert (first.held, len(arena.copies())) == (None, 8)
    assert second.held is not None
    assert second.held.reason is HoldReason.TOO_MANY_DELETES


def test_a_link_that_lost_its_state_is_strict_until_deletes_are_allowed() -> None:
    arena = Arena()
    people = arena.hire_many(12)
    arena.cycle()
    job = arena.jobs["contoso"]
    arena.store.shelves.clear()
    arena.cycle()
    arena.unassign(people[0])

    held = arena.cycle().held
    arena.store.allow(job)
    arena.cycle()

    assert held is not None
    assert held.reason is HoldReason.REBUILT
    assert not arena.store.status(job).rebuilt
    assert set(arena.copies()) == set(people[1:])


def test_too_many_updates_hold_the_link() -> None:
    arena = Arena(rules={"thresholds": STRICT})
    people = arena.hire_many(3)
    arena.cycle()
    for person in people:
        arena.sources["contoso"].edit(person, department="Moved")

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.TOO_MANY_UPDATES
    assert {copy.get("department") for copy in arena.copies().values()} == {None}


def test_a_declined_round_writes_and_remembers_nothing() -> None:
    arena = Arena()
    arena.hire("ada")

    cycle = arena.cycle(nobody)

    assert cycle.plan is not None
    assert len(cycle.plan.actions) == 1
    assert arena.target.writes == 0
    assert arena.store.cycles == {}


def test_a_dry_run_writes_nothing_and_takes_no_lease() -> None:
    arena = Arena()
    arena.hire("ada")
    arena.lease()

    cycle = arena.cycle(None)

    assert cycle.plan is not None
    assert cycle.plan.totals == {"create": 1}
    assert not cycle.applied
    assert arena.target.writes == 0
    assert arena.store.cycles == {}


def test_consent_to_one_link_writes_that_link() -> None:
    arena = Arena(["contoso", "tailspin"])
    arena.hire("ada")
    person = arena.hire("alan", "tailspin")

    arena.round(lambda plans: frozenset({"tailspin-to-fabrikam"}))

    assert arena.copies("contoso") == {}
    assert set(arena.copies("tailspin")) == {person}


def test_consent_that_refuses_a_stale_plan_lets_the_lease_go() -> None:
    arena = Arena()
    person = arena.hire("ada")

    def refuse(plans: Sequence[tuple[Plan, Hold | None]]) -> frozenset[str]:
        raise StalePlanError("The plan changed.", reviewed=["a"], computed="b")

    with pytest.raises(StalePlanError):
        arena.cycle(refuse)
    assert arena.target.writes == 0
    arena.cycle()

    assert set(arena.copies()) == {person}


def test_a_lease_held_by_another_run_keeps_us_out() -> None:
    arena = Arena()
    arena.hire("ada")
    arena.lease()

    with pytest.raises(LeaseHeldError):
        arena.cycle()

    assert arena.target.writes == 0


def test_a_lease_taken_between_two_batches_ends_the_run() -> None:
    arena = Arena()
    arena.hire_many(150)

    def take(when: str) -> None:
        if when == "after" and len(arena.target.users) == 20:
            arena.store.holders.clear()
            arena.lease()

    arena.target.crash = take
    with pytest.raises(LeaseHeldError):
        arena.cycle()

    assert 20 <= len(arena.target.users) < 150


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_limit_defers_the_rest_and_later_rounds_catch_up(limit: int) -> None:
    arena = Arena()
    people = arena.hire_many(5)

    first = arena.cycle(limit=limit)
    assert len(arena.copies()) == limit
    assert first.plan is not None
    assert first.plan.deferred == 5 - limit
    for _ in range(5):
        arena.cycle(limit=limit)

    assert set(arena.copies()) == set(people)


def test_managers_who_are_created_in_the_same_round_are_set_in_it() -> None:
    arena = Arena()
    people = arena.hire_many(50)
    for person, boss in pairwise(people):
        arena.sources["contoso"].set_manager(person, boss)

    arena.cycle()

    copies = arena.copies()
    assert arena.target.managers == {
        copies[person]["id"]: copies[boss]["id"] for person, boss in pairwise(people)
    }
    again = arena.cycle()
    assert again.plan is not None
    assert again.plan.actions == ()


def test_leavers_of_every_link_go_before_anybody_comes() -> None:
    arena = Arena(["contoso", "tailspin", "wingtip"])
    leavers = {name: arena.hire("leaver", name) for name in arena.names}
    stays = {name: arena.hire("stays", name) for name in arena.names}
    arena.round()
    arena.diary.clear()
    for name, person in leavers.items():
        arena.unassign(person, source=name)
        arena.sources[name].edit(stays[name], department="Moved")
        arena.hire("newcomer", name)

    arena.round()

    verbs = [verb for _, verb in arena.diary]
    assert verbs == ["delete"] * 3 + ["update"] * 3 + ["create"] * 3


def test_people_of_two_tenants_with_one_address_are_disputed() -> None:
    arena = Arena(["contoso", "tailspin"])
    both = frozenset({"contoso.example", "tailspin.example"})
    for name, job in arena.jobs.items():
        arena.jobs[name] = replace(job, source_domains=both)
    arena.hire("ada", mail="ada@contoso.example")
    arena.hire("ada", "tailspin", mail="ADA@contoso.example")
    alone = arena.hire("alan", "tailspin")

    cycles = arena.round()

    assert arena.target.invited == ["alan@tailspin.example"]
    assert set(arena.copies("tailspin")) == {alone}
    reasons = {s.reason for c in cycles.values() if c.plan for s in c.plan.skips}
    assert reasons == {Reason.DISPUTED_ADDRESS}
    assert len(arena.store.shelves["contoso-to-fabrikam"].people) == 1


def test_a_dispute_is_over_when_one_of_the_two_gets_another_address() -> None:
    arena = Arena(["contoso", "tailspin"])
    both = frozenset({"contoso.example", "tailspin.example"})
    for name, job in arena.jobs.items():
        arena.jobs[name] = replace(job, source_domains=both)
    here = arena.hire("ada", mail="ada@contoso.example")
    there = arena.hire("ada", "tailspin", mail="ada@contoso.example")
    arena.round()
    arena.sources["tailspin"].edit(there, mail="ada@tailspin.example")

    arena.round()

    assert set(arena.copies("contoso")) == {here}
    assert set(arena.copies("tailspin")) == {there}
    assert arena.store.shelves["contoso-to-fabrikam"].people == {}


def test_a_lost_answer_invites_nobody_twice() -> None:
    arena = Arena()
    people = arena.hire_many(5)
    arena.target.unanswered = 3

    first = arena.cycle()
    arena.clock.advance(timedelta(hours=1))
    arena.cycle()

    assert sum(one.result is Result.UNKNOWN for one in first.outcomes) == 3
    assert set(arena.copies()) == set(people)
    assert len(arena.target.invited) == len(set(arena.target.invited)) == 5


def test_a_target_that_falls_silent_is_looked_at_before_it_is_written_to_again() -> None:
    arena = Arena()
    people = arena.hire_many(100)
    arena.troubles["fabrikam"].deaf_after = 2

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.UNREADABLE
    assert len(arena.copies()) == 40
    arena.troubles["fabrikam"].deaf_after = None
    arena.cycle()
    assert set(arena.copies()) == set(people)
    assert len(arena.target.invited) == 100


def test_a_link_whose_people_fail_goes_into_quarantine_and_comes_out() -> None:
    arena = Arena()
    people = arena.hire_many(12)
    arena.target.refusals = {f"person{n}@contoso.example": "Refused" for n in range(12)}

    cycle = arena.cycle()

    assert cycle.held is not None
    assert cycle.held.reason is HoldReason.ESCROW_PROPORTION
    assert arena.store.status(arena.jobs["contoso"]).health is Health.QUARANTINE
    arena.target.refusals.clear()
    arena.clock.advance(timedelta(hours=25))
    arena.cycle()
    assert set(arena.copies()) == set(people)
    assert arena.store.status(arena.jobs["contoso"]).health is Health.ACTIVE


def test_a_failure_concerns_one_person() -> None:
    arena = Arena()
    people = arena.hire_many(12)
    arena.target.refusals = {"person3@contoso.example": "Refused"}

    cycle = arena.cycle(everyone)

    assert cycle.held is None
    assert cycle.failed == 1
    assert set(arena.copies()) == set(people) - {people[3]}
