"""Every wrong file beside this one gives exactly the problems written in its text file."""

from dataclasses import replace
from pathlib import Path

import pytest

from reconcile.errors import TopologyError
from reconcile.model.tenants import Environment, StampChoice
from reconcile.topology.document import Document
from reconcile.topology.environment import load_environment
from reconcile.topology.load import load_file
from reconcile.topology.validate import check

HERE = Path(__file__).parent
SANDBOX = HERE.parents[1] / "stacks" / "environments" / "sandbox.yaml"


def named_by_file(path: Path) -> Document:
    """The document of a file; its problems name the file alone, wherever the checkout lies."""
    document = load_file(path)
    renamed = tuple(replace(problem, file=path.name) for problem in document.problems)
    return replace(document, file=path.name, problems=renamed)


def sandbox_with_a_stamp_attribute() -> Environment:
    found = load_environment(SANDBOX, {})
    stamp = StampChoice(attribute="extensionAttribute15")
    tenants = {
        alias: replace(tenant, stamp=stamp) if alias == "wingtip" else tenant
        for alias, tenant in found.tenants.items()
    }
    return replace(found, tenants=tenants)


def cases(folder: str) -> list[object]:
    return [pytest.param(path, id=path.stem) for path in sorted((HERE / folder).glob("*.yaml"))]


def said(problems: object) -> str:
    assert isinstance(problems, list)
    return "".join(f"{problem}\n" for problem in problems)


@pytest.mark.parametrize("path", cases("invalid"))
def test_a_wrong_topology_says_all_that_is_wrong(path: Path) -> None:
    problems = check([named_by_file(path)])

    assert said(problems) == path.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("path", cases("unbound"))
def test_an_environment_must_bind_what_topologies_name(path: Path) -> None:
    problems = check([named_by_file(path)], sandbox_with_a_stamp_attribute())

    assert said(problems) == path.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("path", cases("invalid_environments"))
def test_a_wrong_environment_says_all_that_is_wrong(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)

    with pytest.raises(TopologyError) as refused:
        load_environment(Path(path.name), {})

    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("folder", [path.name for path in sorted((HERE / "disagreeing").iterdir())])
def test_disagreeing_topologies_name_both_places(folder: str) -> None:
    files = sorted((HERE / "disagreeing" / folder).glob("*.yaml"))

    problems = check([named_by_file(path) for path in files])

    expected = HERE / "disagreeing" / folder / "expected.txt"
    assert said(problems) == expected.read_text("utf-8")
