from __future__ import annotations

import pytest
from tests.sandbox.asking import Asker, a_sandbox

from sandbox.world import Sandbox


@pytest.fixture
def world() -> Sandbox:
    return a_sandbox()


@pytest.fixture
def fabrikam(world: Sandbox) -> Asker:
    return Asker(world)


@pytest.fixture
def contoso(world: Sandbox) -> Asker:
    return Asker(world, "contoso")
