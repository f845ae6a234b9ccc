"""The tests of providers have a sandbox and one host of providers for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dynamic.provider_host import Host, provider_host
from tests.served import Served, served

__all__ = ["host", "served"]


@pytest.fixture(scope="module")
def host(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with provider_host(served, tmp_path_factory.mktemp("project")) as found:
        yield found
