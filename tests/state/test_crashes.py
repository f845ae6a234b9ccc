"""SIGKILL: what was committed is there, what was not never happened."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reconcile.model.jobs import Side
from reconcile.state.history import LogFilter
from reconcile.state.links import key_of
from reconcile.state.store import SqlStore, open_store
from tests.state.samples import FABRIKAM, HandClock, a_create, a_job, an_update, came, person_id

CHECKOUT = Path(__file__).parents[2]

PREAMBLE = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from reconcile.state.store import open_store
from tests.state.samples import *

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def die_before(word):
    @event.listens_for(Engine, "before_cursor_execute")
    def look(connection, cursor, statement, *rest):
        if statement.lstrip().startswith(word):
            die()

def die_before_commit():
    event.listen(Engine, "commit", die)

store = open_store(sys.argv[1], HandClock())
job = a_job()
"""


def killed(address: str, story: str) -> None:
    """Run a story that ends with the death of its process."""
    ended = subprocess.run(
        [sys.executable, "-c", PREAMBLE + story, address], check=False, cwd=CHECKOUT, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL


def reopened(address: str) -> SqlStore:
    return open_store(address, HandClock())


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state.sqlite3"


def test_killed_between_intent_and_record_the_intent_is_open(address: str) -> None:
    killed(
        address,
        """
cycle = store.open_cycle(job, None, NOON)
store.intend(job, cycle, [a_create(1)], NOON)
die()
""",
    )

    with reopened(address) as store:
        (intent,) = store.memory(a_job()).intents().values()
        assert (intent.source, intent.address) == (person_id(1), "person1@contoso.com")


INTENDED = """
cycle = store.open_cycle(job, None, NOON)
actions = [a_create(1), an_update(2)]
store.intend(job, cycle, actions, NOON)
"""


@pytest.mark.parametrize(
    "moment",
    ['die_before("UPDATE export")', 'die_before("INSERT INTO pair")', "die_before_commit()"],
)
def test_killed_while_recording_nothing_of_the_batch_is_recorded(address: str, moment: str) -> None:
    killed(address, f"{INTENDED}\n{moment}\nstore.record(job, cycle, [came(a) for a in actions])")

    with reopened(address) as store:
        memory = store.memory(a_job())
        assert memory.population == 0
        assert set(memory.intents()) == {person_id(1)}
        log = store.history.exports(key_of(a_job()), LogFilter())
        assert {entry.state for entry in log} == {"sent"}


def test_killed_before_an_intent_is_committed_nothing_was_intended(address: str) -> None:
    killed(
        address,
        """
cycle = store.open_cycle(job, None, NOON)
die_before_commit()
store.intend(job, cycle, [a_create(1)], NOON)
""",
    )

    with reopened(address) as store:
        assert not store.memory(a_job()).intents()


def test_killed_while_settling_the_pairs_are_as_before(address: str) -> None:
    killed(
        address,
        """
def settle(settled, forgotten):
    store.settle(job, settled=settled, forgotten=forgotten, skips=(), resolved=(),
                 closed_intents=(), at=NOON)

settle([an_agreement(1)], [])
die_before("INSERT INTO pair")
settle([an_agreement(2)], [person_id(1)])
""",
    )

    with reopened(address) as store:
        assert set(store.memory(a_job()).seals(Side.SOURCE)) == {person_id(1)}


def test_killed_in_the_middle_of_a_migration_the_next_start_makes_it_whole(
    address: str, tmp_path: Path
) -> None:
    early = PREAMBLE.replace(
        "store = open_store", 'die_before("CREATE TABLE export")\nstore = open_store'
    )
    ended = subprocess.run(
        [sys.executable, "-c", early, address], check=False, cwd=CHECKOUT, timeout=60
    )

    with reopened(address) as store:
        assert ended.returncode == -signal.SIGKILL
        assert store.history.links() == []


def test_the_run_after_a_crash_records_what_it_finds(address: str) -> None:
    killed(address, INTENDED + "die()")

    with reopened(address) as store:
        job, finish = a_job(), a_create(1, target=1)
        cycle = store.open_cycle(job, None, HandClock().now())
        store.intend(job, cycle, [finish, an_update(2)], HandClock().now())
        store.record(job, cycle, [came(finish), came(an_update(2))])

        assert cycle == 2
        assert not store.memory(job).intents()
        assert store.memory(job).population == 2


def test_a_lease_of_a_dead_run_ends_by_itself(address: str) -> None:
    killed(address, 'store.acquire(FABRIKAM, "dead")\ndie()')
    clock = HandClock()
    later = HandClock(clock.moment.replace(minute=6))

    with open_store(address, later) as store:
        store.acquire(FABRIKAM, "alive").check()
