"""Imports flow one way, and nothing heavy is imported before it is needed."""

import subprocess
import sys

from tests.architecture.repository import ROOT

HEAVY = (
    "alembic",
    "azure",
    "kiota_abstractions",
    "msgraph",
    "msgraph_core",
    "pulumi",
    "sqlalchemy",
)


def test_no_room_sees_a_room_that_it_must_not_see() -> None:
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"

    verdict = subprocess.run(
        [sys.executable, "-c", linter, "--no-cache"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def _loaded_by(statement: str) -> set[str]:
    report = f"import sys; {statement}; print('\\n'.join(sys.modules), file=sys.stderr)"
    run = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {name.partition(".")[0] for name in run.stderr.split()}


def test_the_command_line_starts_without_graph_pulumi_or_a_database() -> None:
    loaded = _loaded_by("import reconcile.cli.main")

    assert loaded.isdisjoint(HEAVY)


def test_validate_needs_neither_graph_nor_pulumi_nor_a_database() -> None:
    validate = "from reconcile.cli.main import main; main(['validate'], standalone_mode=False)"

    loaded = _loaded_by(validate)

    assert "jsonschema" in loaded, "validate did not run"
    assert loaded.isdisjoint(HEAVY)
