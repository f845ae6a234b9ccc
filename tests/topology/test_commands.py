"""`tenantry validate` and `tenantry compile`: what is typed, what is answered, what is loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reconcile.cli.main import main

ROOT = Path(__file__).parents[2]
WRONG = ROOT / "tests" / "topology" / "invalid" / "unknown-key.yaml"
HEAVY = {"alembic", "azure", "httpx", "msgraph", "pulumi", "rich", "sqlalchemy"}


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("TENANTRY_ENV", raising=False)


def tenantry(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_right_topologies_are_counted() -> None:
    found = tenantry("validate", "--env", "sandbox")

    assert (found.exit_code, found.stdout) == (0, "4 topologies, 11 links: no problem.\n")


def test_one_is_counted_as_one() -> None:
    found = tenantry("validate", "--topologies", "topologies/acquisition.yaml")

    assert found.stdout == "1 topology, 1 link: no problem.\n"


def test_a_wrong_topology_ends_with_two() -> None:
    found = tenantry("validate", "--topologies", str(WRONG))

    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.endswith('unknown key "grups". Did you mean "groups"?\n')


def test_problems_are_data_for_programs() -> None:
    found = tenantry("validate", "--topologies", str(WRONG), "-o", "json")

    document = json.loads(found.stdout)
    assert (found.exit_code, document["version"]) == (2, 1)
    assert document["problems"][0]["line"] == 7


def test_no_problem_is_an_empty_list_for_programs() -> None:
    found = tenantry("validate", "-o", "json")

    assert (found.exit_code, json.loads(found.stdout)["problems"]) == (0, [])


@pytest.mark.parametrize("output", ["text", "json", "mermaid"])
def test_links_are_shown_in_every_form(output: str) -> None:
    found = tenantry("compile", "--env", "sandbox", "-o", output)

    assert found.exit_code == 0
    assert "contoso" in found.stdout


def test_validate_loads_neither_graph_nor_a_database() -> None:
    program = (
        "import sys\nfrom reconcile.cli.main import main\n"
        "main(['validate', '--env', 'sandbox'], standalone_mode=False)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert HEAVY.isdisjoint(done.stdout.split())
