"""SIGKILL: what was committed is there, what was not never happened."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from reconcile.model.actions import Action
from reconcile.model.jobs import Side
from reconcile.model.reads import Agreement
from reconcile.model.tenants import ObjectId
from reconcile.state.links import key_of
from reconcile.state.past import LogFilter
from reconcile.state.store import SqlStore, open_store
from tests.state.samples import (
    FABRIKAM,
    NOON,
    HandClock,
    a_create,
    a_job,
    an_agreement,
    an_update,
    came,
    person_id,
)

ACTIONS: tuple[Action, ...] = (a_create(1), an_update(2))


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_before(word: str) -> None:
    """Die when a statement that begins so is about to be sent."""

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith(word):
            die()

    event.listen(Engine, "before_cursor_execute", look)


def die_before_commit() -> None:
    event.listen(Engine, "commit", die)


def killed(story: Callable[[], None]) -> None:
    """Tell a story in a process of its own; it ends with the death of that process."""
    child = os.fork()
    if child == 0:
        try:
            story()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state.sqlite3"


def opened(address: str) -> SqlStore:
    return open_store(address, HandClock())


def intended(store: SqlStore, actions: Sequence[Action] = ACTIONS) -> int:
    cycle = store.open_cycle(a_job(), None, NOON)
    store.intend(a_job(), cycle, actions, NOON)
    return cycle


def settle(
    store: SqlStore, settled: Sequence[Agreement], forgotten: Sequence[ObjectId] = ()
) -> None:
    store.settle(
        a_job(),
        settled=settled,
        forgotten=forgotten,
        skips=(),
        resolved=(),
        closed_intents=(),
        at=NOON,
    )


def test_killed_between_intent_and_record_the_intent_is_open(address: str) -> None:
    def story() -> None:
        intended(opened(address))
        die()

    killed(story)

    with opened(address) as store:
        (intent,) = store.memory(a_job()).intents().values()
        assert (intent.source, intent.address) == (person_id(1), "person1@contoso.com")


@pytest.mark.parametrize("moment", ["UPDATE export", "INSERT INTO pair", "COMMIT"])
def test_killed_while_recording_nothing_of_the_batch_is_recorded(address: str, moment: str) -> None:
    def story() -> None:
        store = opened(address)
        cycle = intended(store)
        die_before_commit() if moment == "COMMIT" else die_before(moment)
        store.record(a_job(), cycle, [came(one) for one in ACTIONS])

    killed(story)

    with opened(address) as store:
        memory = store.memory(a_job())
        assert memory.population == 0
        assert set(memory.intents()) == {person_id(1)}
        log = store.history.exports(key_of(a_job()), LogFilter())
        assert {entry.state for entry in log} == {"sent"}


def test_killed_before_an_intent_is_committed_nothing_was_intended(address: str) -> None:
    def story() -> None:
        store = opened(address)
        store.open_cycle(a_job(), None, NOON)
        die_before_commit()
        store.intend(a_job(), 1, ACTIONS, NOON)

    killed(story)

    with opened(address) as store:
        assert not store.memory(a_job()).intents()


def test_killed_while_settling_the_pairs_are_as_before(address: str) -> None:
    def story() -> None:
        store = opened(address)
        settle(store, [an_agreement(1)])
        die_before("INSERT INTO pair")
        settle(store, [an_agreement(2)], forgotten=[person_id(1)])

    killed(story)

    with opened(address) as store:
        assert set(store.memory(a_job()).seals(Side.SOURCE)) == {person_id(1)}


def test_killed_while_migrating_the_next_start_makes_it_whole(address: str) -> None:
    def story() -> None:
        die_before("CREATE TABLE export")
        opened(address)

    killed(story)

    with opened(address) as store:
        assert store.history.links() == []


def test_the_run_after_a_crash_records_what_it_finds(address: str) -> None:
    def story() -> None:
        intended(opened(address))
        die()

    killed(story)

    with opened(address) as store:
        again = (a_create(1, target=1), an_update(2))
        cycle = intended(store, again)
        store.record(a_job(), cycle, [came(one) for one in again])

        assert cycle == 2
        assert not store.memory(a_job()).intents()
        assert store.memory(a_job()).population == 2


def test_a_lease_of_a_dead_run_ends_by_itself(address: str) -> None:
    def story() -> None:
        opened(address).acquire(FABRIKAM, "dead")
        die()

    killed(story)

    with open_store(address, HandClock(NOON.replace(minute=6))) as store:
        store.acquire(FABRIKAM, "alive").check()
