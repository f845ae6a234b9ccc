"""Named people beside what concerns others: other links, guards, approvals, a link's health."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from reconcile.engine.explaining import Explainer
from reconcile.engine.round import run_round
from reconcile.errors import LeaseHeldError
from reconcile.model.cycles import Cycle, Health, HoldReason, LinkStatus
from reconcile.model.explanations import Explanation, Standing
from reconcile.model.plans import Reason
from reconcile.model.tenants import ObjectId
from tests.engine.arena import OPEN, Arena
from tests.engine.estates import everyone

SLUG = "contoso-to-fabrikam"


def explained(arena: Arena, *people: ObjectId) -> dict[str, tuple[Explanation, ...]]:
    jobs = list(arena.jobs.values())
    explainer = Explainer(people={job.source: people for job in jobs})
    asyncio.run(run_round(jobs[0].target, jobs, arena.doors(), witness=explainer))
    return explainer.explanations


def provisioned(arena: Arena, *people: ObjectId) -> dict[str, Cycle]:
    jobs = list(arena.jobs.values())
    doing = run_round(jobs[0].target, jobs, arena.doors(), consent=everyone, only=frozenset(people))
    return {cycle.link.source: cycle for cycle in asyncio.run(doing)}


def with_twins() -> tuple[Arena, ObjectId, ObjectId]:
    """Two sources whose people claim one address."""
    arena = Arena(names=("contoso", "tailspin"))
    job = arena.jobs["tailspin"]
    arena.jobs["tailspin"] = replace(job, source_domains=frozenset({"contoso.example"}))
    return arena, arena.hire("ada"), arena.hire("twin", "tailspin", mail="ada@contoso.example")


def test_a_dispute_between_two_links_is_explained_on_both() -> None:
    arena, ada, twin = with_twins()

    found = explained(arena, ada, twin)

    known = [one for told in found.values() for one in told if one.known]
    assert {one.person: [skip.reason for skip in one.skips] for one in known} == {
        ada: [Reason.DISPUTED_ADDRESS],
        twin: [Reason.DISPUTED_ADDRESS],
    }


def test_a_person_on_demand_cannot_take_what_another_link_claims() -> None:
    arena, ada, _ = with_twins()

    cycle = provisioned(arena, ada)["contoso"]

    assert cycle.outcomes == ()
    assert arena.copies() == {}


def test_a_paused_link_explains_scope_and_says_that_nobody_was_judged() -> None:
    arena = Arena(rules={"paused": True})
    ada = arena.hire("ada")

    (told,) = explained(arena, ada)[SLUG]

    assert told.scope.standing is Standing.IN
    assert (told.judged, told.verb) == (False, "none")
    assert told.held is not None
    assert told.held.reason is HoldReason.PAUSED


def test_on_demand_a_paused_link_records_nothing() -> None:
    arena = Arena(rules={"paused": True})

    cycle = provisioned(arena, arena.hire("ada"))["contoso"]

    assert (cycle.number, cycle.outcomes) == (0, ())
    assert arena.store.cycles == {}


def test_a_source_that_does_not_answer_calls_nobody_unknown() -> None:
    arena = Arena()
    ada = arena.hire("ada")
    arena.troubles["contoso"].unreadable = arena.troubles["contoso"].unanswering = True

    (told,) = explained(arena, ada)[SLUG]

    assert told.known
    assert (told.scope.standing, told.scope.detail) == (
        Standing.UNCLEAR,
        "contoso could not be asked.",
    )


def test_a_closed_gate_holds_people_on_demand() -> None:
    arena = Arena(gates={"contoso": replace(OPEN, sync_allowed=False)})

    cycle = provisioned(arena, arena.hire("ada"))["contoso"]

    assert cycle.held is not None
    assert arena.copies() == {}


def test_people_on_demand_leave_the_health_of_a_link_as_it_is() -> None:
    arena = Arena()
    job = arena.jobs["contoso"]
    arena.store.set_status(job, LinkStatus(health=Health.QUARANTINE, opened=True, detail="why"))

    cycle = provisioned(arena, arena.hire("ada"))["contoso"]

    assert len(cycle.outcomes) == 1
    assert arena.store.status(job).health is Health.QUARANTINE
    assert arena.store.status(job).detail == "why"


def test_people_on_demand_do_not_use_up_what_was_allowed_for_others() -> None:
    arena = Arena()
    people = arena.hire_many(12)
    arena.round()
    arena.unassign(*people[:6])
    assert arena.cycle().held is not None
    arena.store.allow(arena.jobs["contoso"])
    late = arena.hire("late")

    cycle = provisioned(arena, late)["contoso"]

    assert [outcome.action.person.source for outcome in cycle.outcomes] == [late]
    assert len(arena.cycle().outcomes) == 6


def test_another_run_s_lease_keeps_people_on_demand_away() -> None:
    arena = Arena()
    arena.lease()
    ada = arena.hire("ada")

    with pytest.raises(LeaseHeldError):
        provisioned(arena, ada)

    assert arena.copies() == {}
