"""A project is found from anywhere inside it; what is wrong in it is named as people name it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reconcile.errors import InputError, TopologyError
from stacks import estate
from tests.stacks.worlds import ONE, ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project far from the checkout, entered as the engine enters it."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "stacks" / "environments", folder / "stacks" / "environments")
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    (folder / "topologies").mkdir()
    (folder / "topologies" / "one.yaml").write_text(ONE)
    monkeypatch.chdir(folder / "stacks")
    return folder


def test_the_project_is_found_upwards(project: Path) -> None:
    assert estate.root() == project


def test_outside_a_project_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError, match=r"no Pulumi\.yaml"):
        estate.root()


def test_the_links_are_those_of_the_project(project: Path) -> None:
    (link,) = estate.links(estate.environment("sandbox"))

    assert link.name.slug == "contoso-to-fabrikam"


def test_an_environment_chooses_among_the_topologies(project: Path) -> None:
    file = project / "stacks" / "environments" / "sandbox.yaml"
    file.write_text(file.read_text().replace("tenants:", "topologies: [other.yaml]\ntenants:"))
    (project / "other.yaml").write_text(ONE.replace("fabrikam", "wingtip"))

    (link,) = estate.links(estate.environment("sandbox"))

    assert link.name.slug == "contoso-to-wingtip"


def test_an_unknown_environment_is_refused_with_those_there_are(project: Path) -> None:
    with pytest.raises(InputError, match=r'"sand", and stacks/environments has: .*sandbox'):
        estate.environment("sand")


def test_a_wrong_topology_is_named_from_the_root(project: Path) -> None:
    (project / "topologies" / "one.yaml").write_text(ONE.replace("source: contoso", "source: cont"))

    with pytest.raises(TopologyError, match=r"^topologies/one\.yaml:4:9: "):
        estate.links(estate.environment("sandbox"))


def test_a_wrong_environment_is_named_from_the_root(project: Path) -> None:
    (project / "stacks" / "environments" / "sandbox.yaml").write_text("version: 1\nname: sandbox\n")

    with pytest.raises(TopologyError, match=r"^stacks/environments/sandbox\.yaml:1:1: "):
        estate.environment("sandbox")
