"""One sandbox for all tests of the provider, with a provider in a process of its own beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sandbox.spawned import spawn
from tests.pulumi_engine import engine
from tests.sandbox_plugin.stacks import Stack, a_stack
from tests.served import Served

__all__ = ["engine"]


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("azuread")
    with spawn(folder / "sandbox", "--people", "40", azuread=True) as sandbox:
        yield Served(sandbox=sandbox, folder=folder)


@pytest.fixture
def new_stack(tmp_path: Path, engine: Path) -> Callable[[Mapping[str, str]], Stack]:
    return lambda variables: a_stack(tmp_path / "stack", engine, variables)
