"""Microsoft's JavaScript Graph client works against the sandbox as it comes from its registry."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from sandbox.seeds import sandbox_id
from sandbox.spawned import spawn

HERE = Path(__file__).parent / "javascript"
PEOPLE = 130


def cache() -> Path:
    """Where whole environments are kept, as `bin/common.sh` finds it."""
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("TENANTRY_CACHE") or user / "tenantry")


@pytest.fixture(scope="session")
def packages() -> Path:
    """The locked packages, installed once: aside first, then renamed."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node and npm are not on PATH: on Debian, apt install nodejs npm")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = cache() / "javascript" / hashlib.sha256(lock).hexdigest()[:16]
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, aside / name)
        words = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        ran = subprocess.run(words, cwd=aside, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            shutil.rmtree(aside)
            pytest.skip(f"npm has no registry to install from: {ran.stderr.strip()[-300:]}")
        aside.rename(folder)
    return folder


@pytest.fixture(scope="module")
def seen(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a session saw."""
    folder = tmp_path_factory.mktemp("javascript")
    shutil.copyfile(HERE / "session.mjs", folder / "session.mjs")
    (folder / "node_modules").symlink_to(packages / "node_modules")
    with spawn(folder / "sandbox", "--people", str(PEOPLE)) as served:
        variables = {
            **os.environ,
            **served.variables,
            "NODE_EXTRA_CA_CERTS": served.variables["SSL_CERT_FILE"],
            "TENANT": sandbox_id("tenant:contoso"),
            "APPLICATION": sandbox_id("app:contoso:administrator"),
        }
        words = ["node", "session.mjs"]
        ran = subprocess.run(
            words, cwd=folder, env=variables, capture_output=True, text=True, check=False
        )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_it_lists_everybody_page_by_page(seen: dict[str, Any]) -> None:
    assert seen["everybody"] == {"first": 50, "all": PEOPLE, "distinct": PEOPLE}


def test_it_asks_several_things_in_one_batch(seen: dict[str, Any]) -> None:
    assert seen["batched"] == [200, 200, 404]


def test_it_creates_changes_deletes_and_restores_somebody(seen: dict[str, Any]) -> None:
    life = seen["life"]

    assert (life["title"], life["gone"], life["back"]) == ("Researcher", 404, "Hedy Newcomer")


def test_it_is_told_of_changes_since_it_last_asked(seen: dict[str, Any]) -> None:
    life = seen["life"]

    assert life["known"] == PEOPLE
    assert set(life["told"]) == {"Researcher"}
    assert "changed" in life["removed"]


def test_it_survives_being_throttled(seen: dict[str, Any]) -> None:
    assert seen["throttled"] == {"organizations": 1, "refused": 2}
