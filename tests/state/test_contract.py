"""One contract, three stores: SQLite, PostgreSQL, and the fake that the engine is tested with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconcile.engine.ports import Store
from reconcile.state.store import open_store
from tests.fakes import FakeStore
from tests.state.contract import StoreContract
from tests.state.samples import HandClock


class TestSqlite(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        with open_store(f"sqlite:///{tmp_path}/state.sqlite3", HandClock()) as opened:
            yield opened


class TestFake(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return FakeStore()


@pytest.mark.slow
class TestPostgresql(StoreContract):
    @pytest.fixture
    def store(self, postgresql: str) -> Iterator[Store]:
        with open_store(postgresql, HandClock()) as opened:
            yield opened
