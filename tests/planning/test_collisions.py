"""Two links into one target, and two people of one link, claim the same."""

from __future__ import annotations

from reconcile.model.actions import Action, Adopt, Create, Delete, Person, Terms, Update, Why, count
from reconcile.model.plans import Plan, Reason
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from reconcile.planning.collisions import dispute
from tests.strategies import a_job

TERMS = Terms(source_seal=b"", wanted=b"")
CONTOSO = a_job("contoso")
TAILSPIN = a_job("tailspin")


def a_plan(job: object, *actions: Action, deferred: int = 0) -> Plan:
    assert isinstance(job, type(CONTOSO))
    totals = count(actions)
    totals["create"] = totals.get("create", 0) + deferred
    return Plan(
        link=job.name,
        source=job.source,
        target=job.target,
        actions=actions,
        totals=totals,
        deferred=deferred,
    )


def create(source: str, address: str, target: str | None = None) -> Create:
    copy = ObjectId(target) if target else None
    person = Person(source=ObjectId(source), target=copy, name=source, address=address)
    return Create(person=person, changes=(), terms=TERMS)


def touching(source: str, target: str) -> Person:
    return Person(source=ObjectId(source), target=ObjectId(target), name=source, address="x@y.z")


def test_one_address_claimed_by_two_links_is_given_to_nobody() -> None:
    plans = [
        a_plan(CONTOSO, create("ada", "ada@x.example"), create("bob", "bob@x.example"), deferred=4),
        a_plan(TAILSPIN, create("eve", "ADA@x.example")),
    ]

    first, second = dispute(plans, [CONTOSO, TAILSPIN])

    assert [action.person.name for action in first.actions] == ["bob"]
    assert first.totals == {"create": 5}
    assert first.deferred == 4
    assert second.actions == ()
    assert second.totals == {}
    (skip,) = second.skips
    assert (skip.source, skip.reason, skip.waits) == ("eve", Reason.DISPUTED_ADDRESS, True)
    assert skip.detail == (
        "ada@x.example is claimed by several people at once: ada of contoso, eve of tailspin. "
        "Nobody gets it until that is settled at the source."
    )


def test_one_address_claimed_twice_in_one_link_is_given_to_nobody() -> None:
    plan = a_plan(CONTOSO, create("ada", "a@x.example"), create("eve", "a@x.example", "t1"))

    (settled,) = dispute([plan], [CONTOSO])

    assert settled.actions == ()
    assert [skip.source for skip in settled.skips] == ["ada", "eve"]


def test_no_two_actions_touch_one_target_user() -> None:
    plans = [
        a_plan(CONTOSO, Update(person=touching("ada", "t1"), changes=(), terms=TERMS)),
        a_plan(TAILSPIN, Delete(person=touching("eve", "t1"), why=Why.DELETED, mark=Mark.DELETED)),
    ]

    settled = dispute(plans, [CONTOSO, TAILSPIN])

    assert [plan.actions for plan in settled] == [(), ()]
    assert [plan.skips[0].reason for plan in settled] == [Reason.DISPUTED_MATCH] * 2


def test_an_address_may_be_adopted_once() -> None:
    plans = [
        a_plan(CONTOSO, Adopt(person=touching("ada", "t1"), changes=(), terms=TERMS)),
        a_plan(TAILSPIN, create("eve", "x@y.z")),
    ]

    settled = dispute(plans, [CONTOSO, TAILSPIN])

    assert [plan.actions for plan in settled] == [(), ()]


def test_plans_that_do_not_collide_are_left_as_they_are() -> None:
    plans = (
        a_plan(CONTOSO, create("ada", "a@x.example")),
        a_plan(TAILSPIN, create("eve", "e@x.example")),
    )

    assert dispute(plans, [CONTOSO, TAILSPIN]) == plans
