"""Invitations of which nobody knows what came: settled by looking before anybody is invited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reconcile.model.actions import Create
from reconcile.model.plans import Reason
from reconcile.model.reads import Intent
from reconcile.model.stamps import Stamp
from reconcile.model.tenants import ObjectId
from tests.planning.rounds import only_skip, plan_pair, reasons, run_pair
from tests.strategies import Pair, a_job


def an_intent(pair: Pair, person: ObjectId, address: str) -> None:
    intent = Intent(source=person, address=address, at=pair.clock.now())
    pair.store.memory(pair.job).open[person] = intent


def test_a_guest_found_under_our_intent_is_finished_not_adopted() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    an_intent(pair, ada, "ada@contoso.example")
    guest = pair.target.add_guest("ada@contoso.example")

    plan = run_pair(pair)

    assert isinstance(plan.actions[0], Create)
    assert plan.actions[0].person.target == guest
    assert pair.target.stamp_of(guest) == Stamp(pair.job.source, ada)
    assert pair.target.invited == []


def test_a_guest_older_than_the_intent_is_not_ours() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    pair.target.add_guest("ada@contoso.example")
    pair.clock.advance(timedelta(minutes=5, seconds=1))
    an_intent(pair, ada, "ada@contoso.example")

    assert only_skip(plan_pair(pair)).reason is Reason.NOT_ADOPTED


def test_a_clock_ahead_of_the_targets_loses_no_guest() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    guest = pair.target.add_guest("ada@contoso.example")
    pair.clock.advance(timedelta(seconds=5))
    an_intent(pair, ada, "ada@contoso.example")

    assert plan_pair(pair).actions[0].person.target == guest


@pytest.mark.parametrize("leaves", [True, False])
def test_a_guest_invited_long_after_the_intent_is_not_ours(*, leaves: bool) -> None:
    pair = Pair()
    ada = pair.hire("ada")
    an_intent(pair, ada, "ada@contoso.example")
    pair.clock.advance(timedelta(minutes=31))
    pair.target.add_guest("ada@contoso.example")
    if leaves:
        pair.source.remove(ada)

    plan = plan_pair(pair)

    assert plan.actions == ()
    assert reasons(plan) == ([] if leaves else [Reason.NOT_ADOPTED])


def test_an_external_user_who_was_not_invited_is_no_guest_of_an_intent() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    an_intent(pair, ada, "ada@contoso.example")
    pair.target.add_guest("ada@contoso.example", creationType=None)

    assert only_skip(plan_pair(pair)).reason is Reason.NOT_ADOPTED


def test_an_invitation_that_was_sent_again_counts_from_then_on() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    an_intent(pair, ada, "ada@contoso.example")
    pair.clock.advance(timedelta(days=1))
    intent = pair.store.memory(pair.job).open[ada]
    pair.store.memory(pair.job).open[ada] = replace(intent, again=pair.clock.now())
    guest = pair.target.add_guest("ada@contoso.example")

    assert plan_pair(pair).actions[0].person.target == guest


def test_two_guests_under_one_intent_are_disputed() -> None:
    pair = Pair()
    ada = pair.hire("ada")
    an_intent(pair, ada, "ada@contoso.example")
    pair.target.add_guest("ada@contoso.example"), pair.target.add_guest("ada@contoso.example")

    assert only_skip(plan_pair(pair)).reason is Reason.DISPUTED_MATCH


def test_an_open_intent_settles_before_the_same_address_is_invited_again() -> None:
    pair = Pair(job=a_job(settle=timedelta(minutes=5)))
    ada = pair.hire("ada")
    an_intent(pair, ada, "ada@contoso.example")
    pair.source.edit(ada, mail="lovelace@contoso.example")

    early = plan_pair(pair)
    pair.clock.advance(timedelta(minutes=5))
    late = plan_pair(pair)

    assert only_skip(early).reason is Reason.SETTLING
    assert [action.person.address for action in late.actions] == ["ada@contoso.example"]


def test_an_invitation_that_was_sent_again_settles_again() -> None:
    pair = Pair(job=a_job(settle=timedelta(minutes=5)))
    ada = pair.hire("ada")
    an_intent(pair, ada, "ada@contoso.example")
    pair.clock.advance(timedelta(days=31))
    memory = pair.store.memory(pair.job)
    memory.open[ada] = replace(memory.open[ada], again=pair.clock.now())

    early = plan_pair(pair)
    pair.clock.advance(timedelta(minutes=5))
    late = plan_pair(pair)

    assert only_skip(early).reason is Reason.SETTLING
    assert late.totals == {"create": 1}


@pytest.mark.parametrize("invited", [True, False])
def test_someone_who_left_with_an_open_intent_leaves_no_guest_behind(*, invited: bool) -> None:
    pair = Pair(job=a_job(settle=timedelta(minutes=5)))
    ada = pair.hire("ada")
    an_intent(pair, ada, "ada@contoso.example")
    if invited:
        pair.target.add_guest("ada@contoso.example")
    pair.source.remove(ada)

    plan = plan_pair(pair)

    assert plan.totals == ({"delete": 1} if invited else {})
    assert reasons(plan) == ([] if invited else [Reason.SETTLING])
