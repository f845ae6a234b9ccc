"""Options of `serve` beside a file that is continued, and those that no number fits."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sandbox.chosen import chosen_tenants
from sandbox.cli import sandbox
from sandbox.estate import demo_estate
from sandbox.keeping import Keeper
from sandbox.world import Sandbox
from tests.sandbox_periphery.test_serving import greeting, run, served


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tenants.store"
    Keeper(Sandbox(estate=demo_estate(people=40)), path).close()
    return path


def test_a_secret_that_opens_nothing_is_refused(path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()

    refused = run(
        *("serve", "--port", "0", "--home", tmp_path, "--no-azuread"),
        *("--store", path, "--secret", "another"),
    )

    assert refused.returncode == 2
    assert f"--secret: the applications of {path}, which is continued" in refused.stderr
    assert path.read_bytes() == before


def test_people_that_were_asked_for_in_vain_are_told(path: Path, tmp_path: Path) -> None:
    options = ("--no-azuread", "--store", str(path), "--people", "7")

    with served(tmp_path, *options) as process:
        said = greeting(process)

    assert f"{path} has people already, who are continued; --people says nothing." in said


@pytest.mark.parametrize("delay", ["nan", "inf", "1e300"])
def test_a_delay_that_never_ends_is_refused(delay: str) -> None:
    refused = CliRunner().invoke(sandbox, ["serve", "--replication-delay", delay])

    assert refused.exit_code == 2
    assert "Expected: 0 to 3,155,760,000, a hundred years." in refused.output


def test_a_seed_makes_its_own_people_each_time() -> None:
    def people(seed: int) -> list[str]:
        contoso = chosen_tenants(60, directories=(), tenants=(), drawn_from=seed)[0]
        return [user["displayName"] for user in contoso.users]

    assert people(8) == people(8) != people(7)
