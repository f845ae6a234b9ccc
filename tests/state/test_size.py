"""Size: what a link of a hundred thousand pairs costs."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from reconcile.model.jobs import Side
from reconcile.model.reads import Agreement
from reconcile.model.tenants import ObjectId
from reconcile.state.columns import unpack_id
from reconcile.state.store import open_store
from tests.state.contract import settle
from tests.state.samples import NOON, HandClock, a_job

PAIRS = 100_000


def scattered(kind: str, number: int) -> ObjectId:
    """Ids that are spread as Entra's are; neighbours in number are none in the index."""
    return ObjectId(unpack_id(hashlib.md5(f"{kind}{number}".encode()).digest()))


@pytest.mark.slow
def test_a_hundred_thousand_pairs_are_small_and_their_seals_are_read_at_once(
    tmp_path: Path,
) -> None:
    job = a_job()
    everyone = [
        Agreement(
            source=scattered("source", number),
            target=scattered("target", number),
            source_seal=b"8 bytes.",
            target_seal=b"8 bytes.",
            wanted=b"4444" * 18,
            written_at=NOON,
        )
        for number in range(PAIRS)
    ]

    with open_store(f"sqlite:///{tmp_path}/state.sqlite3", HandClock()) as store:
        settle(store, job, settled=everyone)
        memory = store.memory(job)
        began = time.process_time()
        seals = memory.seals(Side.SOURCE)
        took = time.process_time() - began

    assert len(seals) == PAIRS
    assert took < 1
    assert (tmp_path / "state.sqlite3").stat().st_size < 300 * PAIRS
