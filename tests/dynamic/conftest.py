"""The provider's tests have a sandbox and one process of the provider for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dynamic.provider_process import Process, provider_process
from tests.served import Served, served

__all__ = ["process", "served"]


@pytest.fixture(scope="module")
def process(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with provider_process(served, tmp_path_factory.mktemp("project")) as found:
        yield found
