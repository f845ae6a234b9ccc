"""Microsoft's Python clients work against the sandbox as they come from their registry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from sandbox.spawned import spawn

SESSION = Path(__file__).with_name("python_session.py")
PEOPLE = 30


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a session saw, in a process of its own: its TLS takes the authority from variables."""
    with spawn(tmp_path_factory.mktemp("python") / "sandbox", "--people", str(PEOPLE)) as served:
        variables = {
            **os.environ,
            **served.variables,
            "TENANT": sandbox_id("tenant:contoso"),
            "APPLICATION": sandbox_id("app:contoso:administrator"),
        }
        words = [sys.executable, str(SESSION)]
        ran = subprocess.run(words, env=variables, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_it_lists_everybody_page_by_page(seen: dict[str, Any]) -> None:
    assert seen["everybody"]["first"] == 5
    assert seen["everybody"]["all"] == seen["everybody"]["distinct"] >= PEOPLE


def test_it_asks_several_things_in_one_batch(seen: dict[str, Any]) -> None:
    assert seen["batched"] == [200, 404]


def test_it_creates_changes_deletes_and_restores_somebody(seen: dict[str, Any]) -> None:
    assert (seen["life"]["gone"], seen["life"]["back"]) == (404, "Hedy Newcomer")


def test_it_is_told_of_changes_since_it_last_asked(seen: dict[str, Any]) -> None:
    life = seen["life"]

    assert life["known"] == seen["everybody"]["all"]
    assert set(life["told"]) == {"Researcher"}
    assert "changed" in life["removed"]


def test_it_survives_being_throttled(seen: dict[str, Any]) -> None:
    assert seen["throttled"] == {"organizations": 1, "refused": 2}
