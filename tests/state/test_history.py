"""History and approvals: what was recorded, as people ask for it, and what people decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypedDict

import pytest

from reconcile.errors import InputError
from reconcile.model.actions import Cause, Reference
from reconcile.model.cycles import AllowedDeletes, Health, HoldReason, LinkStatus, Removal, Result
from reconcile.state.links import LinkKey
from reconcile.state.past import LogFilter
from reconcile.state.store import SqlStore, open_store
from tests.state.contract import sent, settle
from tests.state.samples import (
    CONTOSO,
    FABRIKAM,
    NOON,
    HandClock,
    a_change,
    a_create,
    a_cycle,
    a_delete,
    a_hold,
    a_job,
    a_plan,
    a_skip,
    an_agreement,
    an_update,
    came,
    person_id,
    target_id,
)

KEY = LinkKey(CONTOSO, FABRIKAM)


class Said(TypedDict):
    who: str
    why: str


SAID: Said = {"who": "ada", "why": "the merger is over"}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path}/state.sqlite3", clock) as opened:
        yield opened


def stage(store: SqlStore, *numbers: int) -> int:
    """A cycle that held back the deletes of these people."""
    job, deletes = a_job(), [a_delete(number) for number in numbers]
    cycle = store.open_cycle(job, a_plan(job, deletes), NOON)
    store.stage(job, cycle, deletes, NOON)
    held = a_cycle(job, cycle, plan=a_plan(job, deletes), verdict=a_hold(), applied=False)
    store.close_cycle(job, held)
    return cycle


def apply(store: SqlStore, **keys: object) -> int:
    job = a_job()
    cycle = store.open_cycle(job, a_plan(job), NOON)
    store.close_cycle(job, a_cycle(job, cycle, **keys))
    return cycle


def test_a_link_is_shown_with_its_standing_and_its_last_cycle(store: SqlStore) -> None:
    job = a_job()
    settle(store, job, settled=[an_agreement(1)], skips=[a_skip(2)])
    sent(store, job, a_create(3))
    cycle = stage(store, 1)

    (known,) = store.history.links()

    assert (known.key, str(known.name)) == (KEY, "contoso → fabrikam")
    assert (known.population, known.waiting, known.open_intents, known.staged) == (1, 1, 1, 1)
    assert known.last is not None
    assert (known.last.number, known.last.held) == (cycle, HoldReason.TOO_MANY_DELETES)
    assert known.last.detail == "41 deletions are over the limit of 20."


def test_cycles_come_newest_first_and_say_whether_they_ended(store: SqlStore) -> None:
    apply(store, ended=NOON + timedelta(minutes=1), requests={"GET": 12})
    store.open_cycle(a_job(), None, NOON)

    running, ended = store.history.cycles(KEY)

    assert (running.number, running.ended) == (2, None)
    assert (ended.ended, ended.requests) == (NOON + timedelta(minutes=1), {"GET": 12})
    assert store.history.cycles(KEY, last=1) == [running]


def test_the_log_tells_what_was_sent_and_what_came_of_it(store: SqlStore) -> None:
    job, failing = a_job(), an_update(2)
    cycle = sent(store, job, a_create(1), failing)
    store.record(
        job,
        cycle,
        [came(failing, Result.FAILED, code="Request_BadRequest", message="No.", request_id="8f1c")],
    )

    update, create = store.history.exports(KEY, LogFilter())

    assert (create.action, create.state, create.target) == ("create", "sent", None)
    assert (update.state, update.code, update.request_id) == (
        "failed",
        "Request_BadRequest",
        "8f1c",
    )
    assert update.cause == "source"
    assert update.changes == [
        {"attribute": "department", "old": None, "new": "Sales", "cause": "source"}
    ]


def test_a_telephone_number_is_never_stored(store: SqlStore, tmp_path: Path) -> None:
    number = a_change("telephoneNumber", old="+45 3123 4567", new="+45 3123 9999")
    blocked = a_change("accountEnabled", old=True, new=False)

    sent(store, a_job(), an_update(1, number, blocked))

    (entry,) = store.history.exports(KEY, LogFilter())
    assert entry.changes[0]["new"] == "[Redact]"
    assert entry.changes[1]["new"] is False
    store.close()
    assert all(b"3123" not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_manager_is_logged_by_ids(store: SqlStore) -> None:
    boss = Reference(source=person_id(9), target=target_id(9))

    sent(store, a_job(), an_update(1, a_change("manager", new=boss, cause=Cause.DRIFT)))

    (entry,) = store.history.exports(KEY, LogFilter())
    assert entry.changes[0]["new"] == {"source": person_id(9), "target": target_id(9)}


def names(store: SqlStore, wanted: LogFilter) -> list[str]:
    return [entry.name.partition("@")[0] for entry in store.history.exports(KEY, wanted)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (LogFilter(action="delete"), ["person3", "person2"]),
        (LogFilter(states=frozenset({"staged"})), ["person3"]),
        (LogFilter(cycle=1), ["person2", "person1"]),
        (LogFilter(person="PERSON1@"), ["person1"]),
        (LogFilter(person=person_id(2)), ["person2"]),
        (LogFilter(person=target_id(3)), ["person3"]),
        (LogFilter(person="100%"), []),
        (LogFilter(limit=1), ["person3"]),
        (LogFilter(limit=1, before=(2, 1)), ["person2"]),
    ],
)
def test_the_log_can_be_narrowed(store: SqlStore, wanted: LogFilter, expected: list[str]) -> None:
    sent(store, a_job(), a_create(1), a_delete(2))
    stage(store, 3)

    assert names(store, wanted) == expected


def test_only_the_last_cycle_stages(store: SqlStore) -> None:
    stage(store, 1, 2)
    before = [entry.target for entry in store.history.staged(KEY)]

    apply(store)

    assert before == [target_id(1), target_id(2)]
    assert store.history.staged(KEY) == []


def test_allowed_deletes_are_those_of_one_cycle_and_good_once(store: SqlStore) -> None:
    cycle = stage(store, 1, 2)
    removals = frozenset({Removal("delete", target_id(1)), Removal("delete", target_id(2))})
    allowed = AllowedDeletes(removals=removals, **SAID)

    assert store.approvals.allow_deletes(KEY, cycle, **SAID) == allowed

    assert store.allowed(a_job()) == allowed
    apply(store)
    assert store.allowed(a_job()) is None


def test_a_cycle_that_was_held_uses_nothing_up(store: SqlStore) -> None:
    store.approvals.allow_deletes(KEY, stage(store, 1), **SAID)

    apply(store, verdict=a_hold(), applied=False)

    assert store.allowed(a_job()) is not None


def test_a_yes_to_deletes_grows_old(store: SqlStore, clock: HandClock) -> None:
    store.approvals.allow_deletes(KEY, stage(store, 1), **SAID)

    clock.moment += timedelta(days=1)

    assert store.allowed(a_job()) is None


def test_nothing_staged_is_nothing_to_allow(store: SqlStore) -> None:
    stage(store, 1)
    empty = apply(store)

    with pytest.raises(
        InputError, match=f"cycle {empty} staged no deletes. The newest that did is"
    ):
        store.approvals.allow_deletes(KEY, empty, **SAID)


def test_an_older_staging_cannot_be_allowed(store: SqlStore) -> None:
    older = stage(store, 1)
    newer = stage(store, 2)

    with pytest.raises(InputError, match=f"cycle {newer} staged deletes after cycle {older}"):
        store.approvals.allow_deletes(KEY, older, **SAID)


def test_a_staging_grows_old(store: SqlStore, clock: HandClock) -> None:
    cycle = stage(store, 1)
    clock.moment += timedelta(days=1)

    with pytest.raises(InputError, match=r"more than a day ago \(2026-03-01 12:00 UTC\)"):
        store.approvals.allow_deletes(KEY, cycle, **SAID)


def test_a_rebuilt_link_is_strict_until_its_deletes_are_allowed(store: SqlStore) -> None:
    store.rebuild(a_job(), [])
    cycle = stage(store, 1)

    store.approvals.allow_deletes(KEY, cycle, **SAID)

    assert not store.memory(a_job()).rebuilt


def test_a_released_person_starts_anew(store: SqlStore) -> None:
    job, action = a_job(), an_update(1)
    store.record(job, sent(store, job, action), [came(action, Result.FAILED)])

    store.approvals.release(KEY, person_id(1), **SAID)

    waiting = store.memory(job).waiting()[person_id(1)]
    assert (waiting.released, waiting.tries, waiting.retry_at) == (True, 0, None)


def test_only_who_waits_can_be_released(store: SqlStore) -> None:
    settle(store, a_job())

    with pytest.raises(InputError, match="contoso → fabrikam: nobody with the source id"):
        store.approvals.release(KEY, person_id(1), **SAID)


def test_a_stopped_link_resumes_as_one_that_was_not_opened_yet(store: SqlStore) -> None:
    stopped = LinkStatus(
        health=Health.STOPPED, reason=HoldReason.STOPPED_BY_TARGET, detail="Off.", opened=True
    )
    store.set_status(a_job(), stopped)

    store.approvals.resume(KEY, **SAID)

    assert store.status(a_job()) == LinkStatus(health=Health.ACTIVE, opened=False)


def test_a_quarantined_link_resumes_and_is_still_known_as_opened(store: SqlStore) -> None:
    store.set_status(a_job(), LinkStatus(health=Health.QUARANTINE, opened=True))

    store.approvals.resume(KEY, **SAID)

    assert store.status(a_job()) == LinkStatus(health=Health.ACTIVE, opened=True)


def test_a_link_that_runs_has_nothing_to_resume(store: SqlStore) -> None:
    store.set_status(a_job(), LinkStatus(health=Health.ACTIVE))

    with pytest.raises(InputError, match="contoso → fabrikam is active: there is nothing"):
        store.approvals.resume(KEY, **SAID)


def test_an_unknown_link_is_named_by_its_tenants(store: SqlStore) -> None:
    with pytest.raises(InputError, match=f"from tenant {CONTOSO} to tenant {FABRIKAM}"):
        store.approvals.resume(KEY, **SAID)


def test_a_link_that_no_cycle_met_is_known_once_it_was_reopened(store: SqlStore) -> None:
    store.approvals.resume(KEY, **SAID, reopens=a_job().name)

    (known,) = store.history.links()
    assert (known.name, known.status.health, known.last) == (a_job().name, Health.NEW, None)


def test_a_link_that_runs_may_be_reopened_before_a_cycle_saw_it_closed(store: SqlStore) -> None:
    running = LinkStatus(health=Health.ACTIVE, opened=True)
    store.set_status(a_job(), running)

    store.approvals.resume(KEY, **SAID, reopens=a_job().name)

    assert store.status(a_job()) == running
