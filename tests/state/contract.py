"""What every `Store` promises, whatever it is made of; each test is one promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from reconcile.engine.ports import Store
from reconcile.model.actions import Action
from reconcile.model.cycles import Result
from reconcile.model.jobs import Job, Side
from reconcile.model.plans import Reason, Skip
from reconcile.model.reads import Agreement, Step
from reconcile.model.stamps import Mark
from reconcile.model.tenants import ObjectId
from tests.state.decisions import release
from tests.state.samples import (
    NOON,
    a_create,
    a_delete,
    a_job,
    a_plan,
    a_skip,
    an_agreement,
    an_update,
    came,
    person_id,
    some_terms,
    target_id,
)
from tests.state.standing_contract import LeaseContract, StandingContract


def settle(
    store: Store,
    job: Job,
    *,
    settled: Sequence[Agreement] = (),
    forgotten: Sequence[ObjectId] = (),
    skips: Sequence[Skip] = (),
    resolved: Sequence[ObjectId] = (),
    closed_intents: Sequence[ObjectId] = (),
) -> None:
    store.settle(
        job,
        settled=settled,
        forgotten=forgotten,
        skips=skips,
        resolved=resolved,
        closed_intents=closed_intents,
        at=NOON,
    )


def sent(store: Store, job: Job, *actions: Action) -> int:
    """A cycle that has committed these actions and has no answer yet."""
    cycle = store.open_cycle(job, a_plan(job, actions), NOON)
    store.intend(job, cycle, actions, NOON)
    return cycle


class PairContract:
    def test_a_link_that_never_ran_remembers_nothing(self, store: Store) -> None:
        memory = store.memory(a_job())

        assert (memory.rebuilt, memory.population, memory.fingerprint) == (False, 0, None)
        assert not memory.seals(Side.SOURCE)
        assert not memory.agreements(Side.TARGET, [target_id(1)])
        assert not memory.waiting()
        assert not memory.intents()

    def test_what_settled_comes_back_by_either_side(self, store: Store) -> None:
        job, agreed = a_job(), an_agreement(1, mark=Mark.ADOPTED | Mark.BLOCKED, written_at=NOON)

        settle(store, job, settled=[agreed, an_agreement(2)])

        memory = store.memory(job)
        assert memory.population == 2
        assert memory.agreements(Side.SOURCE, [person_id(1)]) == {person_id(1): agreed}
        assert memory.agreements(Side.TARGET, [target_id(1), target_id(9)]) == {
            target_id(1): agreed
        }

    def test_seals_are_complete_on_both_sides(self, store: Store) -> None:
        job = a_job()

        settle(store, job, settled=[an_agreement(1), an_agreement(2, source_seal=b"")])

        memory = store.memory(job)
        assert memory.seals(Side.SOURCE) == {person_id(1): b"source..", person_id(2): b""}
        assert memory.seals(Side.TARGET) == {target_id(1): b"target..", target_id(2): b"target.."}

    def test_thousands_of_agreements_come_back_in_one_question(self, store: Store) -> None:
        job, everyone = a_job(), [an_agreement(number) for number in range(1, 1_503)]

        settle(store, job, settled=everyone)

        found = store.memory(job).agreements(Side.SOURCE, [one.source for one in everyone])
        assert sorted(found) == sorted(one.source for one in everyone)

    def test_what_settles_again_replaces_what_settled_before(self, store: Store) -> None:
        job = a_job()
        settle(store, job, settled=[an_agreement(1)])

        settle(store, job, settled=[an_agreement(1, wanted=b"new.", target=target_id(7))])

        found = store.memory(job).agreements(Side.SOURCE, [person_id(1)])
        assert found == {person_id(1): an_agreement(1, wanted=b"new.", target=target_id(7))}

    def test_a_forgotten_pair_is_gone(self, store: Store) -> None:
        job = a_job()
        settle(store, job, settled=[an_agreement(1), an_agreement(2)])

        settle(store, job, forgotten=[person_id(1)])

        assert set(store.memory(job).seals(Side.SOURCE)) == {person_id(2)}

    def test_a_target_user_belongs_to_the_pair_that_was_made_last(self, store: Store) -> None:
        job = a_job()
        settle(store, job, settled=[an_agreement(1)])

        settle(store, job, settled=[an_agreement(2, target=target_id(1))])

        assert set(store.memory(job).seals(Side.SOURCE)) == {person_id(2)}

    def test_links_do_not_see_each_other(self, store: Store) -> None:
        settle(store, a_job(), settled=[an_agreement(1)], skips=[a_skip(2)])

        other = store.memory(a_job(source="tailspin"))

        assert not other.seals(Side.SOURCE)
        assert not other.waiting()


class ExportContract:
    def test_cycles_of_a_link_are_counted_from_one(self, store: Store) -> None:
        numbers = [store.open_cycle(a_job(), None, NOON) for _ in range(2)]

        other = store.open_cycle(a_job(source="tailspin"), None, NOON)

        assert (numbers, other) == ([1, 2], 1)

    def test_what_was_done_is_a_pair_with_its_terms_and_its_time(self, store: Store) -> None:
        job = a_job()
        action = a_create(1, terms=some_terms(mark=Mark.BLOCKED))
        cycle = sent(store, job, action)

        store.record(job, cycle, [came(action)])

        assert store.memory(job).agreements(Side.SOURCE, [person_id(1)]) == {
            person_id(1): Agreement(
                source=person_id(1),
                target=target_id(1),
                source_seal=b"8 bytes.",
                target_seal=b"",
                wanted=b"wantwant",
                mark=Mark.BLOCKED,
                written_at=NOON,
            )
        }

    def test_a_done_delete_ends_the_pair(self, store: Store) -> None:
        job = a_job()
        settle(store, job, settled=[an_agreement(1)])
        cycle = sent(store, job, a_delete(1))

        store.record(job, cycle, [came(a_delete(1))])

        assert store.memory(job).population == 0

    @pytest.mark.parametrize("result", [Result.FAILED, Result.UNKNOWN, Result.NOT_SENT])
    def test_what_was_not_done_leaves_the_pair_as_it_was(
        self, store: Store, result: Result
    ) -> None:
        job = a_job()
        settle(store, job, settled=[an_agreement(1), an_agreement(2)])
        actions = (a_delete(1), an_update(2))
        cycle = sent(store, job, *actions)

        store.record(job, cycle, [came(one, result) for one in actions])

        found = store.memory(job).agreements(Side.SOURCE, [person_id(1), person_id(2)])
        assert list(found.values()) == [an_agreement(1), an_agreement(2)]

    def test_a_second_write_to_a_person_in_one_cycle_is_recorded_too(self, store: Store) -> None:
        job, first, late = a_job(), an_update(1), an_update(1, terms=some_terms(wanted=b"late"))
        cycle = sent(store, job, first)
        store.record(job, cycle, [came(first)])
        store.intend(job, cycle, [late], NOON)

        store.record(job, cycle, [came(late)])

        found = store.memory(job).agreements(Side.SOURCE, [person_id(1)])
        assert found[person_id(1)].wanted == b"late"


class IntentContract:
    def test_an_invitation_that_nobody_recorded_is_an_open_intent(self, store: Store) -> None:
        job = a_job()

        sent(store, job, a_create(1), an_update(2), a_delete(3))

        (intent,) = store.memory(job).intents().values()
        assert (intent.source, intent.address) == (person_id(1), "person1@contoso.com")
        assert intent.at == NOON

    @pytest.mark.parametrize("result", [Result.DONE, Result.FAILED, Result.NOT_SENT])
    def test_an_answered_invitation_closes_its_intent(self, store: Store, result: Result) -> None:
        job, action = a_job(), a_create(1)
        cycle = sent(store, job, action)

        store.record(job, cycle, [came(action, result)])

        assert not store.memory(job).intents()

    def test_a_lost_answer_leaves_the_intent_open(self, store: Store) -> None:
        job, action = a_job(), a_create(1)
        cycle = sent(store, job, action)

        store.record(job, cycle, [came(action, Result.UNKNOWN)])

        assert set(store.memory(job).intents()) == {person_id(1)}

    def test_a_guest_that_was_invited_and_not_finished_stays_intended(self, store: Store) -> None:
        job, action = a_job(), a_create(1)
        cycle = sent(store, job, action)

        store.record(job, cycle, [came(action, Result.FAILED, invited=True)])

        assert set(store.memory(job).intents()) == {person_id(1)}

    def test_an_invitation_sent_again_tells_since_when_and_when_last(self, store: Store) -> None:
        job, action = a_job(), a_create(1)
        sent(store, job, action)

        for days in (1, 2):
            at = NOON + timedelta(days=days)
            store.intend(job, store.open_cycle(job, a_plan(job, [action]), at), [action], at)

        (intent,) = store.memory(job).intents().values()
        assert (intent.at, intent.again) == (NOON, NOON + timedelta(days=2))

    def test_an_intent_keeps_its_time_when_the_guest_is_finished_later(self, store: Store) -> None:
        job = a_job()
        sent(store, job, a_create(1))
        later = store.open_cycle(job, None, NOON)

        store.intend(job, later, [a_create(1, target=1)], NOON + timedelta(hours=1))

        assert store.memory(job).intents()[person_id(1)].at == NOON

    def test_finishing_that_fails_leaves_the_intent_open(self, store: Store) -> None:
        job, finish = a_job(), a_create(1, target=1)
        sent(store, job, a_create(1))
        cycle = sent(store, job, finish)

        store.record(job, cycle, [came(finish, Result.FAILED)])

        assert set(store.memory(job).intents()) == {person_id(1)}

    def test_finishing_that_succeeds_closes_the_earlier_intent(self, store: Store) -> None:
        job, finish = a_job(), a_create(1, target=1)
        sent(store, job, a_create(1))
        cycle = sent(store, job, finish)

        store.record(job, cycle, [came(finish)])

        assert not store.memory(job).intents()

    def test_settling_closes_intents_that_came_to_nothing(self, store: Store) -> None:
        job = a_job()
        sent(store, job, a_create(1), a_create(2))

        settle(store, job, closed_intents=[person_id(1)])

        assert set(store.memory(job).intents()) == {person_id(2)}


class WaitingContract:
    def test_a_failure_waits_and_the_wait_grows(self, store: Store) -> None:
        job, action = a_job(), an_update(1)

        for _ in range(2):
            cycle = sent(store, job, action)
            store.record(
                job,
                cycle,
                [came(action, Result.FAILED, code="Request_BadRequest", step=Step.EXPORT)],
            )

        (waiting,) = store.memory(job).waiting().values()
        assert (waiting.reason, waiting.step) == ("Request_BadRequest", Step.EXPORT)
        assert (waiting.tries, waiting.retry_at) == (2, NOON + timedelta(hours=1))

    def test_a_transient_failure_is_tried_again_at_once(self, store: Store) -> None:
        job, action = a_job(), an_update(1)
        cycle = sent(store, job, action)

        store.record(job, cycle, [came(action, Result.FAILED, transient=True)])

        (waiting,) = store.memory(job).waiting().values()
        assert (waiting.tries, waiting.retry_at) == (0, None)

    def test_what_was_done_waits_no_more(self, store: Store) -> None:
        job, action = a_job(), an_update(1)
        settle(store, job, skips=[a_skip(1)])
        cycle = sent(store, job, action)

        store.record(job, cycle, [came(action)])

        assert not store.memory(job).waiting()

    def test_a_skip_that_waits_joins_and_one_that_does_not_stays_out(self, store: Store) -> None:
        job = a_job()

        settle(store, job, skips=[a_skip(1), a_skip(2, waits=False)])

        (waiting,) = store.memory(job).waiting().values()
        assert (waiting.source, waiting.reason) == (person_id(1), "DisputedAddress")
        assert waiting.step is Step.MATCHING

    def test_the_resolved_wait_no_more(self, store: Store) -> None:
        job = a_job()
        settle(store, job, skips=[a_skip(1), a_skip(2)])

        settle(store, job, resolved=[person_id(1)])

        assert set(store.memory(job).waiting()) == {person_id(2)}

    def test_a_release_lasts_until_the_person_was_judged(self, store: Store) -> None:
        job, action = a_job(), an_update(1)
        settle(store, job, skips=[a_skip(1)])
        release(store, job, person_id(1))

        settle(store, job, skips=[a_skip(2), a_skip(1, Reason.ESCROWED)])
        store.record(job, sent(store, job, action), [came(action, Result.FAILED)])
        before = store.memory(job).waiting()[person_id(1)].released
        settle(store, job, skips=[a_skip(1)])

        assert before
        assert not store.memory(job).waiting()[person_id(1)].released

    def test_escrow_keeps_the_failure_that_led_to_it(self, store: Store) -> None:
        job, action = a_job(), an_update(1)
        cycle = sent(store, job, action)
        store.record(job, cycle, [came(action, Result.FAILED, code="Conflict")])

        settle(store, job, skips=[a_skip(1, Reason.ESCROWED)])

        (waiting,) = store.memory(job).waiting().values()
        assert (waiting.reason, waiting.tries) == ("Conflict", 1)


class StoreContract(
    PairContract,
    ExportContract,
    IntentContract,
    WaitingContract,
    StandingContract,
    LeaseContract,
):
    """All promises together; a test class of a store inherits them and gives the fixture."""
