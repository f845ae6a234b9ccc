"""Two tenants get other aliases: the next `up` renames what stands, and makes nothing anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e_stacks.engine import Ran
from tests.e2e_stacks.project import Project, project_in

pytestmark = pytest.mark.timeout(120)

TOPOLOGY = """\
version: 1
name: trial
shape: single-to-single
source: contoso
target: fabrikam
sync: {scope: {assigned: {groups: [employees]}}}
policy: {automatic_redemption: true}
"""
RENAMES = {"contoso": "adatum", "fabrikam": "litware"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A project whose tenants were renamed, and what was said; ids are before and after."""

    project: Project
    before: set[str]
    up: Ran
    forgotten: Ran


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory, engine: Path) -> Iterator[Renamed]:
    with project_in(tmp_path_factory.mktemp("renames"), engine) as project:
        project.topology(TOPOLOGY)
        project.up().fine()
        before = project.ids()
        environment = project.folder / "stacks" / "environments" / "sandbox.yaml"
        text, topology = environment.read_text(), TOPOLOGY
        for old, new in RENAMES.items():
            text = text.replace(f"  {old}:\n", f"  {new}:\n    formerly: [{old}]\n")
            topology = topology.replace(old, new)
        environment.write_text(text)
        project.topology(topology)
        up = project.up().fine()
        environment.write_text(
            "".join(line for line in text.splitlines(keepends=True) if "formerly" not in line)
        )
        forgotten = project.preview("--expect-no-changes")
        yield Renamed(project=project, before=before, up=up, forgotten=forgotten)


def test_nothing_is_made_anew_or_deleted(renamed: Renamed) -> None:
    assert renamed.project.ids() == renamed.before
    assert " replaced" not in renamed.up.said
    assert " deleted" not in renamed.up.said


def test_names_and_tags_are_those_of_now(renamed: Renamed) -> None:
    (app,) = renamed.project.sync_principals("contoso")

    assert app["displayName"].startswith("Tenantry: adatum to litware")
    assert "tenantry:adatum->litware" in app["tags"]


def test_once_renamed_the_old_names_may_be_forgotten(renamed: Renamed) -> None:
    assert renamed.forgotten.code == 0, renamed.forgotten.said


def test_the_outputs_have_the_new_name(renamed: Renamed) -> None:
    assert "adatum-to-litware" in renamed.project.outputs()["links"]
