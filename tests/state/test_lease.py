"""The lease: its time, its fence, and what it tells whoever has to wait."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reconcile.errors import LeaseHeldError
from reconcile.state.store import SqlStore, open_store
from tests.state.samples import FABRIKAM, HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path}/state.sqlite3", clock) as opened:
        yield opened


def fence_in(folder: Path) -> int:
    connection = sqlite3.connect(folder / "state.sqlite3")
    (fence,) = connection.execute("SELECT fence FROM lease").fetchone()
    connection.close()
    return int(fence)


def test_whoever_has_to_wait_is_told_for_whom_and_until_when(store: SqlStore) -> None:
    store.acquire(FABRIKAM, "ada@laptop")

    with pytest.raises(LeaseHeldError) as caught:
        store.acquire(FABRIKAM, "grace@desktop")

    assert str(caught.value) == (
        f"state: the lease of target tenant {FABRIKAM} is held by ada@laptop "
        "since 2026-03-01 12:00:00Z, until 2026-03-01 12:02:00Z unless renewed. "
        "Nothing was read or written. Run again when that run has ended; "
        "if it died, its lease ends by itself."
    )


def test_an_expired_lease_can_be_taken(store: SqlStore, clock: HandClock) -> None:
    first = store.acquire(FABRIKAM, "first")
    clock.moment += timedelta(minutes=5)

    store.acquire(FABRIKAM, "second").check()

    with pytest.raises(LeaseHeldError, match="taken by second"):
        first.check()


def test_checking_renews(store: SqlStore, clock: HandClock) -> None:
    first = store.acquire(FABRIKAM, "first")
    clock.moment += timedelta(seconds=90)
    first.check()
    clock.moment += timedelta(seconds=90)

    with pytest.raises(LeaseHeldError, match="held by first"):
        store.acquire(FABRIKAM, "second")


def test_an_expired_lease_that_nobody_took_is_still_ours(store: SqlStore, clock: HandClock) -> None:
    first = store.acquire(FABRIKAM, "first")
    clock.moment += timedelta(hours=1)

    first.check()

    with pytest.raises(LeaseHeldError):
        store.acquire(FABRIKAM, "second")


def test_a_lease_that_was_let_go_cannot_be_renewed(store: SqlStore) -> None:
    first = store.acquire(FABRIKAM, "first")
    first.release()

    with pytest.raises(LeaseHeldError):
        first.check()

    store.acquire(FABRIKAM, "second").check()


def test_the_fence_grows_with_every_acquisition(store: SqlStore, tmp_path: Path) -> None:
    store.acquire(FABRIKAM, "same").release()
    first = fence_in(tmp_path)

    store.acquire(FABRIKAM, "same").release()

    assert fence_in(tmp_path) > first


def test_two_programs_on_one_file_see_one_lease(store: SqlStore, tmp_path: Path) -> None:
    store.acquire(FABRIKAM, "first")

    with (
        open_store(f"sqlite:///{tmp_path}/state.sqlite3", HandClock()) as other,
        pytest.raises(LeaseHeldError),
    ):
        other.acquire(FABRIKAM, "second")
