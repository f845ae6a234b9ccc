from __future__ import annotations

import pytest

from sandbox.world import Sandbox
from tests.sandbox.asking import Asker, a_sandbox


@pytest.fixture
def world() -> Sandbox:
    return a_sandbox()


@pytest.fixture
def fabrikam(world: Sandbox) -> Asker:
    return Asker(world)


@pytest.fixture
def contoso(world: Sandbox) -> Asker:
    return Asker(world, "contoso")
