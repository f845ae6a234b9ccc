"""What every `Store` promises of a link's standing and of the lease; each test is one promise."""

from __future__ import annotations

import pytest

from reconcile.engine.ports import Store
from reconcile.errors import LeaseHeldError
from reconcile.model.actions import Action
from reconcile.model.cycles import Health, HoldReason, LinkStatus, Result
from reconcile.model.jobs import Job
from tests.state.decisions import allow
from tests.state.samples import (
    FABRIKAM,
    NOON,
    TAILSPIN,
    a_cycle,
    a_delete,
    a_disable,
    a_hold,
    a_job,
    a_plan,
    an_update,
    came,
)


class StandingContract:
    def test_a_new_link_has_no_standing(self, store: Store) -> None:
        assert store.status(a_job()) == LinkStatus()

    def test_a_standing_comes_back_as_it_was_set(self, store: Store) -> None:
        status = LinkStatus(
            health=Health.QUARANTINE,
            reason=HoldReason.TOO_MANY_DELETES,
            detail="41 deletions.",
            opened=True,
            rebuilt=True,
        )

        store.set_status(a_job(), status)

        assert store.status(a_job()) == status
        assert store.memory(a_job()).rebuilt
        assert store.status(a_job(source="tailspin")) == LinkStatus()

    def test_an_applied_cycle_makes_the_rules_those_of_the_link(self, store: Store) -> None:
        job = a_job()

        store.close_cycle(job, a_cycle(job, store.open_cycle(job, a_plan(job), NOON)))

        assert store.memory(job).fingerprint == job.fingerprint

    def test_a_held_cycle_leaves_the_link_before_its_first(self, store: Store) -> None:
        job = a_job()
        cycle = store.open_cycle(job, a_plan(job), NOON)

        store.close_cycle(job, a_cycle(job, cycle, verdict=a_hold(), applied=False))

        assert store.memory(job).fingerprint is None

    def test_a_canary_under_new_rules_leaves_the_old_ones_in_memory(self, store: Store) -> None:
        before, after = a_job(), a_job(attribute="jobTitle")
        store.close_cycle(before, a_cycle(before, store.open_cycle(before, None, NOON)))
        cycle = store.open_cycle(after, None, NOON)

        store.close_cycle(after, a_cycle(after, cycle, plan=a_plan(after, deferred=5)))

        assert store.memory(after).fingerprint == before.fingerprint

    def test_staged_deletes_are_not_allowed_by_themselves(self, store: Store) -> None:
        job = a_job()
        cycle = store.open_cycle(job, a_plan(job, [a_delete(1)]), NOON)

        store.stage(job, cycle, [a_delete(1)], NOON)

        assert store.allowed(job) is None

    def test_allowed_are_the_removals_that_were_staged_and_no_others(self, store: Store) -> None:
        job = a_job()

        allow(store, job, staged(store, job, a_delete(1), a_disable(2)))

        allowed = store.allowed(job)
        assert allowed is not None
        assert [allowed.covers(one) for one in (a_delete(1), a_disable(1), a_disable(2))] == [
            True,
            True,
            True,
        ]
        assert not allowed.covers(a_delete(2))
        assert not allowed.covers(a_delete(3))

    @pytest.mark.parametrize("result", [Result.DONE, Result.UNKNOWN])
    def test_a_yes_is_used_up_by_the_first_removal_that_is_tried(
        self, store: Store, result: Result
    ) -> None:
        job = a_job()
        allow(store, job, staged(store, job, a_delete(1), a_delete(2)))

        store.record(job, store.open_cycle(job, None, NOON), [came(a_delete(1), result)])

        assert store.allowed(job) is None

    def test_a_yes_outlives_what_it_does_not_cover_and_what_was_not_done(
        self, store: Store
    ) -> None:
        job = a_job()
        allow(store, job, staged(store, job, a_delete(1)))
        outcomes = [came(a_delete(1), Result.NOT_SENT), came(a_delete(2)), came(an_update(3))]

        store.record(job, store.open_cycle(job, None, NOON), outcomes)

        assert store.allowed(job) is not None


def staged(store: Store, job: Job, *actions: Action) -> int:
    """A cycle that held these removals back."""
    cycle = store.open_cycle(job, a_plan(job, actions), NOON)
    store.stage(job, cycle, actions, NOON)
    return cycle


class LeaseContract:
    def test_a_target_is_leased_to_one_run(self, store: Store) -> None:
        store.acquire(FABRIKAM, "first")

        with pytest.raises(LeaseHeldError, match="first"):
            store.acquire(FABRIKAM, "second")

    def test_another_target_is_free(self, store: Store) -> None:
        store.acquire(FABRIKAM, "first")

        store.acquire(TAILSPIN, "second").check()

    def test_a_released_lease_is_free_again(self, store: Store) -> None:
        store.acquire(FABRIKAM, "first").release()

        store.acquire(FABRIKAM, "second").check()

    def test_whoever_released_may_write_no_more_once_it_is_taken(self, store: Store) -> None:
        first = store.acquire(FABRIKAM, "first")
        first.release()
        second = store.acquire(FABRIKAM, "second")

        with pytest.raises(LeaseHeldError):
            first.check()
        first.release()
        second.check()
